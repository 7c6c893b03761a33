import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

export interface Finished {
  code: number | null;
  /** Both streams, as a terminal shows them. */
  output: string;
}

/** Runs a program of this repository, or of its packages, to its end. */
export async function run(
  program: string,
  args: readonly string[],
  options: Running = {},
): Promise<Finished> {
  const child = start(program, args, options);
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

interface Running {
  env?: Record<string, string>;
  cwd?: string;
}

function start(program: string, args: readonly string[], { env, cwd = ROOT }: Running): ChildProcess {
  const { AWS_PROFILE: _profile, ...inherited } = process.env;
  return spawn(process.execPath, [join(ROOT, program), ...args], { cwd, env: { ...inherited, ...env } });
}

/** `npm run cloud` without its set-up: the program that serves, on free ports, as a process of its own. */
export class ServedCloud {
  private constructor(
    private readonly child: ChildProcess,
    /** Its output. */
    readonly greeting: string,
  ) {}

  static readonly PROGRAM = 'packages/local-cloud/bin/local-cloud.cjs';

  static async start(state: string): Promise<ServedCloud> {
    const child = start(ServedCloud.PROGRAM, ['--port', '0', '--api-port', '0', '--state', state], {});
    let output = '';
    const ready = new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk) => {
        output += String(chunk);
        if (output.includes('AWS_SECRET_ACCESS_KEY=')) resolve();
      });
      child.stderr!.on('data', (chunk) => (output += String(chunk)));
      child.once('exit', () => reject(new Error(`the cloud ended at once: ${output}`)));
    });
    await ready;
    return new ServedCloud(child, output);
  }

  /** The variables that it tells to export. */
  get env(): Record<string, string> {
    return Object.fromEntries(
      [...this.greeting.matchAll(/^export (\w+)=(.+)$/gm)].map(([, name, value]) => [name!, value!]),
    );
  }

  get port(): string {
    return new URL(this.env.AWS_ENDPOINT_URL!).port;
  }

  /** Settings of an SDK client. */
  get client() {
    const { AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = this.env;
    return {
      endpoint: AWS_ENDPOINT_URL!,
      region: AWS_REGION!,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID!, secretAccessKey: AWS_SECRET_ACCESS_KEY! },
    };
  }

  /** Ctrl-C. @returns the exit code */
  async stop(): Promise<number | null> {
    if (this.child.exitCode !== null) return this.child.exitCode;
    this.child.kill('SIGINT');
    const [code] = (await once(this.child, 'exit')) as [number | null];
    return code;
  }
}
