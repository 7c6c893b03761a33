import type { EndpointConfigSummary } from '@aws-sdk/client-sagemaker';
import { Roles } from 'local-cloud/testing';
import { layout } from '../../lib/contract/layout';
import type { Champion, Challenger, RunRecord } from '../../lib/contract/run';
import type { Evidence } from './evidence';
import { forgetChampion } from './reset';
import type { Scenario } from './scenarios';
import type { Workbench } from './workbench';

/** A challenger is watched and compared as a shadow, on instances that follow the load. Cheapest first. */
export const SHADOW_SCENARIOS: readonly Scenario[] = [
  { name: 'scaling that an operator sets up', champion: true, logs: true, run: scaled },
  { name: 'answers that are compared', champion: true, logs: true, run: compared },
  { name: 'a shadow', champion: true, run: shadow },
  { name: 'a first model and its shadow', champion: false, run: firstAndShadow },
];

/** Role of Application Auto Scaling, made in the name of whoever registers an account's first target. */
const SCALING_ROLE = 'AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint';

/** As `mlops rollback` does it, to a configuration with other instances. */
async function scaled(bench: Workbench, evidence: Evidence): Promise<void> {
  new Roles(bench.cloud).delete(SCALING_ROLE);
  const other = await otherInstances(bench);
  try {
    await bench.invoke('DeploymentScale', { action: 'apply' });
    await expectTargets(bench, 1);
    await bench.invoke('DeploymentScale', { action: 'prepare', config: other });
    await expectTargets(bench, 0);
  } finally {
    const input = { EndpointConfigName: other };
    await bench.cloud.call('sagemaker', 'DeleteEndpointConfig', input, bench.operator);
  }
  await bench.invoke('DeploymentScale', { action: 'apply' });
  await evidence.functionLogs(['DeploymentScale']);
}

export async function expectTargets({ cloud, operator }: Workbench, count: number): Promise<void> {
  const input = { ServiceNamespace: 'sagemaker' as const };
  const answer = await cloud.call('applicationautoscaling', 'DescribeScalableTargets', input, operator);
  const found = answer.ScalableTargets ?? [];
  if (found.length !== count) throw new Error(`${found.length} variants are scaled, not ${count}`);
}

/** A configuration with the champion on another instance type. */
async function otherInstances(bench: Workbench): Promise<string> {
  const { modelName: ModelName } = JSON.parse(await bench.object(layout.champion)) as Champion;
  const EndpointConfigName: EndpointConfigSummary['EndpointConfigName'] = `mlops-local-other-${Date.now()}`;
  const variant = { VariantName: 'primary', ModelName, InitialInstanceCount: 1 };
  const ProductionVariants = [{ ...variant, InstanceType: 'ml.m5.xlarge' as const }];
  const input = { EndpointConfigName, ProductionVariants };
  await bench.cloud.call('sagemaker', 'CreateEndpointConfig', input, bench.operator);
  return EndpointConfigName;
}

/** Requests that both models answered. */
async function compared(bench: Workbench, evidence: Evidence): Promise<void> {
  const { runId } = JSON.parse(await bench.object(layout.challenger)) as Challenger;
  const before = await evidence.capturedRequests();
  await bench.pipeline.predict(JSON.stringify({ instances: [await evidence.row()] }));
  await bench.until(
    'what champion and shadow answered',
    async () => (await evidence.capturedRequests()) >= before + 2,
  );
  const { requests } = await bench.invoke('DeploymentCompare', { runId });
  if (!(Number(requests) > 0)) throw new Error(`${String(requests)} requests were compared`);
  await evidence.functionLogs(['DeploymentCompare']);
}

/** As an operator does, or no other run would deploy. */
async function endTest(bench: Workbench): Promise<void> {
  if (!(await bench.has(bench.artifactsBucket, layout.challenger))) return;
  const { code, stderr } = await bench.pipeline.mlops('rollback');
  if (code !== 0) throw new Error(stderr);
}

async function shadow(bench: Workbench, evidence: Evidence): Promise<void> {
  await endTest(bench);
  await bench.calmAlarms();
  const run = await bench.start({ force: true });
  await evidence.success(run);
  const record = JSON.parse(await bench.object(layout.record(run.name))) as RunRecord;
  const { comparison } = record.details as { comparison: object };
  if (record.decision !== 'testing' || 'failure' in comparison) throw new Error(record.message);
}

async function firstAndShadow(bench: Workbench, evidence: Evidence): Promise<void> {
  await endTest(bench);
  await forgetChampion(bench);
  const run = await bench.start({ force: true });
  await evidence.success(run);
  await evidence.deployed(run);
  await shadow(bench, evidence);
}
