import { App } from 'aws-cdk-lib';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { pipelineId } from '../../lib/config';
import { DeliveryStack } from '../../lib/stacks/delivery-stack';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import project from '../../mlops.config';
import { environments } from '../support/configs';

const PLACE = { account: '314159265358', region: 'eu-central-1' };

let folder: string;
beforeAll(() => {
  process.env.CDK_VALIDATION = 'false';
  folder = mkdtempSync(join(tmpdir(), 'lookups-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * With a look-up, `cdk synth` calls AWS. The build of the delivery has no credentials of the places, so every commit
 * would fail there; and answers that are kept in `cdk.json` are those of one account.
 */
test('no environment is looked up, in accounts and regions that cdk.json does not know', () => {
  const app = new App({ outdir: folder, context });
  const configs = environments.map((config) => ({ ...config, ...PLACE }));
  for (const config of configs) new PipelineStage(app, pipelineId(config), { config, gitCommit: 'c0ffee' });
  new DeliveryStack(app, 'Delivery', {
    delivery: { ...project.delivery!, ...PLACE },
    app: 'mlops',
    pipelines: configs.filter(({ environment }) => environment !== 'local'),
    gitCommit: 'c0ffee',
  });
  app.synth();
  const manifests = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('manifest.json'),
  );
  // The app's, a stage each, and three in the delivery.
  expect(manifests).toHaveLength(1 + configs.length + 3);
  for (const name of manifests) {
    const { missing } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { missing?: object[] };
    expect([name, missing ?? []]).toEqual([name, []]);
  }
});
