import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ContainerProgram, type ContainerProcess } from 'local-cloud/programs';

/** Longest run of a program. */
const LIMIT_MS = 600_000;
/** Lines of output that a finding shows. */
const SHOWN_LINES = 3;

export interface Ended {
  readonly status: number;
  readonly lines: readonly string[];
  readonly seconds: number;
  /** Files that were written or removed outside of the allowed folders. */
  readonly strayed: readonly string[];
}

export interface JobOptions {
  readonly arguments?: string[];
  readonly environment?: Record<string, string>;
  /** Folders below the base that the program may write to. */
  readonly writes: readonly string[];
}

/** A program that runs. */
export interface Running {
  readonly process: ContainerProcess;
  /** Calls `listener` with each later line of output. */
  onLine(listener: (line: string) => void): void;
  readonly ended: Promise<Ended>;
}

/** Folders in place of `/opt/ml`, and programs that run on them. */
export class Jobs {
  readonly #folder = realpathSync(mkdtempSync(join(tmpdir(), 'mlops-check-')));
  readonly #running = new Set<ContainerProcess>();
  #bases = 0;

  /** Returns a new folder in place of `/opt/ml`. @param files path → content, or folder to copy */
  base(files: Readonly<Record<string, string | Buffer | { readonly copy: string }>> = {}): string {
    const base = join(this.#folder, String(this.#bases++));
    mkdirSync(base);
    for (const [name, content] of Object.entries(files)) put(join(base, name), content);
    return base;
  }

  /** Copies the content of several folders to one. */
  gather(folders: readonly string[], target: string): void {
    for (const folder of folders) put(target, { copy: folder });
  }

  start(
    program: ContainerProgram,
    base: string,
    { arguments: words = [], environment, writes }: JobOptions,
  ): Running {
    const before = digests(base);
    const lines: string[] = [];
    const listeners = new Set<(line: string) => void>();
    const began = performance.now();
    const process = program.start({
      arguments: words,
      environment: { SAGEMAKER_BASE_DIR: base, RUN_ID: 'check', ...environment },
      onLine: (line) => {
        lines.push(line);
        listeners.forEach((listener) => listener(line));
      },
    });
    this.#running.add(process);
    const limit = setTimeout(() => {
      lines.push(`the program was stopped: it ran longer than ${LIMIT_MS / 1000} s`);
      void process.stop();
    }, LIMIT_MS);
    const ended = process.exited.then(({ exitCode }) => {
      clearTimeout(limit);
      this.#running.delete(process);
      const seconds = (performance.now() - began) / 1000;
      return { status: exitCode, lines, seconds, strayed: strayed(before, digests(base), writes) };
    });
    return { process, ended, onLine: (listener) => void listeners.add(listener) };
  }

  run(program: ContainerProgram, base: string, options: JobOptions): Promise<Ended> {
    return this.start(program, base, options).ended;
  }

  /** Stops what still runs. */
  async stop(): Promise<void> {
    await Promise.all([...this.#running].map((process) => process.stop()));
  }

  /** Removes the folders. */
  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function put(target: string, content: string | Buffer | { readonly copy: string }): void {
  if (typeof content === 'string' || Buffer.isBuffer(content)) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  } else if (existsSync(content.copy)) {
    cpSync(content.copy, target, { recursive: true });
  }
}

/** Digests of all files in a folder, by path. */
export function digests(folder: string): ReadonlyMap<string, string> {
  const found = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return new Map(
    found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [relative(folder, file), createHash('sha256').update(readFileSync(file)).digest('hex')]),
  );
}

function strayed(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  writes: readonly string[],
): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file) && !writes.some((folder) => file.startsWith(`${folder}/`)),
  );
}

/** Returns the end of a program as a phrase: its status and its last lines. */
export function describeEnd({ status, lines }: Pick<Ended, 'status' | 'lines'>): string {
  const spoken = lines.filter((line) => line.trim() !== '');
  const last = spoken.slice(-SHOWN_LINES).map((line) => messageOf(line).slice(0, 200));
  return `ended with ${status}${last.length > 0 ? `: ${last.join(' | ')}` : ', without any output'}`;
}

/** Returns the message of a line of the programs' log, or the line. */
function messageOf(line: string): string {
  try {
    const { message } = JSON.parse(line) as { message?: { message?: unknown } };
    return typeof message?.message === 'string' ? message.message.trim().split('\n').at(-1)! : line;
  } catch {
    return line;
  }
}

/** Returns a file's JSON. @throws Error that names the file */
export function readJson(folder: string, name: string): unknown {
  const file = join(folder, name);
  if (!existsSync(file)) throw new Error(`${name} is missing`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`${name} is not JSON (${(error as Error).message})`);
  }
}

/** Returns what is wrong with the end of a program that had to fail; undefined if nothing is. */
export function failureProblem(
  ended: Ended,
  base: string,
  file: 'output/failure' | 'output/message',
  { statuses = [1, 2], names = '' }: { readonly statuses?: readonly number[]; readonly names?: string } = {},
): string | undefined {
  if (!statuses.includes(ended.status)) return describeEnd(ended);
  const path = join(base, file);
  const sentence = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  if (sentence === '') return `ended with ${ended.status}, and ${file} is missing or empty`;
  if (!sentence.includes(names)) return `${file} is "${sentence.slice(0, 200)}", without the name ${names}`;
  return undefined;
}
