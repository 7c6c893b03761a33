import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProcessImage } from '../../src/images/process-image';
import { ContainerProcess, type ContainerOptions } from '../../src/jobs/container-process';

let root: string;
let lines: string[];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'root-'));
  mkdirSync(join(root, 'app'));
  lines = [];
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs a container with a Node program at `/app/main.cjs`. */
function container(program: string, more: Partial<ContainerOptions> = {}): ContainerProcess {
  writeFileSync(join(root, 'app/main.cjs'), program);
  const config: ProcessImage['config'] = {
    entrypoint: ['node', '/app/main.cjs'],
    command: ['default'],
    environment: { FROM_IMAGE: 'image', BOTH: 'image' },
    workingDirectory: '/app',
    baseImage: 'slim',
    buildArguments: {},
  };
  return new ContainerProcess({
    image: { id: 'sha256:1', bytes: 1, config, root },
    interpreters: { node: process.execPath, python: '/no/python' },
    environment: { BOTH: 'container' },
    onLine: (line) => lines.push(line),
    ...more,
  });
}

const SHOW = `console.log(JSON.stringify([process.argv.slice(2), process.cwd(), process.env.FROM_IMAGE, process.env.BOTH, process.env.SECRET]))`;

test('an image’s program runs in its folder, with only its own environment', async () => {
  process.env.SECRET = 'of the caller';
  await container(SHOW).exited;
  delete process.env.SECRET;
  expect(JSON.parse(lines[0]!)).toEqual([['default'], join(root, 'app'), 'image', 'container', null]);
});

test.each<[string, Partial<ContainerOptions>, string[]]>([
  ['replace the command', { arguments: ['train'] }, ['train']],
  ['may be empty', { arguments: [] }, []],
  ['that are paths of the machine are not changed', { arguments: ['/etc/hostname'] }, ['/etc/hostname']],
  [
    'follow a replaced entry point',
    { entrypoint: ['node', '/app/main.cjs', 'x'], arguments: ['y'] },
    ['x', 'y'],
  ],
])('arguments %s', async (_, more, expected) => {
  await container(SHOW, more).exited;
  expect((JSON.parse(lines[0]!) as unknown[])[0]).toEqual(expected);
});

test.each<[string, string, Partial<ContainerOptions>, number]>([
  ['its own code', 'process.exit(7)', {}, 7],
  ['128 + the signal that ended it', "process.kill(process.pid, 'SIGKILL')", {}, 137],
  ['127 if the program does not exist', '', { entrypoint: ['/no/such/program'] }, 127],
  ['127 if there is no Python', '', { entrypoint: ['python3', 'x.py'] }, 127],
])('the exit code is %s', async (_, program, more, exitCode) => {
  expect(await container(program, more).exited).toEqual({ exitCode });
});

test('every line arrives before the exit, an unfinished last one too', async () => {
  await container(`for (let i = 0; i < 2000; i++) console.log(i); process.stdout.write('end')`).exited;
  expect(lines).toHaveLength(2001);
  expect(lines.at(-1)).toBe('end');
});

test('a stopped program can shut down gracefully', async () => {
  const line = new Promise<void>((resolve) => {
    const running = container(
      `process.on('SIGTERM', () => { console.log('saved'); process.exit(143); }); setInterval(() => {}, 1000); console.log('ready')`,
      {
        onLine: (text) => (
          lines.push(text),
          text === 'ready' && resolve(running.stop().then(() => undefined))
        ),
      },
    );
  });
  await line;
  expect(lines).toEqual(['ready', 'saved']);
});

test('child processes end with the program', async () => {
  // A remaining process would hold the output open, and `exited` would wait for it.
  const program = `require('node:child_process').spawn('sleep', ['600'], { stdio: 'inherit' }); setTimeout(() => process.exit(0), 50)`;
  expect(await container(program).exited).toEqual({ exitCode: 0 });
});
