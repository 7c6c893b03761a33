import { App } from 'aws-cdk-lib';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../cdk.json';
import { pipelineId, validateConfig } from '../lib/config';
import { PipelineStage } from '../lib/stacks/pipeline-stage';
import { findPython } from '../start/python';
import { parseFlags, type Flags } from './flags';
import { table } from './report';
import type { ScenarioOrder, ScenarioResult } from './scenario';
import { benchConfig, type StrategyName } from './strategies';

/**
 * Deploys a challenger with each strategy while the API is under a steady load, and reports what its clients observed.
 */
async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  const python = await findPython('npm run bench:deployments');
  const results: [StrategyName, ScenarioResult][] = [];
  for (const strategy of flags.strategies) {
    process.stderr.write(`${strategy}: load of the machine ${loadavg()[0]!.toFixed(2)}\n`);
    results.push([strategy, await measure(strategy, flags, python)]);
  }
  process.stdout.write(`${cpus().length} cores, ${cpus()[0]?.model}, Node ${process.version}\n\n`);
  process.stdout.write(`${table(results)}\n`);
  if (flags.json) writeFileSync(flags.json, `${JSON.stringify(Object.fromEntries(results), null, 2)}\n`);
}

async function measure(
  strategy: StrategyName,
  { rate, before }: Flags,
  python: string,
): Promise<ScenarioResult> {
  const assembly = mkdtempSync(join(tmpdir(), 'bench-assembly-'));
  try {
    const app = new App({ outdir: assembly, context });
    const config = validateConfig(benchConfig(strategy));
    new PipelineStage(app, pipelineId(config), { config, gitCommit: 'unknown' });
    app.synth();
    const child = fork(join(__dirname, 'scenario.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    child.send({ assembly, config, python, rate, beforeSeconds: before } satisfies ScenarioOrder);
    const result = await Promise.race([
      once(child, 'message').then(([message]) => message as ScenarioResult),
      once(child, 'exit').then(([code]) => {
        throw new Error(`${strategy} was not measured: its process ended with ${code}`);
      }),
    ]);
    if (child.exitCode === null) await once(child, 'exit');
    return result;
  } finally {
    rmSync(assembly, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`bench:deployments: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
