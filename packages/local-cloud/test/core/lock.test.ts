import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDirectory } from '../../src/core/lock';

let directory: string;
beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'lock-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('a directory has one owner at a time', () => {
  const unlock = lockDirectory(directory);
  expect(() => lockDirectory(directory)).toThrow(
    `The state directory ${directory} is in use by process ${process.pid}; stop that process or choose another directory.`,
  );
  unlock();
  expect(existsSync(join(directory, 'lock'))).toBe(false);
  lockDirectory(directory)();
});

test('the lock of a running process is kept; the lock of an ended process is not', async () => {
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const ended = new Promise((resolve) => other.once('exit', resolve));
  writeFileSync(join(directory, 'lock'), String(other.pid));
  expect(() => lockDirectory(directory)).toThrow(`in use by process ${other.pid}`);
  other.kill();
  await ended;
  lockDirectory(directory)();
});
