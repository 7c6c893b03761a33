import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageRoot } from '../lib/config/package-root';

/**
 * Synthesises an environment as the CDK CLI does, without the CLI's start-up time: runs the app in a process
 * with the CLI's environment variables.
 *
 * @param options.triggers with the automatic triggers
 * @param options.gate replaces the configured gate, e.g. `f1=0.75`
 * @param options.model only this model; default: every model in the environment
 * @returns folder of the cloud assembly
 */
export async function synthesise(
  directory: string,
  {
    environment,
    model,
    triggers,
    gate,
  }: { environment: string; model?: string; triggers: boolean; gate?: string },
): Promise<string> {
  const assembly = resolve(directory);
  rmSync(assembly, { recursive: true, force: true });
  const context = {
    ...{ ...cdkContext(), environment, commit: gitCommit() },
    ...(!triggers && { triggers: 'none' }),
    ...(gate !== undefined && { gate }),
    ...(model !== undefined && { model }),
  };
  const child = spawn(process.execPath, [join(packageRoot(), 'dist', 'bin', 'app.js')], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      // CI validates the templates; here the validation would add three seconds to each start.
      CDK_VALIDATION: 'false',
    },
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`the synthesis failed:\n${errors.trim()}`);
  // Warnings, such as of files that are in no image.
  process.stderr.write(errors);
  return assembly;
}

function cdkContext(): Record<string, unknown> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a JSON file beside the sources, read at run time
  return (require(resolve('cdk.json')) as { context: Record<string, unknown> }).context;
}

function gitCommit(): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}
