import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerProgram, DockerfileError } from '../src/programs';

let context: string;
beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'context-'));
  mkdirSync(join(context, 'program'));
});
afterEach(() => rmSync(context, { recursive: true, force: true }));

const SHOW = 'console.log([process.argv[2], process.env.FROM_IMAGE, process.env.GIVEN].join())';
/** Takes no notice of SIGTERM. */
const WAITS = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('waits')";
const interpreters = { node: process.execPath, python: '/no/python' };

function program(dockerfile: string, source = SHOW): ContainerProgram {
  writeFileSync(join(context, 'program/Dockerfile'), dockerfile);
  writeFileSync(join(context, 'program/main.cjs'), source);
  writeFileSync(join(context, 'program/other.cjs'), '');
  return new ContainerProgram({
    context,
    dockerfile: join(context, 'program/Dockerfile'),
    buildArguments: { VALUE: 'built' },
    interpreters,
  });
}

test('a Dockerfile’s program runs with the files that it copies, and nothing is left of it', async () => {
  const made = program(
    'FROM slim\nARG VALUE\nENV FROM_IMAGE=$VALUE\nWORKDIR /app\nCOPY program/main.cjs ./\nENTRYPOINT ["node", "/app/main.cjs"]\n',
  );
  const lines: string[] = [];
  const started = made.start({
    arguments: ['train'],
    environment: { GIVEN: 'given' },
    onLine: (line) => lines.push(line),
  });
  expect(await started.exited).toEqual({ exitCode: 0 });
  expect(lines).toEqual(['train,built,given']);
  expect(readdirSync(join(made.root, 'app'))).toEqual(['main.cjs']);
  made.remove();
  expect(existsSync(made.root)).toBe(false);
});

test('a program is killed at once', async () => {
  const made = program(
    'FROM slim\nWORKDIR /app\nCOPY program/main.cjs ./\nENTRYPOINT ["node", "/app/main.cjs"]\n',
    WAITS,
  );
  let ready: () => void;
  const waiting = new Promise<void>((resolve) => (ready = resolve));
  const started = made.start({ environment: {}, onLine: () => ready() });
  await waiting;
  started.kill();
  expect(await started.exited).toEqual({ exitCode: 137 });
  made.remove();
});

test('a Dockerfile that a process cannot emulate is refused by the line', () => {
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('container-program-'));
  const before = leftovers();
  expect(() => program('FROM slim\nVOLUME /data\nENTRYPOINT ["node"]\n')).toThrow(DockerfileError);
  expect(() => program('FROM slim\nVOLUME /data\nENTRYPOINT ["node"]\n')).toThrow(/line 2/);
  expect(leftovers()).toEqual(before);
});
