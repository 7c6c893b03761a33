import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import type { Challenger, Champion, EndpointLock } from '../../lib/contract/run';
import type { RunTag } from '../../lib/contract/tags';
import {
  START_STOP_MINUTES,
  type StartStopOutcome,
  type WorkingHours,
} from '../../lib/contract/working-hours';
import { jsonVariable, variable } from '../shared/environment';
import { isRunning } from '../shared/execution';
import { logInfo } from '../shared/log';
import { Bucket } from '../shared/s3';
import { withLock } from './lock';
import { decide, mayDeploy } from './decision';
import { readEvent, type IncomingEvent } from './event';
import { Hosting } from './sagemaker';
import { invokeScaling } from './scaling';
import { start, stop, type StartStopDependencies } from './start-stop';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const hours = jsonVariable<WorkingHours>(LambdaVariable.WorkingHours);
const tags = jsonVariable<RunTag[]>(LambdaVariable.Tags);
const hosting = new Hosting(variable(LambdaVariable.EndpointName), tags);
const pollMs = Number(variable(LambdaVariable.PollSeconds)) * 1_000;
/** Only with scaling. */
const scaleFunction = process.env[LambdaVariable.ScaleFunction];
/** Leaves time to release the lock before Lambda ends the function. */
const PATIENCE_MS = (START_STOP_MINUTES - 1) * 60_000;

/** Starts the endpoint when its working hours begin, and stops it when they are over or a run ends outside of them. */
async function keepHours(event: IncomingEvent): Promise<StartStopOutcome> {
  const asked = readEvent(event, Date.now());
  const held = await artifacts.read<EndpointLock>(layout.endpointLock);
  const challenger = await artifacts.json<Challenger>(layout.challenger);
  const decision = decide(asked, hours, held?.value ?? null);
  if ('leave' in decision) return { done: null, reason: decision.leave };
  const execution = mayDeploy(asked, held?.value ?? null, challenger);
  if (execution && (await isRunning(execution)))
    return { done: null, reason: `${execution} is deploying; its end triggers the next check` };
  return withLock(artifacts, held, decision.action, async () => {
    if (decision.action === 'stop') return stop(dependencies());
    const champion = await artifacts.json<Champion>(layout.champion);
    return start(challenger?.testConfigName ?? champion?.endpointConfigName, dependencies());
  });
}

function dependencies(): StartStopDependencies {
  const deadline = Date.now() + PATIENCE_MS;
  const pause = async () => {
    if (Date.now() + pollMs > deadline)
      throw new Error('the endpoint is still being changed; Lambda retries');
    await sleep(pollMs);
  };
  const scale: StartStopDependencies['scale'] = async (action) => {
    if (scaleFunction) await invokeScaling(scaleFunction, action);
  };
  return { hosting, pause, scale };
}

export async function handler(event: IncomingEvent): Promise<StartStopOutcome> {
  const outcome = await keepHours(event);
  logInfo('working hours', { ...outcome });
  return outcome;
}
