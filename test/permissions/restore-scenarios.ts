import { layout } from '../../lib/contract/layout';
import type { Champion, RunLock } from '../../lib/contract/run';
import type { Evidence } from './evidence';
import type { Harness } from './harness';
import { settle } from './reset';

const WEAK = { 'training.epochs': '1', 'training.learning_rate': '1e-7' };

const championOf = async (harness: Harness) => JSON.parse(await harness.object(layout.champion)) as Champion;

/** The endpoint, its configuration and its model are deleted: the watch says so, and a run creates them again. */
export async function lost(harness: Harness, evidence: Evidence): Promise<void> {
  const { cloud, operator, endpointName: EndpointName } = harness;
  await settle(harness);
  const { modelName: ModelName, endpointConfigName: EndpointConfigName } = await championOf(harness);
  await holdLock(harness);
  const faults = await watched(harness);
  await cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator);
  await harness.until('the watch finds the fault', async () => (await watched(harness)) > faults);
  await cloud.call('sagemaker', 'DeleteEndpointConfig', { EndpointConfigName }, operator);
  await cloud.call('sagemaker', 'DeleteModel', { ModelName }, operator);
  await evidence.success(await harness.start({ restore: true }));
  await restored(harness, EndpointConfigName);
  await evidence.functionLogs([
    ...['EndpointWatchFunction', 'RunDeployEndpointLock', 'RunDeploySmokeTest'],
    'RunReportReportFunction',
  ]);
}

/** The lock is that of a run that ended without releasing it: whoever finds it asks if the run has ended. */
async function holdLock(harness: Harness): Promise<void> {
  const { cloud, operator, artifactsBucket: Bucket } = harness;
  const { runId, executionArn } = JSON.parse(await harness.object(layout.endpointLock)) as RunLock;
  const Body = Buffer.from(JSON.stringify({ runId, executionArn }));
  await cloud.call('s3', 'PutObject', { Bucket, Key: layout.endpointLock, Body }, operator);
}

/** Former champions are read where the artifact of the champion is gone. */
export async function withoutArtifact(harness: Harness, evidence: Evidence): Promise<void> {
  const { cloud, operator, artifactsBucket: Bucket } = harness;
  const { modelDataUrl } = await championOf(harness);
  const Key = modelDataUrl.slice(`s3://${Bucket}/`.length);
  const { VersionId } = await cloud.call('s3', 'DeleteObject', { Bucket, Key }, operator);
  try {
    await evidence.failure(await harness.start({ force: true, hyperparameters: WEAK }), 'ModelRejected');
  } finally {
    await cloud.call('s3', 'DeleteObject', { Bucket, Key, VersionId }, operator);
  }
}

async function restored({ cloud, operator, endpointName: EndpointName }: Harness, config: string) {
  const found = await cloud.call('sagemaker', 'DescribeEndpoint', { EndpointName }, operator);
  const served = `${found.EndpointStatus} on ${found.EndpointConfigName}`;
  if (served !== `InService on ${config}`)
    throw new Error(`the endpoint is ${served}, not InService on ${config}`);
}

/** Returns the number of faults that the watch has logged. */
async function watched(harness: Harness): Promise<number> {
  const { cloud, operator } = harness;
  const FunctionName = harness.physicalId('EndpointWatchFunction');
  const { LoggingConfig } = await cloud.call(
    'lambda',
    'GetFunctionConfiguration',
    { FunctionName },
    operator,
  );
  const request = { logGroupName: LoggingConfig!.LogGroup, filterPattern: '"does not exist"' };
  const { events = [] } = await cloud.call('cloudwatchlogs', 'FilterLogEvents', request, operator);
  return events.length;
}
