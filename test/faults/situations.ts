import type { FaultRule } from 'local-cloud';
import { NOT_FOUND } from '../../lib/contract/endpoint';
import { layout } from '../../lib/contract/layout';
import type { Account } from './account';
import { WEAK_ROW } from './program';
import { integrationOf } from './table';

/** What a run meets, and how it ends without a further fault. */
export interface Situation {
  readonly name: string;
  /** Makes it so, before the run. */
  readonly prepare?: (account: Account) => Promise<void>;
  /** Undoes it. */
  readonly restore?: (account: Account) => Promise<void>;
  /** Faults that belong to the situation. @param run the run's name */
  readonly faults?: (run: string, account: Account) => readonly FaultRule[];
  /** Error name of the run; undefined: it deploys its model. */
  readonly error?: string;
  /** Only of workflows with this state, which has its rows here. */
  readonly where?: string;
  /** Of batch predictions only, or of endpoints only; default: of both. */
  readonly of?: 'batch' | 'endpoint';
  /** The run is not forced, and has no model to deploy. */
  readonly unchanged?: true;
  /** The run brings the champion back into service. */
  readonly restores?: true;
}

const WRONG = '{"rows":-1}';

/** The new model answers wrongly: the deployment is undone. */
const wrongAnswers = (run: string): FaultRule[] => [
  {
    name: 'wrong answers',
    job: { kind: 'endpoint', model: `*-${run}-model` },
    fault: { answer: { body: WRONG } },
  },
];

