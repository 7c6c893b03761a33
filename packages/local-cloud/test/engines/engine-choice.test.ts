import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLocalCloud, type EngineName } from '../../src';

let stateDirectory: string;
const host = process.env.DOCKER_HOST;

beforeEach(() => (stateDirectory = mkdtempSync(join(tmpdir(), 'engine-'))));
afterEach(() => {
  if (host === undefined) delete process.env.DOCKER_HOST;
  else process.env.DOCKER_HOST = host;
  rmSync(stateDirectory, { recursive: true, force: true });
});

const start = (engine?: EngineName) =>
  startLocalCloud({ stateDirectory, python: 'python3', apiPort: 0, ...(engine && { engine }) });

test.each<[string, string, RegExp]>([
  ['does not answer', 'unix:///no/such/socket', /DOCKER_HOST=unix:\/\/\/no\/such\/socket/],
  ['is on another machine', 'tcp://127.0.0.1:1', /DOCKER_HOST=tcp:\/\/127\.0\.0\.1:1/],
])(
  'an engine that %s cannot be used: the message says what was tried and what to do',
  async (_, address, tried) => {
    process.env.DOCKER_HOST = address;
    const failure = start('docker');
    await expect(failure).rejects.toThrow(/^No Docker engine can be used: .*tried: docker info/);
    await expect(failure).rejects.toThrow(tried);
    await expect(failure).rejects.toThrow(/apt-get install docker\.io.* or leave out --engine docker/);
    // The directory is free again, and still has no engine.
    await (await start()).close();
  },
);

test('a state directory keeps its engine', async () => {
  await (await start()).close();
  await expect(start('docker')).rejects.toThrow(
    /belongs to the engine 'process'.* Use --engine process, another directory \(--state\), or remove its state \(--fresh\)/,
  );
});

test('a state directory of an older version with images belongs to the process engine', async () => {
  mkdirSync(join(stateDirectory, 'images'));
  await expect(start('docker')).rejects.toThrow(/belongs to the engine 'process'/);
});
