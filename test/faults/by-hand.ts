import { NOT_FOUND } from '../../lib/contract/endpoint';
import { layout } from '../../lib/contract/layout';
import type { Account } from './account';

/** What people do in the account between two runs. */

/** Deletes the endpoint with its scaling, and the record of the champion. */
export async function forgetChampion(account: Account): Promise<void> {
  const { cloud, operator, endpointName: EndpointName, artifacts: Bucket } = account;
  const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
  if (Endpoints.length > 0) await cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator);
  const { ScalableTargets = [] } = await cloud.call(
    'applicationautoscaling',
    'DescribeScalableTargets',
    { ServiceNamespace: 'sagemaker' },
    operator,
  );
  for (const { ServiceNamespace, ResourceId, ScalableDimension } of ScalableTargets)
    await cloud.call(
      'applicationautoscaling',
      'DeregisterScalableTarget',
      { ServiceNamespace, ResourceId, ScalableDimension },
      operator,
    );
  await cloud.call('s3', 'DeleteObject', { Bucket, Key: layout.champion }, operator);
}

/** The images are built anew. */
export async function forgetImages({ cloud, operator }: Account): Promise<void> {
  const { repositories = [] } = await cloud.call('ecr', 'DescribeRepositories', {}, operator);
  for (const { repositoryName } of repositories) {
    const { imageIds = [] } = await cloud.call('ecr', 'ListImages', { repositoryName }, operator);
    if (imageIds.length === 0) continue;
    await cloud.call('ecr', 'BatchDeleteImage', { repositoryName, imageIds }, operator);
  }
}

/** SageMaker creates them anew, without a retention. */
export async function forgetJobLogs({ cloud, operator }: Account): Promise<void> {
  const found = await cloud.call(
    'cloudwatchlogs',
    'DescribeLogGroups',
    { logGroupNamePrefix: '/aws/sagemaker/' },
    operator,
  );
  for (const { logGroupName } of found.logGroups ?? [])
    await cloud.call('cloudwatchlogs', 'DeleteLogGroup', { logGroupName }, operator);
}

/** The champion's endpoint does not come up after it was deleted. */
export async function failEndpoint(account: Account): Promise<void> {
  const { cloud, operator, endpointName: EndpointName } = account;
  const champion = (await account.champion())!;
  await deleteEndpoint(account);
  cloud.faults.set({ rules: [{ job: { kind: 'endpoint' }, fault: 'neverReady' }] });
  const failed = untilEndpoint(
    account,
    ({ EndpointStatus }) => String(EndpointStatus).toUpperCase() === 'FAILED',
  );
  const request = { EndpointName, EndpointConfigName: champion.endpointConfigName };
  await cloud.call('sagemaker', 'CreateEndpoint', request, operator);
  await failed;
}

/** Someone deletes the endpoint. */
export async function deleteEndpoint({
  cloud,
  operator,
  endpointName: EndpointName,
}: Account): Promise<void> {
  await absentOr(cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator));
}

/** Someone deletes the model, and the endpoint with its configuration. */
export async function deleteChampion(account: Account): Promise<void> {
  const { cloud, operator } = account;
  const { modelName: ModelName, endpointConfigName: EndpointConfigName } = (await account.champion())!;
  if (account.kind !== 'batch') {
    await deleteEndpoint(account);
    await absentOr(cloud.call('sagemaker', 'DeleteEndpointConfig', { EndpointConfigName }, operator));
  }
  await absentOr(cloud.call('sagemaker', 'DeleteModel', { ModelName }, operator));
}

/** Someone creates another model under the name of the champion's. */
export async function replaceModel(account: Account): Promise<void> {
  const { cloud, operator } = account;
  const { modelName: ModelName } = (await account.champion())!;
  const { PrimaryContainer, ...model } = await cloud.call(
    'sagemaker',
    'DescribeModel',
    { ModelName },
    operator,
  );
  const [image] = PrimaryContainer!.Image!.split('@');
  const other = { ...PrimaryContainer, Image: `${image}:other` };
  await cloud.call('sagemaker', 'DeleteModel', { ModelName }, operator);
  const { ExecutionRoleArn, EnableNetworkIsolation } = model;
  const request = { ModelName, PrimaryContainer: other, ExecutionRoleArn, EnableNetworkIsolation };
  await cloud.call('sagemaker', 'CreateModel', request, operator);
}

/** Someone moves the endpoint onto a configuration of their own. */
export async function moveEndpoint(account: Account): Promise<void> {
  const { cloud, operator } = account;
  const { endpointConfigName } = (await account.champion())!;
  const { ProductionVariants, AsyncInferenceConfig } = await cloud.call(
    'sagemaker',
    'DescribeEndpointConfig',
    { EndpointConfigName: endpointConfigName },
    operator,
  );
  const EndpointConfigName = `${endpointConfigName}-by-hand`;
  const config = { EndpointConfigName, ProductionVariants, AsyncInferenceConfig };
  await cloud.call('sagemaker', 'CreateEndpointConfig', config, operator).catch((error: Error) => {
    if (!error.message.includes('already existing')) throw error;
  });
  await onto(account, EndpointConfigName);
}

/** Ends the test of a challenger as `mlops rollback` does: the champion serves alone, and nothing of the other is left. */
export async function endTest(account: Account): Promise<void> {
  const { cloud, operator, artifacts: Bucket } = account;
  const challenger = await account.challenger();
  if (!challenger) return;
  await onto(account, (await account.champion())!.endpointConfigName);
  await cloud.call('s3', 'DeleteObject', { Bucket, Key: layout.challenger }, operator);
  for (const EndpointConfigName of [challenger.testConfigName, challenger.endpointConfigName])
    await absentOr(cloud.call('sagemaker', 'DeleteEndpointConfig', { EndpointConfigName }, operator));
  await absentOr(cloud.call('sagemaker', 'DeleteModel', { ModelName: challenger.modelName }, operator));
}

async function onto(account: Account, config: string): Promise<void> {
  const { cloud, operator, endpointName: EndpointName } = account;
  const found = await cloud.call('sagemaker', 'DescribeEndpoint', { EndpointName }, operator);
  if (found.EndpointConfigName === config) return;
  const moved = untilEndpoint(
    account,
    (detail) => detail.EndpointConfigName === config && detail.EndpointStatus === 'IN_SERVICE',
  );
  const request = { EndpointName, EndpointConfigName: config };
  await cloud.call('sagemaker', 'UpdateEndpoint', request, operator);
  await moved;
}

/** Registers the variant, as a configuration with scaling does. */
export async function scale({ cloud, operator, endpointName }: Account): Promise<void> {
  const target = {
    ServiceNamespace: 'sagemaker' as const,
    ResourceId: `endpoint/${endpointName}/variant/primary`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
    ...{ MinCapacity: 1, MaxCapacity: 2 },
  };
  await cloud.call('applicationautoscaling', 'RegisterScalableTarget', target, operator);
}

/** Resolves at the next event of the endpoint that matches. */
function untilEndpoint(
  { cloud }: Account,
  matches: (detail: Readonly<Record<string, unknown>>) => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const stop = cloud.events.subscribe(({ detail }) => {
      if (!matches(detail)) return;
      stop();
      resolve();
    });
  });
}

/** Ignores that a resource does not exist. */
async function absentOr(call: Promise<unknown>): Promise<void> {
  await call.catch((error: Error) => {
    if (!error.message.includes(NOT_FOUND)) throw error;
  });
}
