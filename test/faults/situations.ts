import type { FaultRule } from 'local-cloud';
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
  await cloud.call('sagemaker', 'DeleteEndpoint', { EndpointName }, operator);
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
  { name: 'the challenger answers wrongly', of: 'endpoint', faults: wrongAnswers, error: 'SmokeTestFailed' },
  {
    name: 'the first model answers wrongly',
    of: 'endpoint',
    prepare: forgetChampion,
    faults: wrongAnswers,
    error: 'SmokeTestFailed',
  },
  { name: 'the endpoint has failed', of: 'endpoint', prepare: failEndpoint },
  {
    name: 'the new model cannot predict the inputs',
    of: 'batch',
    faults: (run) => [
      { name: 'no predictions', job: { kind: 'transform', name: `*-${run}-score-*` }, fault: 'crash' },
    ],
    error: 'States.TaskFailed',
  },
  { name: 'there are new inputs for the champion', of: 'batch', prepare: addInput, unchanged: true },
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
