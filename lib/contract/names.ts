import { createHash } from 'node:crypto';

/** SageMaker's limit for training, processing, model, endpoint and endpoint configuration names. */
export const MAX_NAME_LENGTH = 63;

/** Room for the redrive that the state machine appends to a job's name, in hundreds: `-0`, `-100` … `-9900`. */
const REDRIVE_ROOM = 5;

/** Name of a challenger's variant while it is tested against the champion. */
export const CHALLENGER_VARIANT = 'challenger';

/** Returns the name of an environment's endpoint, which API and pipeline share. */
export function endpointNameOf(prefix: string): string {
  return `${prefix}-endpoint`;
}

/** First part of the names of runs that a trigger starts. */
export const AUTOMATIC_RUNS = 'auto-';

/** Returns the name of a run by hand, from its start: `run-20261121090000123`. It is valid in all names that contain it. */
export function runName(start: Date): string {
  return `run-${digitsOf(start)}`;
}

/** Returns the name of a run by a trigger, from the time of the request: `auto-20261121090000123`. */
export function automaticRunName(request: Date): string {
  return `${AUTOMATIC_RUNS}${digitsOf(request)}`;
}

function digitsOf(time: Date): string {
  return time.toISOString().replace(/\D/g, '').slice(0, 17);
}

/** SageMaker resources of a run; each is the last word of a name. */
export type RunResource =
  | 'train'
  | 'train-on-demand'
  | 'evaluate'
  | 'model'
  | 'config'
  | 'test-config'
  | 'champion-model'
  | 'champion-config'
  | 'score'
  | 'eval-model'
  | 'eval-champion'
  | 'predict'
  | 'predict-val'
  | 'predict-champ'
  | `preprocess-${number}`;

/**
 * Returns the SageMaker name of a run's resource. No other code derives names from a run.
 *
 * Execution names allow 80 characters of many kinds, SageMaker 63 of `[a-zA-Z0-9](-*[a-zA-Z0-9])*`, and it lower-cases
 * names in ARNs. So the result is lower case, and a name that had to change carries a hash of the original: two runs
 * never share one.
 *
 * @param prefix the environment's resource prefix, e.g. `mlops-dev`: names are unique in an account and region
 * @param runId the execution's name
 * @returns at most 58 characters, so that a redrive can be appended
 */
export function runResourceName(prefix: string, runId: string, resource: RunResource): string {
  const room = MAX_NAME_LENGTH - REDRIVE_ROOM - prefix.length - resource.length - 2;
  const legal = runId
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const faithful = legal === runId && legal.length <= room;
  const name = faithful ? legal : `${legal.slice(0, room - 9)}-${shortHash(runId)}`.replace(/^-+/, '');
  return `${prefix}-${name.replace(/--+/g, '-')}-${resource}`;
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
