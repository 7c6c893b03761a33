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
import type { Outputs } from './place';

type HoursOutputs = Pick<Outputs, 'EndpointName' | 'WorkingHoursOfEndpoint'>;

/** The endpoint's working hours; undefined where it is always there. */
export function workingHoursOf({ WorkingHoursOfEndpoint: text }: HoursOutputs): WorkingHours | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as WorkingHours);
}

/**
 * Why there is no endpoint, and what to do: a clause with its name in front.
 *
 * @param now milliseconds since the epoch
 */
export function absence(outputs: HoursOutputs, now: number): string {
  const { EndpointName } = outputs;
  const hours = workingHoursOf(outputs);
  if (!hours) return `there is no endpoint "${EndpointName}"; deploy a model first, with mlops run --wait.`;
  if (isWorkingTime(hours, now))
    return `endpoint "${EndpointName}" is not there, though these are its working hours; mlops endpoint start brings it back, if a model has been deployed (mlops models).`;
  return `endpoint "${EndpointName}" is stopped until ${clockText(nextStart(hours, now), hours.timeZone)}; mlops endpoint start brings it back before.`;
}

/**
 * Has the function of the working hours start or stop the endpoint, and waits for it.
 *
 * @throws OperatorError where there are no working hours, or it could not be done
 */
export async function switchEndpoint(
  { lambda, outputs, environment }: Pipeline,
  action: StartStopAction,
): Promise<StartStopOutcome> {
  const { WorkingHoursFunctionName: FunctionName } = outputs;
  if (!FunctionName)
    throw new OperatorError(
      `environment "${environment}" has no working hours (endpoint.workingHours is null), so nothing starts or stops its endpoint; give it some in lib/config/ and deploy.`,
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
    `the endpoint could not be ${action === 'start' ? 'started' : 'stopped'}: ${errorMessage}; the log of ${FunctionName} says more.`,
  );
}
