import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';

/** The folder of the package, for this file in `src/testing` and for the bundle in `dist`. */
const PACKAGE = join(
  dirname(__filename),
  ...(dirname(__filename).endsWith('testing') ? ['..', '..'] : ['..']),
);

export interface Finished {
  code: number | null;
  /** The output of both streams, as a terminal shows it. */
  output: string;
}

export interface Running {
  /** Variables besides this process's own. */
  env?: Record<string, string>;
  cwd?: string;
  /** Arguments of Node, such as a module to load first. */
  nodeArgs?: readonly string[];
}

/** Runs a JavaScript program to its end, without `AWS_PROFILE`, which would have another account's credentials. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: Running = {},
): Promise<Finished> {
  const child = startProgram(program, args, options);
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

function startProgram(
  program: string,
  args: readonly string[],
  { env, cwd, nodeArgs = [] }: Running,
): ChildProcess {
  const { AWS_PROFILE: _profile, ...inherited } = process.env;
  return spawn(process.execPath, [...nodeArgs, program, ...args], { cwd, env: { ...inherited, ...env } });
}

/** The program `local-cloud` on free ports, as its own process. */
export class ServedCloud {
  private constructor(
    private readonly child: ChildProcess,
    /** The output until it was ready. */
    readonly greeting: string,
  ) {}

  static readonly PROGRAM = join(PACKAGE, 'bin', 'local-cloud.cjs');

  /**
   * Starts the program and waits until it is ready.
   *
   * @param running variables and arguments of its process
   * @throws Error with its output, if it ends instead
   */
  static async start(stateDirectory: string, running: Running = {}): Promise<ServedCloud> {
    const args = ['--port', '0', '--api-port', '0', '--state', stateDirectory];
    const child = startProgram(ServedCloud.PROGRAM, args, running);
    let output = '';
    await new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes('AWS_SECRET_ACCESS_KEY=')) resolve();
      });
      child.stderr!.on('data', (chunk) => (output += String(chunk)));
      child.once('exit', () => reject(new Error(`the cloud ended at once: ${output}`)));
    });
    return new ServedCloud(child, output);
  }

  /** The variables that its output tells the user to export. */
  get env(): Record<string, string> {
    return Object.fromEntries(
      [...this.greeting.matchAll(/^export (\w+)=(.+)$/gm)].map(([, name, value]) => [name!, value!]),
    );
  }

  get port(): string {
    return new URL(this.env.AWS_ENDPOINT_URL!).port;
  }

  /** The options of an SDK client. */
  get client() {
    const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = this.env;
    return {
      endpoint: AWS_ENDPOINT_URL!,
      region: AWS_REGION!,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
    };
  }

  /** The process's id. */
  get pid(): number {
    return this.child.pid!;
  }

  /** Resolves when the process has ended. */
  async ended(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
  }

  /**
   * Sends Ctrl-C, or another signal.
   *
   * @returns the exit code; null after a signal that ended it
   */
  async stop(signal: 'SIGINT' | 'SIGKILL' = 'SIGINT'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    this.child.kill(signal);
    const [code] = (await once(this.child, 'exit')) as [number | null];
    return code;
  }
}
