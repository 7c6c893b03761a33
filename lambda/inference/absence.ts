import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { Champion } from '../../lib/contract/run';
import { clockText, isWorkingTime, nextStart, type WorkingHours } from '../../lib/contract/working-hours';

import type { Bucket } from '../shared/s3';
import { ApiError } from './errors';

/** Working hours of the endpoint, if it has any. */
const hours = process.env[LambdaVariable.WorkingHours];

/**
 * Returns the error for an endpoint that SageMaker does not find: it does not exist, has failed or is being created, and
 * InvokeEndpoint answers alike. Whether there is a champion says if it should exist.
 */
export async function absent(artifacts: Pick<Bucket, 'json'>, now = Date.now()): Promise<ApiError> {
  const text = hours === undefined ? undefined : whenStopped(JSON.parse(hours) as WorkingHours, now);
  const message = text ?? whenLost(await artifacts.json<Champion>(layout.champion));
  return new ApiError('EndpointUnavailable', message);
}

/** Returns the message of an endpoint that should be in service. */
export function whenLost(champion: Champion | null): string {
  if (!champion) return 'no model is deployed yet; the first accepted run deploys one';
  return (
    `the endpoint of model ${champion.runId} is not in service: it was deleted, has failed, or is being created; ` +
    'try again in some minutes; its operators restore it with npx mlops endpoint restore'
  );
}

/** Returns the message of a stopped endpoint; undefined within its hours. @param now milliseconds since the epoch */
export function whenStopped(hours: WorkingHours, now: number): string | undefined {
  if (isWorkingTime(hours, now)) return undefined;
  const back = clockText(nextStart(hours, now), hours.timeZone);
  return `the endpoint is outside of its working hours; it is started again at ${back}`;
}
