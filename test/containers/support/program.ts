import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export const ROOT = path.join(__dirname, '../../..');
export const CONTAINERS = path.join(ROOT, 'containers');
export const EXAMPLES = path.join(ROOT, 'examples');
export const PYTHON = process.env.PYTHON ?? '/usr/bin/python3';

export interface Ended {
  /** Null if a signal ended it. */
  readonly status: number | null;
  /** The log, one message per line. */
  readonly log: string;
  /** Messages above the level INFO, a line each. */
  readonly complaints: string;
  /** Output outside of the log. */
  readonly stderr: string;
}

/** A line of every program's log. */
export interface LogLine {
  readonly timestamp: string;
  readonly level: 'INFO' | 'WARN' | 'WARNING' | 'ERROR';
  readonly message: { readonly message: string; readonly runId?: string; readonly stackTrace?: string };
}

/** Those of a test that failed would run for ever: {@link temporaryFolders} ends them. */
const running = new Set<ChildProcess>();

/** A container's program, run as a process on a folder in place of `/opt/ml`. */
export class Program {
  readonly ended: Promise<Ended>;
  readonly #process;
  /** The log so far. */
  readonly lines: LogLine[] = [];
  #unfinished = '';
  #stderr = '';
  readonly #watchers = new Set<() => void>();

  constructor(command: readonly string[], base: string, env: Record<string, string> = {}) {
    this.#process = spawn(command[0]!, command.slice(1), {
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', SAGEMAKER_BASE_DIR: base, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.#process);
    this.#process.once('close', () => running.delete(this.#process));
    this.#process.stdout.setEncoding('utf8').on('data', (text: string) => {
      const parts = (this.#unfinished + text).split('\n');
      this.#unfinished = parts.pop()!;
      // Any other output makes this fail: all log lines have one format.
      this.lines.push(...parts.map((line) => JSON.parse(line) as LogLine));
      for (const watcher of this.#watchers) watcher();
    });
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', (status) =>
        resolve({
          status,
          log: messages(this.lines),
          complaints: messages(this.lines.filter(({ level }) => level !== 'INFO')),
          stderr: this.#stderr,
        }),
      );
    });
  }

  /** Resolves once the log's messages match; rejects if the program ends before. */
  seen(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(messages(this.lines));
        if (!match) return;
        this.#watchers.delete(look);
        resolve(match);
      };
      this.#watchers.add(look);
      look();
      this.ended.then(
        ({ status, log, stderr }) =>
          reject(new Error(`ended with ${status} unseen ${pattern}: ${log}${stderr}`)),
        reject,
      );
    });
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.#process.kill(signal);
    return this.ended;
  }
}

function messages(lines: readonly LogLine[]): string {
  return lines.map(({ message }) => `${message.message}\n`).join('');
}

export function python(file: string, base: string, env?: Record<string, string>): Program {
  return new Program([PYTHON, path.join(CONTAINERS, file)], base, env);
}

export function inference(command: string, base: string, env?: Record<string, string>): Program {
  return new Program([process.execPath, path.join(CONTAINERS, 'inference/start.mjs'), command], base, env);
}

/** Folders in place of `/opt/ml`, all removed after the file's tests, with the programs that still run. */
export function temporaryFolders(): { create(files?: Record<string, string | Buffer>): string } {
  const folders: string[] = [];
  afterAll(() => {
    running.forEach((process) => process.kill('SIGKILL'));
    folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  });
  return {
    create(files = {}) {
      const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'container-test-'));
      folders.push(folder);
      writeFiles(folder, files);
      return folder;
    },
  };
}

/** Path below `folder` → content. */
export function writeFiles(folder: string, files: Record<string, string | Buffer>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

export function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true });
}
