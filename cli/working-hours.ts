import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  BY_HAND_SOURCE,
  clockText,
  isWorkingTime,
  nextStart,
  type StartStopAction,
  type StartStopOutcome,
  type WorkingHours,
} from '../lib/contract/working-hours';
import { OperatorError } from './errors';
import type { Pipeline } from './pipeline';
import type { Outputs } from './environment';

type HoursOutputs = Pick<Outputs, 'EndpointName' | 'WorkingHoursOfEndpoint'>;

/** Returns the endpoint's working hours; undefined if it has none. */
export function workingHoursOf({ WorkingHoursOfEndpoint: text }: HoursOutputs): WorkingHours | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as WorkingHours);
}

/**
 * Returns why the endpoint does not exist, and what to do.
 *
 * @param now milliseconds since the epoch
 */
export function absence(outputs: HoursOutputs, now: number): string {
  const { EndpointName } = outputs;
  const hours = workingHoursOf(outputs);
  if (!hours)
    return `endpoint "${EndpointName}" does not exist; mlops endpoint restore brings the champion back; without a champion, deploy a model first, with mlops run --wait.`;
  if (isWorkingTime(hours, now))
    return `endpoint "${EndpointName}" does not exist, although these are its working hours; mlops endpoint restore brings the champion back, if a model has been deployed (mlops models).`;
  return `endpoint "${EndpointName}" is stopped until ${clockText(nextStart(hours, now), hours.timeZone)}; mlops endpoint start starts it now.`;
}

/**
 * Invokes the function that starts and stops the endpoint, and waits for the result.
 *
 * @throws OperatorError if there are no working hours, or the function failed
 */
export async function startOrStop(
  { lambda, outputs, id }: Pipeline,
  action: StartStopAction,
): Promise<StartStopOutcome> {
  const { WorkingHoursFunctionName: FunctionName } = outputs;
  if (!FunctionName)
    throw new OperatorError(
      `pipeline "${id}" has no working hours (endpoint.workingHours is null), so its endpoint is not started or stopped; set them in the configuration and deploy.`,
    );
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName,
      Payload: Buffer.from(JSON.stringify({ source: BY_HAND_SOURCE, action })),
    }),
  );
  const said = Buffer.from(Payload ?? []).toString('utf8');
  if (!FunctionError) return JSON.parse(said) as StartStopOutcome;
  const { errorMessage = said } = JSON.parse(said) as { errorMessage?: string };
  throw new OperatorError(
    `the endpoint could not be ${action === 'start' ? 'started' : 'stopped'}: ${errorMessage}; see the log of ${FunctionName}.`,
  );
}
