import type { EndpointConfigSummary } from '@aws-sdk/client-sagemaker';
import { Roles } from 'local-cloud/testing';
import { layout } from '../../lib/contract/layout';
import type { Champion, Challenger, RunRecord } from '../../lib/contract/run';
import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import type { Scenario } from './scenarios';
import type { Harness } from './harness';

/** A shadow deployment with alarms, comparison and scaling. Cheapest first. */
export const SHADOW_SCENARIOS: readonly Scenario[] = [
  { name: 'scaling that an operator sets up', champion: true, logs: true, run: scaled },
  { name: 'answers that are compared', champion: true, logs: true, run: compared },
  { name: 'a shadow', champion: true, run: shadow },
  { name: 'a first model and its shadow', champion: false, run: firstAndShadow },
];

/** Service-linked role of Application Auto Scaling, created with the permissions of the first caller that registers a target. */
const SCALING_ROLE = 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';

/** Invokes scaling as `mlops rollback` does, for a configuration with another instance type. */
async function scaled(harness: Harness, evidence: Evidence): Promise<void> {
  new Roles(harness.cloud).delete(SCALING_ROLE);
  const other = await otherInstances(harness);
  try {
    await harness.invoke('Scale', { action: 'apply' });
    await expectTargets(harness, 1);
    await harness.invoke('Scale', { action: 'prepare', config: other });
    await expectTargets(harness, 0);
  } finally {
    const input = { EndpointConfigName: other };
    await harness.cloud.call('sagemaker', 'DeleteEndpointConfig', input, harness.operator);
  }
  await harness.invoke('Scale', { action: 'apply' });
  await evidence.functionLogs(['Scale']);
}

export async function expectTargets({ cloud, operator }: Harness, count: number): Promise<void> {
  const input = { ServiceNamespace: 'sagemaker' as const };
  const answer = await cloud.call('applicationautoscaling', 'DescribeScalableTargets', input, operator);
  const found = answer.ScalableTargets ?? [];
  if (found.length !== count)
    throw new Error(`${found.length} variants are registered with scaling, not ${count}`);
}

/** Creates an endpoint configuration with the champion on another instance type. */
async function otherInstances(harness: Harness): Promise<string> {
  const { modelName: ModelName } = JSON.parse(await harness.object(layout.champion)) as Champion;
  const EndpointConfigName: EndpointConfigSummary['EndpointConfigName'] = `mlops-table-local-other-${Date.now()}`;
  const variant = { VariantName: 'primary', ModelName, InitialInstanceCount: 1 };
  const ProductionVariants = [{ ...variant, InstanceType: 'ml.m5.xlarge' as const }];
  const input = { EndpointConfigName, ProductionVariants };
  await harness.cloud.call('sagemaker', 'CreateEndpointConfig', input, harness.operator);
  return EndpointConfigName;
}

/** Compares the answers of both models to a request. */
async function compared(harness: Harness, evidence: Evidence): Promise<void> {
  const { runId } = JSON.parse(await harness.object(layout.challenger)) as Challenger;
  const before = await evidence.capturedRequests();
  await harness.pipeline.predict(JSON.stringify({ instances: [await evidence.row()] }));
  await harness.until(
    'the answers of champion and shadow are captured',
    async () => (await evidence.capturedRequests()) >= before + 2,
  );
  const { requests } = await harness.invoke('RunDeployChallengeCompare', { runId });
  if (!(Number(requests) > 0)) throw new Error(`${String(requests)} requests were compared`);
  await evidence.functionLogs(['RunDeployChallengeCompare']);
}

/** Ends the test as an operator does; otherwise no other run deploys. */
async function endTest(harness: Harness): Promise<void> {
  if (!(await harness.has(harness.artifactsBucket, layout.challenger))) return;
  const { code, stderr } = await harness.pipeline.mlops('rollback');
  if (code !== 0) throw new Error(stderr);
}

async function shadow(harness: Harness, evidence: Evidence): Promise<void> {
  await endTest(harness);
  await harness.calmAlarms();
  const run = await harness.start({ force: true });
  await evidence.success(run);
  const record = JSON.parse(await harness.object(layout.record(run.name))) as RunRecord;
  const { comparison } = record.details as { comparison: object };
  if (record.decision !== 'testing' || 'failure' in comparison) throw new Error(record.message);
}

async function firstAndShadow(harness: Harness, evidence: Evidence): Promise<void> {
  await endTest(harness);
  await forgetChampion(harness);
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await shadow(harness, evidence);
}
