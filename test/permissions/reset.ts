import { layout } from '../../lib/contract/layout';
import { NEXT_RUN } from '../../lib/contract/triggers';
import type { Harness } from './harness';

/** Deletes the endpoint and the record of the champion: the next run deploys a first model. */
export async function forgetChampion(harness: Harness): Promise<void> {
  const { cloud, operator, endpointName: EndpointName } = harness;
  await settle(harness);
  const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
  if (Endpoints.length > 0) await cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator);
  await cloud.call('s3', 'DeleteObject', { Bucket: harness.artifactsBucket, Key: layout.champion }, operator);
}

/** Restores the endpoint of a champion that a failed scenario left without one. */
export async function bringBack(harness: Harness): Promise<void> {
  if (!harness.alwaysServes || !(await harness.hasChampion())) return;
  const { Endpoints = [] } = await harness.cloud.call('sagemaker', 'ListEndpoints', {}, harness.operator);
  if (Endpoints.length > 0) return;
  const { name, ended } = await harness.start({ restore: true });
  const { status, cause } = (await ended).detail;
  if (status !== 'SUCCEEDED') throw new Error(`${name} could not restore the champion: ${String(cause)}`);
}

/** Deletes every image: the next run builds them. */
export async function forgetImages({ cloud, operator }: Harness): Promise<void> {
  const { repositories = [] } = await cloud.call('ecr', 'DescribeRepositories', {}, operator);
  for (const { repositoryName } of repositories) {
    const { imageIds = [] } = await cloud.call('ecr', 'ListImages', { repositoryName }, operator);
    const digests = [...new Set(imageIds.map(({ imageDigest }) => imageDigest!))];
    if (digests.length === 0) continue;
    const images = { repositoryName, imageIds: digests.map((imageDigest) => ({ imageDigest })) };
    await cloud.call('ecr', 'BatchDeleteImage', images, operator);
  }
}

/** Makes functions start in new processes, with new log streams. */
export async function forgetProcesses({ cloud, operator }: Harness): Promise<void> {
  const { Functions = [] } = await cloud.call('lambda', 'ListFunctions', {}, operator);
  for (const { FunctionName, Description } of Functions) {
    await cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName, Description }, operator);
  }
}

/** Deletes the log groups of jobs and endpoints, which a run or SageMaker creates. */
export async function forgetJobLogs({ cloud, operator }: Harness): Promise<void> {
  const { logGroups = [] } = await cloud.call(
    'cloudwatchlogs',
    'DescribeLogGroups',
    { logGroupNamePrefix: '/aws/sagemaker/' },
    operator,
  );
  for (const { logGroupName } of logGroups) {
    await cloud.call('cloudwatchlogs', 'DeleteLogGroup', { logGroupName }, operator);
  }
}

/** Deletes the schedule of the next run, which would start during another scenario. */
export async function forgetNextRun({ cloud, operator }: Harness): Promise<void> {
  await cloud.events.settled();
  const { Schedules = [] } = await cloud.call(
    'scheduler',
    'ListSchedules',
    { NamePrefix: NEXT_RUN },
    operator,
  );
  for (const { Name, GroupName } of Schedules) {
    await cloud.call('scheduler', 'DeleteSchedule', { Name, GroupName }, operator);
  }
}

/** Stops executions and jobs of a failed run, and waits until the endpoint is not being updated. */
export async function settle(harness: Harness): Promise<void> {
  const { cloud, operator, stateMachineArn, endpointName: EndpointName } = harness;
  const { executions = [] } = await cloud.call(
    'sfn',
    'ListExecutions',
    { stateMachineArn, statusFilter: 'RUNNING' },
    operator,
  );
  for (const { executionArn } of executions)
    await cloud.call('sfn', 'StopExecution', { executionArn }, operator);
  await stopJobs(harness);
  await forgetNextRun(harness);
  await cloud.events.settled();
  const status = async () => {
    const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
    return Endpoints[0]?.EndpointStatus;
  };
  await harness.until(
    'the endpoint is not being updated',
    async () => !['Creating', 'Updating'].includes((await status()) ?? ''),
  );
  if ((await status()) === 'Failed')
    await cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator);
}

async function stopJobs({ cloud, operator }: Harness): Promise<void> {
  const { TrainingJobSummaries = [] } = await cloud.call('sagemaker', 'ListTrainingJobs', {}, operator);
  for (const { TrainingJobName, TrainingJobStatus } of TrainingJobSummaries) {
    if (TrainingJobStatus !== 'InProgress') continue;
    await cloud.call('sagemaker', 'StopTrainingJob', { TrainingJobName }, operator);
  }
  const { ProcessingJobSummaries = [] } = await cloud.call('sagemaker', 'ListProcessingJobs', {}, operator);
  for (const { ProcessingJobName, ProcessingJobStatus } of ProcessingJobSummaries) {
    if (ProcessingJobStatus !== 'InProgress') continue;
    await cloud.call('sagemaker', 'StopProcessingJob', { ProcessingJobName }, operator);
  }
}
