import type { FaultRule } from 'local-cloud';
import type { Account } from './account';
import {
  deleteChampion,
  deleteEndpoint,
  failEndpoint,
  forgetChampion,
  forgetImages,
  forgetJobLogs,
  moveEndpoint,
  replaceModel,
  scale,
} from './by-hand';
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
  {
    name: 'the challenger does not come up',
    where: 'Find alarms',
    faults: (run) => [
      { name: 'never ready', job: { kind: 'endpoint', model: `*-${run}-model` }, fault: 'neverReady' },
    ],
    error: 'DeploymentRolledBack',
  },
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
