import { layout } from '../../lib/contract/layout';
import { NEXT_RUN } from '../../lib/contract/triggers';
import type { Workbench } from './workbench';

/** The endpoint and the record of the champion go: the next run is the first. */
export async function forgetChampion(bench: Workbench): Promise<void> {
  const { cloud, operator, endpointName: EndpointName } = bench;
  await settle(bench);
  const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
  if (Endpoints.length > 0) await cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator);
  await cloud.call('s3', 'DeleteObject', { Bucket: bench.artifactsBucket, Key: layout.champion }, operator);
}

/** Every image goes: the next run builds them. */
export async function forgetImages({ cloud, operator }: Workbench): Promise<void> {
  const { repositories = [] } = await cloud.call('ecr', 'DescribeRepositories', {}, operator);
  for (const { repositoryName } of repositories) {
    const { imageIds = [] } = await cloud.call('ecr', 'ListImages', { repositoryName }, operator);
    const digests = [...new Set(imageIds.map(({ imageDigest }) => imageDigest!))];
    if (digests.length === 0) continue;
    const images = { repositoryName, imageIds: digests.map((imageDigest) => ({ imageDigest })) };
    await cloud.call('ecr', 'BatchDeleteImage', images, operator);
  }
}

/** Functions start in new processes, with new log streams. */
export async function forgetProcesses({ cloud, operator }: Workbench): Promise<void> {
  const { Functions = [] } = await cloud.call('lambda', 'ListFunctions', {}, operator);
  for (const { FunctionName, Description } of Functions) {
    await cloud.call('lambda', 'UpdateFunctionConfiguration', { FunctionName, Description }, operator);
  }
}

/** Log groups that SageMaker makes go. */
export async function forgetJobLogs({ cloud, operator }: Workbench): Promise<void> {
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

/** The run to come does not come: it would in a minute, amidst another scenario. */
export async function forgetNextRun({ cloud, operator }: Workbench): Promise<void> {
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

/** Ends what a failed run left running, and waits for the endpoint to be as it will be. */
export async function settle(bench: Workbench): Promise<void> {
  const { cloud, operator, stateMachineArn, endpointName: EndpointName } = bench;
  const { executions = [] } = await cloud.call(
    'sfn',
    'ListExecutions',
    { stateMachineArn, statusFilter: 'RUNNING' },
    operator,
  );
  for (const { executionArn } of executions)
    await cloud.call('sfn', 'StopExecution', { executionArn }, operator);
  await stopJobs(bench);
  await forgetNextRun(bench);
  await cloud.events.settled();
  const status = async () => {
    const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
    return Endpoints[0]?.EndpointStatus;
  };
  await bench.until(
    'a settled endpoint',
    async () => !['Creating', 'Updating'].includes((await status()) ?? ''),
  );
  if ((await status()) === 'Failed')
    await cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator);
}

async function stopJobs({ cloud, operator }: Workbench): Promise<void> {
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
