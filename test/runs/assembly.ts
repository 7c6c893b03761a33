import { App } from 'aws-cdk-lib';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { NO_TRIGGERS, pipelineId, type PipelineConfig } from '../../lib/config';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';

/**
 * Synthesises one environment into a folder of its own, which it returns. CDK's validation has its place in CI, and
 * triggers theirs: a run that a test did not start would get in its way.
 */
export function assemblyOf(config: PipelineConfig): string {
  process.env.CDK_VALIDATION = 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'assembly-'));
  const app = new App({ outdir, context });
  new PipelineStage(app, pipelineId(config), {
    // One shard: what several do is tested with the `local` environment as it is.
    config: { ...config, triggers: NO_TRIGGERS, data: { ...config.data, maxShards: 1 } },
    gitCommit: 'c0ffee',
  });
  app.synth();
  return outdir;
}
