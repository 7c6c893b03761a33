import { APIGatewayClient, GetUsagePlansCommand, UpdateUsagePlanCommand } from '@aws-sdk/client-api-gateway';
import { App } from 'aws-cdk-lib';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { context } from '../cdk.json';
import { pipelineId, validateConfig } from '../lib/config';
import { PipelineStage } from '../lib/stacks/pipeline-stage';
import { findPython } from '../start/python';
import { closedLoop, openLoop } from './loops';
import type { Answered, Target } from './requests';
import { percentile } from './samples';
import type { Served, ServedOrder } from './served';
import { benchConfig } from './strategies';

/** Seconds of the steady load; ten minutes with `LOAD_SECONDS=600`. */
const STEADY_SECONDS = Number(process.env.LOAD_SECONDS ?? 60);
/** Seconds of each step of the search for the maximum. */
const STEP_SECONDS = 8;
const CLIENTS = [1, 2, 4, 8, 16, 32];
const STEADY_SHARE = 0.8;
const OVERLOAD = 3;
const OVERLOAD_SECONDS = 10;
const RESULTS = 'bench/results/load.json';

/** Measures what the API bears: its maximum, a steady load below it, and one far above it that a rate limit refuses. */
async function main(): Promise<void> {
  const python = await findPython('npm run bench:load');
  const { child, served } = await serve(python);
  try {
    const target: Target = {
      url: served.url,
      headers: { 'x-api-key': served.key, 'content-type': 'application/json' },
      body: served.body,
    };
    const [right] = await closedLoop(target, 1, 3);
    const machine = { cores: cpus().length, model: cpus()[0]?.model, node: process.version, load: loadavg() };
    const steps = [];
    for (const clients of CLIENTS) {
      const answers = await closedLoop(target, clients, STEP_SECONDS);
      steps.push({ clients, ...summary(answers, right!.body), rate: answers.length / STEP_SECONDS });
    }
    const maximum = Math.max(...steps.map(({ rate }) => rate));
    const rate = STEADY_SHARE * maximum;
    const before = memory(child);
    const steady = await openLoop(target, rate, STEADY_SECONDS);
    const after = memory(child);
    const part = Math.min(60, STEADY_SECONDS / 6) * 1000;
    const began = steady[0]!.at;
    const first = steady.filter(({ at }) => at < began + part);
    const last = steady.filter(({ at }) => at >= began + STEADY_SECONDS * 1000 - part);
    // What an operator sets who knows the maximum: `api.rateLimit` and `api.burstLimit`.
    await limit(served, rate);
    const over = await openLoop(target, OVERLOAD * maximum, OVERLOAD_SECONDS);
    const overEnded = Date.now();
    let recovered: number | undefined;
    while (recovered === undefined && Date.now() - overEnded < 30_000) {
      const answers = await openLoop(target, rate / 2, 1);
      if (answers.every(({ status }) => status === 200)) recovered = Date.now() - overEnded;
    }
    const refused = over.filter(({ status }) => status === 429 || status === 503);
    const result = {
      machine: { ...machine, loadAfter: loadavg() },
      steps,
      maximum,
      steady: {
        rate,
        seconds: STEADY_SECONDS,
        all: summary(steady, right!.body),
        first: summary(first, right!.body),
        last: summary(last, right!.body),
        mebibytes: { before, after },
      },
      overload: {
        rate: OVERLOAD * maximum,
        all: summary(over, right!.body),
        refused: summary(refused, right!.body),
        recoveredWithinMs: recovered,
      },
    };
    mkdirSync(dirname(RESULTS), { recursive: true });
    writeFileSync(RESULTS, `${JSON.stringify(result, null, 2)}\n`);
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    child.disconnect();
    await once(child, 'exit');
  }
}

async function serve(python: string): Promise<{ child: ChildProcess; served: Served }> {
  const assembly = mkdtempSync(join(tmpdir(), 'bench-assembly-'));
  try {
    const app = new App({ outdir: assembly, context });
    const config = validateConfig(benchConfig('allAtOnce'));
    new PipelineStage(app, pipelineId(config), { config, gitCommit: 'unknown' });
    app.synth();
    const child = fork(join(__dirname, 'served.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.send({ assembly, config, python } satisfies ServedOrder);
    const served = await Promise.race([
      once(child, 'message').then(([message]) => message as Served),
      once(child, 'exit').then(([code]): never => {
        throw new Error(`nothing was served: the process ended with ${code}`);
      }),
    ]);
    return { child, served };
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

/** Limits the key's rate. */
async function limit({ client }: Served, rate: number): Promise<void> {
  const gateway = new APIGatewayClient(client);
  const { items = [] } = await gateway.send(new GetUsagePlansCommand({}));
  const patchOperations = [
    { op: 'replace', path: '/throttle/rateLimit', value: String(Math.floor(rate)) },
    { op: 'replace', path: '/throttle/burstLimit', value: String(Math.max(1, Math.floor(rate / 10))) },
  ] as const;
  for (const { id } of items) {
    await gateway.send(
      new UpdateUsagePlanCommand({ usagePlanId: id, patchOperations: [...patchOperations] }),
    );
  }
}

function summary(answers: readonly Answered[], right: string) {
  const latencies = answers.map(({ latency }) => latency).sort((a, b) => a - b);
  const statuses: Record<number, number> = {};
  for (const { status } of answers) statuses[status] = (statuses[status] ?? 0) + 1;
  const good = answers.filter(({ status }) => status === 200);
  return {
    requests: answers.length,
    statuses,
    wrong: good.filter(({ body }) => body !== right).length,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    slowest: latencies.at(-1),
  };
}

/** Returns the resident memory of the cloud's process, in MiB; only Linux reports it. */
function memory(child: ChildProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}

main().catch((error: unknown) => {
  process.stderr.write(`bench:load: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
