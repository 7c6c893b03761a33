import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONTAINERS } from './support/program';

const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';
const inProgram = { cwd: join(CONTAINERS, 'training'), encoding: 'utf8' } as const;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'gpu-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** What NVIDIA's kernel module writes, and the library that the base image brings. */
function host(driver: string, library?: string): { driver: string; compatible: string } {
  const file = join(folder, 'version');
  writeFileSync(
    file,
    `NVRM version: NVIDIA UNIX ${driver}  Tue Sep  9 12:00:00 UTC 2025\nGCC version:  gcc 11\n`,
  );
  const compatible = join(folder, 'compat');
  mkdirSync(compatible);
  if (library !== undefined) {
    writeFileSync(join(compatible, library), '');
    symlinkSync(library, join(compatible, 'libcuda.so.1'));
  }
  return { driver: file, compatible };
}

/** The library path of the program after `use_compatible_driver`, and how often it started. */
function started({ driver, compatible }: { driver: string; compatible: string }, path = ''): string {
  const program = join(folder, 'program.py');
  writeFileSync(
    program,
    `import os, sys
sys.path.insert(0, ${JSON.stringify(join(CONTAINERS, 'training'))})
from pathlib import Path
from gpu import use_compatible_driver
print(os.getpid(), end=' ', flush=True)
use_compatible_driver(Path(${JSON.stringify(compatible)}), Path(${JSON.stringify(driver)}))
print(os.environ.get('LD_LIBRARY_PATH', ''), sys.argv[1:])`,
  );
  const output = execFileSync(PYTHON, ['-B', program, 'train'], {
    ...inProgram,
    env: { ...process.env, LD_LIBRARY_PATH: path },
  });
  const [, pids, rest] = /^((?:\d+ )+)(.*)\n$/.exec(output)!;
  const ids = pids!.trim().split(' ');
  // SageMaker stops the first process of the container.
  expect(new Set(ids).size).toBe(1);
  return `${ids.length} ${rest}`;
}

const OLD = 'x86_64 Kernel Module  535.183.01';
const OPEN = 'Open Kernel Module for x86_64  580.65.06';

test("an older driver of the host is replaced by the image's, in the same process", () => {
  const { driver, compatible } = host(OLD, 'libcuda.so.580.65.06');
  expect(started({ driver, compatible })).toBe(`2 ${compatible} ['train']`);
  expect(started({ driver, compatible }, '/usr/local/lib')).toBe(`2 ${compatible}:/usr/local/lib ['train']`);
});

test.each([
  ['the same version', OPEN, 'libcuda.so.580.65.06'],
  ['a newer one', OPEN, 'libcuda.so.535.183.01'],
  ['a newer one with more digits', OPEN, 'libcuda.so.580.7.1'],
  ['no library in the image', OLD, undefined],
  ['a library without a version', OLD, 'libcuda.so'],
  ['no version of the driver', 'nothing', 'libcuda.so.580.65.06'],
])('the driver of the host stays: %s', (_, driver, library) => {
  expect(started(host(driver, library))).toBe("1  ['train']");
});

test('a machine without a driver starts once', () => {
  expect(started({ driver: join(folder, 'none'), compatible: join(folder, 'none') })).toBe("1  ['train']");
});

test.each([
  ['true', 0, 'UserError: training.instanceType has a GPU, and CUDA sees none'],
  ['true', 1, ''],
  ['', 0, ''],
])('GPU_REQUIRED "%s" with %i devices', (required, devices, message) => {
  const { stderr } = spawnSync(
    PYTHON,
    ['-B', '-c', `from gpu import require_gpu; require_gpu(lambda: ${devices})`],
    {
      ...inProgram,
      env: { ...process.env, GPU_REQUIRED: required },
    },
  );
  expect(stderr.includes(message) && (message !== '' || stderr === '')).toBe(true);
});
