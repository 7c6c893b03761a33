import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ContainerProgram, freePort, type ContainerProcess } from 'local-cloud/programs';
import { create } from 'tar';
import { copy, EXAMPLES, PYTHON, writeFiles, type temporaryFolders } from './program';

export type Step = 'preprocess' | 'train' | 'serve';

/** A program that runs or has run. */
export class Run {
  /** All output so far. */
  readonly lines: string[] = [];
  readonly #process: ContainerProcess;
  readonly #watchers = new Set<() => void>();

  constructor(start: (onLine: (line: string) => void) => ContainerProcess) {
    this.#process = start((line) => {
      this.lines.push(line);
      for (const watcher of this.#watchers) watcher();
    });
  }

  async ended(): Promise<{ status: number; output: string }> {
    const { exitCode } = await this.#process.exited;
    return { status: exitCode, output: this.lines.join('\n') };
  }

  /** Resolves once a line contains `text`; rejects if the program ends before. */
  seen(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (this.lines.some((line) => line.includes(text))) resolve();
      };
      this.#watchers.add(look);
      look();
      this.ended().then(
        ({ status, output }) => reject(new Error(`ended with ${status}, without "${text}": ${output}`)),
        reject,
      );
    });
  }

  /** Sends SIGTERM. @returns the exit status */
  async stop(): Promise<number> {
    return (await this.#process.stop()).exitCode;
  }
}

/** The programs of an example with a Dockerfile each, started as SageMaker does, on folders in place of `/opt/ml`. */
export class ExamplePrograms {
  readonly #programs: Record<Step, ContainerProgram>;

  constructor(
    readonly name: string,
    private readonly folders: ReturnType<typeof temporaryFolders>,
  ) {
    const program = (step: Step) =>
      new ContainerProgram({
        context: EXAMPLES,
        dockerfile: path.join(EXAMPLES, name, step, 'Dockerfile'),
        interpreters: { node: process.execPath, python: PYTHON },
      });
    this.#programs = { preprocess: program('preprocess'), train: program('train'), serve: program('serve') };
  }

  remove(): void {
    for (const program of Object.values(this.#programs)) program.remove();
  }

  start(step: Step, base: string, words: string[] = [], environment: Record<string, string> = {}): Run {
    return new Run((onLine) =>
      this.#programs[step].start({
        arguments: words,
        environment: { SAGEMAKER_BASE_DIR: base, ...environment },
        onLine,
      }),
    );
  }

  async #succeed(...args: Parameters<ExamplePrograms['start']>): Promise<void> {
    const { status, output } = await this.start(...args).ended();
    if (status !== 0) throw new Error(`${args[0]} ended with status ${status}: ${output}`);
  }

  /** Runs a preprocessing job on some of the example's data, or on other files. @returns its output folder */
  async preprocess(
    shard: number,
    files: readonly string[] | Record<string, string | Buffer>,
  ): Promise<string> {
    const base = this.folders.create();
    const data = path.join(base, 'processing/input/data');
    if (Array.isArray(files)) {
      for (const file of files as string[])
        copy(path.join(EXAMPLES, this.name, 'data', file), path.join(data, file));
    } else {
      writeFiles(data, files as Record<string, string>);
    }
    await this.#succeed('preprocess', base, [], {
      SHARD_INDEX: String(shard),
      VALIDATION_FRACTION: '0.2',
      TEST_FRACTION: '0.2',
    });
    return path.join(base, 'processing/output');
  }

  /** Returns the folder of a training job on the output of preprocessing. */
  layOutTraining(prepared: readonly string[], hyperparameters: Record<string, string> = {}): string {
    const base = this.folders.create({
      'input/config/hyperparameters.json': JSON.stringify(hyperparameters),
      'input/config/resourceconfig.json': JSON.stringify({ current_host: 'algo-1', hosts: ['algo-1'] }),
      'input/config/checkpointconfig.json': JSON.stringify({ LocalPath: '/opt/ml/checkpoints' }),
    });
    for (const output of prepared)
      for (const split of ['train', 'validation'])
        copy(path.join(output, split), path.join(base, 'input/data', split));
    return base;
  }

  /** Runs an evaluation. @returns its output folder */
  async evaluate(prepared: readonly string[], candidate: string, champion?: string): Promise<string> {
    const base = this.folders.create();
    const input = path.join(base, 'processing/input');
    for (const output of prepared)
      for (const split of ['validation', 'test'])
        copy(path.join(output, 'scoring', split), path.join(input, split));
    pack(candidate, path.join(input, 'candidate'));
    if (champion) pack(champion, path.join(input, 'champion'));
    await this.#succeed('serve', base, ['evaluate'], {
      CANDIDATE_VERSION: 'run-2',
      BOOTSTRAP_CONFIDENCE: '0.9',
      BOOTSTRAP_RESAMPLES: '500',
      ...(champion && { CHAMPION_VERSION: 'run-1' }),
    });
    return path.join(base, 'processing/output');
  }

  /** Serves the model of a training job until `stop`. */
  async serve(trained: string): Promise<{ url: string; stop: () => Promise<number> }> {
    const base = this.folders.create();
    copy(path.join(trained, 'model'), path.join(base, 'model'));
    const port = await freePort();
    const server = this.start('serve', base, ['serve'], {
      SAGEMAKER_BIND_TO_PORT: String(port),
      BIND_HOST: '127.0.0.1',
      MODEL_VERSION: 'run-2',
    });
    await server.seen('ready: ');
    return { url: `http://127.0.0.1:${port}`, stop: () => server.stop() };
  }
}

/** Packs a training job's model as SageMaker does. */
function pack(trained: string, target: string): void {
  mkdirSync(target, { recursive: true });
  create(
    { gzip: true, sync: true, file: path.join(target, 'model.tar.gz'), cwd: path.join(trained, 'model') },
    ['.'],
  );
}

/** Digests of all files in a folder, by path; none if there is no folder. */
export function digests(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [
        path.relative(folder, file),
        createHash('sha256').update(readFileSync(file)).digest('hex'),
      ]),
  );
}

/** The last value that a training printed of each metric, by the expression of the metric definitions. */
export function finalMetrics(output: string): Record<string, number> {
  const found = output.matchAll(/([a-z]+:[a-zA-Z]+)=([-+0-9.eE]+);/g);
  return Object.fromEntries(Array.from(found, ([, name, value]) => [name!, Number(value)]));
}
