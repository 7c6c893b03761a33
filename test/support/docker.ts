import { execFile, execFileSync } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs `docker` with the arguments; returns its standard output. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 2 ** 26, env: process.env });
  return stdout.trim();
}

/**
 * Returns `describe` where a Docker engine answers, or else `describe.skip`, and says so.
 *
 * @param what is not done without an engine
 */
export function describeWithDocker(what: string): jest.Describe {
  try {
    execFileSync('docker', ['info'], { stdio: 'ignore', timeout: 10_000, env: process.env });
    return describe;
  } catch {
    console.log(`skipped: no Docker engine answers, so ${what}`);
    return describe.skip;
  }
}

export async function hasImage(name: string): Promise<boolean> {
  return (await docker('images', '--quiet', name)) !== '';
}