/** Deletes the endpoint with its scaling, and the record of the champion. */
async function forgetChampion(account: Account): Promise<void> {
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

async function forgetImages({ cloud, operator }: Account): Promise<void> {
  const { repositories = [] } = await cloud.call('ecr', 'DescribeRepositories', {}, operator);
  for (const { repositoryName } of repositories) {
    const { imageIds = [] } = await cloud.call('ecr', 'ListImages', { repositoryName }, operator);
    if (imageIds.length === 0) continue;
    await cloud.call('ecr', 'BatchDeleteImage', { repositoryName, imageIds }, operator);
  }
}

/** SageMaker creates them anew, without a retention. */
async function forgetJobLogs({ cloud, operator }: Account): Promise<void> {
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
async function failEndpoint(account: Account): Promise<void> {
  const { cloud, operator, endpointName: EndpointName } = account;
  const champion = (await account.champion())!;
  await deleteEndpoint(account);
  cloud.faults.set({ rules: [{ job: { kind: 'endpoint' }, fault: 'neverReady' }] });
  const failed = new Promise<void>((resolve) => {
    const stop = cloud.events.subscribe(({ detail }) => {
      if (String(detail.EndpointStatus).toUpperCase() !== 'FAILED') return;
      stop();
      resolve();
    });
  });
  const request = { EndpointName, EndpointConfigName: champion.endpointConfigName };
  await cloud.call('sagemaker', 'CreateEndpoint', request, operator);
  await failed;
}

/** Someone deletes the endpoint. */
async function deleteEndpoint({ cloud, operator, endpointName: EndpointName }: Account): Promise<void> {
  await absentOr(cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator));
}

/** Someone deletes the model, and the endpoint with its configuration. */
async function deleteChampion(account: Account): Promise<void> {
  const { cloud, operator } = account;
  const { modelName: ModelName, endpointConfigName: EndpointConfigName } = (await account.champion())!;
  if (account.kind !== 'batch') {
    await deleteEndpoint(account);
    await absentOr(cloud.call('sagemaker', 'DeleteEndpointConfig', { EndpointConfigName }, operator));
  }
  await absentOr(cloud.call('sagemaker', 'DeleteModel', { ModelName }, operator));
}

/** Someone creates another model under the name of the champion's. */
async function replaceModel(account: Account): Promise<void> {
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
async function moveEndpoint(account: Account): Promise<void> {
  const { cloud, operator, endpointName: EndpointName } = account;
  const champion = (await account.champion())!;
  const { endpointConfigName } = champion;
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
  const found = await cloud.call('sagemaker', 'DescribeEndpoint', { EndpointName }, operator);
  if (found.EndpointConfigName === EndpointConfigName) return;
  const moved = new Promise<void>((resolve) => {
    const stop = cloud.events.subscribe(({ detail }) => {
      if (detail.EndpointConfigName !== EndpointConfigName || detail.EndpointStatus !== 'IN_SERVICE') return;
      stop();
      resolve();
    });
  });
  await cloud.call('sagemaker', 'UpdateEndpoint', { EndpointName, EndpointConfigName }, operator);
  await moved;
}

/** Ignores that a resource does not exist. */
async function absentOr(call: Promise<unknown>): Promise<void> {
  await call.catch((error: Error) => {
    if (!error.message.includes(NOT_FOUND)) throw error;
  });
}

/** The lock of the restoration cannot be taken; the run trains without it. */
const noRestoration = (): FaultRule[] => [
  {
    name: 'no restoration',
    call: { service: 'lambda', operation: 'Invoke', state: 'Acquire lock to restore' },
    fault: 'accessDenied',
  },
];

/** Every job is started, and the answer to its start is lost. */
const lostStarts = (_: string, { tasks }: Account): FaultRule[] =>
  [...tasks].flatMap(([state, task]) => {
    const { kind, service, operation } = integrationOf(task);
    if (kind !== 'job') return [];
    return [
      {
        name: `start of ${state}`,
        call: { service, operation, state },
        fault: 'lostResponse',
        times: 1,
      } as const,
    ];
  });

const noSpot = (run: string): FaultRule => ({
  name: 'no Spot',
  job: { kind: 'training', name: `*-${run}-train-0` },
  fault: 'spotUnavailable',
});

/** Registers the variant, as a configuration with scaling does. */
async function scale({ cloud, operator, endpointName }: Account): Promise<void> {
  const target = {
    ServiceNamespace: 'sagemaker' as const,
    ResourceId: `endpoint/${endpointName}/variant/primary`,
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
    ...{ MinCapacity: 1, MaxCapacity: 2 },
  };
  await cloud.call('applicationautoscaling', 'RegisterScalableTarget', target, operator);
}

let inputs = 0;

/** A new object to predict. */
const addInput = (account: Account): Promise<void> => account.putInput(`input-${++inputs}.csv`);

/** Each enters states that no situation before it enters. */
export const SITUATIONS: readonly Situation[] = [
  { name: 'a challenger replaces the champion' },
  { name: 'an earlier configuration scaled the endpoint', where: 'Deregister variant', prepare: scale },
  { name: 'a first model is deployed', prepare: forgetChampion },
  { name: 'images are built', prepare: forgetImages },
  { name: 'logs have no retention', prepare: forgetJobLogs },
  {
    name: 'Spot has no capacity',
    faults: (run) => [noSpot(run)],
  },
  {
    name: 'the model misses the gate',
    prepare: (account) => account.putData('weak.txt', `${WEAK_ROW}\n`),
    restore: (account) => account.removeData('weak.txt'),
    error: 'ModelRejected',
  },
  { name: 'there are new inputs for the champion', of: 'batch', prepare: addInput, unchanged: true },
  { name: 'the challenger answers wrongly', of: 'endpoint', faults: wrongAnswers, error: 'SmokeTestFailed' },
  {
    name: 'the first model answers wrongly',
    of: 'endpoint',
    prepare: forgetChampion,
    faults: wrongAnswers,
    error: 'SmokeTestFailed',
  },
  ...(
    [
      ['the endpoint has failed', failEndpoint],
      ['the endpoint was deleted', deleteEndpoint],
      ['the endpoint is on another configuration', moveEndpoint],
    ] as const
  ).map(([name, prepare]): Situation => ({ name, of: 'endpoint', prepare, unchanged: true, restores: true })),
  { name: 'the champion was deleted', prepare: deleteChampion, unchanged: true, restores: true },
  { name: 'another model has its name', prepare: replaceModel, unchanged: true, restores: true },
  {
    name: 'the endpoint has failed, and cannot be restored',
    of: 'endpoint',
    prepare: failEndpoint,
    faults: noRestoration,
  },
  {
    name: 'the new model cannot predict the inputs',
    of: 'batch',
    faults: (run) => [
      { name: 'no predictions', job: { kind: 'transform', name: `*-${run}-score-*` }, fault: 'crash' },
    ],
    error: 'States.TaskFailed',
  },
  { name: 'answers to the starts of jobs are lost', faults: lostStarts },
  {
    name: 'they are lost, and there are new inputs',
    of: 'batch',
    prepare: addInput,
    faults: lostStarts,
    unchanged: true,
  },
  {
    name: 'they are lost, and Spot has no capacity',
    faults: (run, account) => [noSpot(run), ...lostStarts(run, account)],
  },
];
