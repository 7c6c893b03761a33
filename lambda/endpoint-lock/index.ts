import { LambdaVariable } from '../../lib/contract/environment';
import { layout } from '../../lib/contract/layout';
import {
  isWorkingHoursLock,
  type Challenger,
  type Champion,
  type RunLock,
  type EndpointLock,
} from '../../lib/contract/run';
import { variable } from '../shared/environment';
import { isRunning } from '../shared/execution';
import { logged } from '../shared/log';
import { Bucket } from '../shared/s3';
import { isHeld, changing } from '../shared/working-hours-lock';
import { checkDeployable, inProgress, type LockRequest } from './deployable';

const artifacts = new Bucket(variable(LambdaVariable.ArtifactsBucket));

/**
 * `Acquire endpoint lock`: of two concurrent runs, one deploys. The lock is an object that can be written only while
 * there is none, so S3 decides which run was first. It is held until its execution ends, in any status; then the next
 * run takes it over. A run that has restored the endpoint and goes on to train releases it.
 *
 * @throws PipelineError `DeploymentInProgress`, `EndpointChanging`, `ChampionChanged` or `ChallengerUndecided`
 */
async function acquireEndpointLock(request: LockRequest): Promise<RunLock> {
  const { runId, executionArn } = request;
  const lock: RunLock = { runId, executionArn, ...(request.release && { released: true }) };
  if (request.release) return release(lock);
  if (!(await artifacts.putNew(layout.endpointLock, lock))) await takeOver(lock);
  // Read under the lock: no other run changes them from here on.
  checkDeployable(
    request,
    await artifacts.json<Champion>(layout.champion),
    await artifacts.json<Challenger>(layout.challenger),
  );
  return lock;
}

/** Releases the lock if it is the run's own. */
async function release(lock: RunLock): Promise<RunLock> {
  const held = await artifacts.read<EndpointLock>(layout.endpointLock);
  if (held && !isWorkingHoursLock(held.value) && held.value.executionArn === lock.executionArn)
    await artifacts.putOver(layout.endpointLock, lock, held.etag);
  return lock;
}

async function takeOver(lock: RunLock): Promise<void> {
  const held = await artifacts.read<EndpointLock>(layout.endpointLock);
  if (!held)
    throw new Error(
      `${artifacts.uri(layout.endpointLock)} was deleted while the lock was acquired; start another run`,
    );
  const holder = held.value;
  if (isWorkingHoursLock(holder)) {
    if (isHeld(holder, Date.now())) throw changing(holder);
  } else if (!holder.released) {
    // A retry of this call finds the lock that it wrote.
    if (holder.executionArn === lock.executionArn) return;
    if (await isRunning(holder.executionArn)) throw inProgress(holder);
  }
  if (!(await artifacts.putOver(layout.endpointLock, lock, held.etag))) {
    throw isWorkingHoursLock(holder) ? changing(holder) : inProgress(holder);
  }
}

export const handler = logged('Acquire endpoint lock', acquireEndpointLock);
