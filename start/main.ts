import { join, relative } from 'node:path';
import { escapeLines } from '../containers/table/escape.ts';
import { parseGate } from '../lib/config';
import { loadPipeline } from '../lib/config/find';
import { resolveData } from '../cli/training-data';
import { parseFlags, type Flags } from './flags';
import { inferToFile } from './infer';
import { missingOnThisMachine, requireFolders } from './missing-packages';
import { runPipeline } from './pipeline';
import { curlCommand } from './prediction';
import { colorsOf } from '../cli/colors';
import { Progress } from '../cli/progress';
import { findPython } from './python';
import { faultReport, readPlan } from 'local-cloud';
import { cliExports, summary } from './report';
import { MAIL_FOLDER, openSession } from './session';
import { ENVIRONMENT } from './environment';

/**
 * Runs a pipeline of the project on this machine: deploys it, starts a run, shows it and a prediction.
 *
 * @param args flags of `npm start --`
 * @returns the exit code; 0 if a model is in service, or nothing had changed
 */
export async function main(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const flags = parseFlags(args);
  const plan = flags.faults === undefined ? undefined : readPlan(flags.faults);
  const progress = new Progress(process.stdout);
  const config = await loadPipeline({ environment: ENVIRONMENT, model: flags.model });
  requireFolders(config, flags.engine);
  if (flags.gate !== undefined) parseGate(flags.gate, config.metrics);
  const data = await resolveData(flags, config.data, (source, label) => inferToFile(source, label, progress));
  progress.step('synthesising the app and starting the local cloud');
  const python = await findPython('npm start');
  const missing = flags.engine === 'process' ? missingOnThisMachine(python, config) : Promise.resolve([]);
  // A failure of the cloud's start comes first.
  missing.catch(() => undefined);
  const session = await openSession({ ...flags, config, python });
  let serving = false;
  const interruption = interrupted().then(async () => {
    progress.end();
    await session.cloud.close();
    // Ctrl-C ends serving with success; an interrupted run has not succeeded.
    process.exit(serving ? 0 : 130);
  });
  try {
    const { createdBucket } = session;
    if (createdBucket !== undefined) {
      progress.step(
        `created the bucket ${createdBucket} on the local cloud, in place of the team's (data.bucket)`,
      );
    }
    progress.step('deployed the stacks to the local cloud');
    for (const sentence of await missing) progress.step(sentence);
    // From here on: a fault in the deployment of the stacks would not be one of the run.
    if (plan) session.cloud.faults.set(plan);
    const { lastRun, golden } = await runPipeline(session, { ...flags, data }, progress, started);
    const state = relative('', session.state) || '.';
    const files = { report: join(state, 'last-run.json'), mail: join(state, MAIL_FOLDER) };
    const { api } = session;
    const request = join(state, 'golden-request');
    process.stdout.write(
      summary(
        lastRun,
        files,
        api && golden && curlCommand(api, golden, config.api.returns, request),
        colorsOf(process.stdout),
      ),
    );
    if (plan) process.stdout.write(faultReport(session.cloud.faults));
    if (stays(flags) && lastRun.championAfter) {
      serving = true;
      process.stdout.write(cliExports(session.cloud.clientOptions(), api?.url));
      process.stdout.write(`${api ? `Serving on ${api.url}` : 'The local cloud is running'} until Ctrl-C.\n`);
      await interruption;
    }
    return ['deployed', 'restored', 'nothing-to-do'].includes(lastRun.decision) ? 0 : 1;
  } finally {
    await session.cloud.close();
  }
}

function stays({ once, keep }: Flags): boolean {
  return keep || (!once && process.stdout.isTTY);
}

function interrupted(): Promise<void> {
  return new Promise((resolved) => {
    process.once('SIGINT', () => resolved());
    process.once('SIGTERM', () => resolved());
  });
}

if (require.main === module) {
  main(process.argv.slice(2)).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      // Messages may quote file names and arguments.
      const message = error instanceof Error ? error.message : String(error);
      process.stderr.write(`\nnpm start: ${escapeLines(message)}\n`);
      process.exitCode = 1;
    },
  );
}
