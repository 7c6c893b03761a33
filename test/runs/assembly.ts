import { App } from 'aws-cdk-lib';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import type { PipelineConfig } from '../../lib/config';
import { capitalise } from '../../lib/text';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';

/** Synthesises one environment into a folder of its own, which it returns. CDK's validation has its place in CI. */
export function assemblyOf(config: PipelineConfig): string {
  process.env.CDK_VALIDATION = 'false';
  const outdir = mkdtempSync(join(tmpdir(), 'assembly-'));
  const app = new App({ outdir, context });
  new PipelineStage(app, capitalise(config.environment), { config, gitCommit: 'c0ffee' });
  app.synth();
  return outdir;
}
