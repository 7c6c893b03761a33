import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import {
  isWorkingHoursLock,
  type Challenger,
  type Champion,
  type EndpointLock,
} from '../../lib/contract/run';
import type { WorkingHours } from '../../lib/contract/working-hours';
import { setting, variable } from '../shared/environment';
import { isRunning } from '../shared/execution';
import { Hosted } from '../shared/hosted';
import { logInfo } from '../shared/log';
import { publishMetrics } from '../shared/metrics';
import { Bucket } from '../shared/s3';
import { isStopped } from '../shared/stopped';
import { isHeld } from '../shared/working-hours-lock';
import { judge, type Finding } from './decision';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));
const hosted = new Hosted();
const prefix = variable(LambdaVariable.Prefix);
const endpointName = variable(LambdaVariable.EndpointName);
const pauseMs = setting<number>('pauseSeconds') * 1_000;
const hours = setting<WorkingHours | null>('workingHours') ?? undefined;

/** Looks once at records and endpoint. */
async function look(): Promise<Finding> {
  const [champion, challenger, lock, endpoint] = await Promise.all([
    artifacts.json<Champion>(layout.champion),
    artifacts.json<Challenger>(layout.challenger),
    artifacts.json<EndpointLock>(layout.endpointLock),
    hosted.endpoint(endpointName),
  ]);
  const locked = await isLocked(lock);
  const stopped = isStopped(hours, lock, Date.now());
  return judge({ endpointName, champion, challenger, endpoint, stopped, locked });
}

async function isLocked(lock: EndpointLock | null): Promise<boolean> {
  if (!lock) return false;
  if (isWorkingHoursLock(lock)) return isHeld(lock, Date.now());
  return !lock.released && (await isRunning(lock.executionArn));
}

/**
 * Invoked when the endpoint's status changes: publishes whether it serves the champion. A fault must still be there after
 * a pause: `mlops rollback` records its champion a moment after the endpoint serves it.
 */
export async function handler(): Promise<Finding> {
  let finding = await look();
  if (finding.kind !== 'serves') {
    await sleep(pauseMs);
    finding = await look();
  }
  if (finding.kind !== 'changing')
    publishMetrics(prefix, 'none', { EndpointFaults: finding.kind === 'fault' ? 1 : 0 });
  logInfo('endpoint', { ...finding });
  return finding;
}
