import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { packageRoot } from '../../lib/config/package-root';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command lines of a person, with the same programs: their exit codes and texts are what a claim is judged by. */
export class Shell {
  /** @param choice flags of the pipeline, for every command of mlops */
  constructor(private readonly choice: readonly string[]) {}

  /** Runs `npx mlops`, with JSON as its output. */
  mlops(...args: string[]): Promise<Ended> {
    return run([join(packageRoot(), 'bin', 'mlops.cjs'), ...args, ...this.choice, '--json']);
  }

  /** Runs the project's own CDK CLI in the working folder. */
  cdk(...args: string[]): Promise<Ended> {
    const load = createRequire(join(process.cwd(), 'package.json'));
    return run([load.resolve('aws-cdk/bin/cdk'), ...args, '--no-color', '--no-notices', '--ci']);
  }
}

function run(args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}
