import cluster from 'node:cluster';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from './errors.ts';
import { log, logBug } from '../table/log.ts';
import { reportReady, siblings, superviseWorkers } from './processes.ts';
import { baseDirectory, serveSettings } from './settings.ts';

const COMMANDS: Record<string, () => Promise<void>> = {
  async serve() {
    const settings = serveSettings(process.env);
    if (cluster.isPrimary && settings.workers > 1) {
      superviseWorkers(settings.workers);
      return;
    }
    const { serve } = await import('./serve.ts');
    const thread = path.join(import.meta.dirname, 'prediction-thread.ts');
    reportReady(await serve(settings, thread, siblings()));
  },

  async evaluate() {
    const startFile = path.join(import.meta.dirname, 'start.mjs');
    await job(async (base) => {
      const { evaluate } = await import('./evaluate.ts');
      await evaluate(base, process.env, startFile);
    });
  },

  /** Evaluates by the answers of transform jobs, of whatever serves. */
  async score() {
    await job(async (base) => {
      const { score } = await import('./score.ts');
      await score(base, process.env);
    });
  },

  /** Loads the program once, which fills the compile cache; run by the build of the image. */
  async compile() {
    await Promise.all([import('./serve.ts'), import('./evaluate.ts'), import('./score.ts')]);
  },
};

/** Runs a processing job, which leaves the reason of a failure. */
async function job(work: (base: string) => Promise<void>): Promise<void> {
  // The first process of a container ignores SIGTERM by default.
  process.on('SIGTERM', () => process.exit(143));
  const base = baseDirectory(process.env);
  try {
    await work(base);
  } catch (error) {
    await leaveMessage(path.join(base, 'output/message'), describeFailure(error));
    throw error;
  }
}

/** Exits as the other containers do: status 1 for a fault of the input, 2 for a bug. */
async function main(command = ''): Promise<void> {
  try {
    const run = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
    if (!run)
      throw new UserError(`"${command}": unknown command; known are ${Object.keys(COMMANDS).join(', ')}`);
    await run();
  } catch (error) {
    if (error instanceof UserError) log('ERROR', error.message);
    else logBug(error);
    process.exit(error instanceof UserError ? 1 : 2);
  }
}

function describeFailure(error: unknown): string {
  return error instanceof UserError ? error.message : `A bug in the program, see its log: ${String(error)}`;
}

async function leaveMessage(file: string, message: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, message);
}

await main(process.argv[2]);
