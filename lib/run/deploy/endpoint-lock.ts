import { Duration } from 'aws-cdk-lib';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { layout } from '../../contract/layout';
import { NodeFunction } from '../../platform/node-function';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { endpointLockRetry } from '../../states/retry';
import type { RunContext } from '../shared/context';

/** The lock's request, as expressions. */
const REQUEST = {
  runId: jsonata('$plan.runId'),
  executionArn: jsonata('$states.context.Execution.Id'),
  champion: jsonata('$plan.champion ? $plan.champion.runId : null'),
};

/** Acquires the endpoint lock: one run deploys at a time, and only against the champion that it was compared with. */
export class AcquireEndpointLock extends FunctionTask {
  readonly fn: NodeFunction;

  constructor(scope: Construct, id: string, run: RunContext) {
    const fn = lockFunction(scope, run);
    super(scope, id, {
      stateName: 'Acquire endpoint lock',
      ...{ function: fn, payload: REQUEST, outputs: {}, timeout: Duration.minutes(1) },
    });
    this.fn = fn;
    if (run.config.endpoint.workingHours) this.addRetry(endpointLockRetry);
  }
}

/** Acquires the lock to restore the champion: it and its test must be as the run found them. */
export function acquireToRestore(
  scope: Construct,
  { config }: RunContext,
  { fn }: AcquireEndpointLock,
): FunctionTask {
  const task = new FunctionTask(scope, 'Lock', {
    stateName: 'Acquire lock to restore',
    function: fn,
    payload: { ...REQUEST, restore: jsonata("{'challenger': $plan.restore.challenger}") },
    ...{ outputs: {}, timeout: Duration.minutes(1) },
  });
  if (config.endpoint.workingHours) task.addRetry(endpointLockRetry);
  return task;
}

/** Releases the lock before a run goes on to train; if that fails, the run keeps it until its end. */
export function releaseLock(
  scope: Construct,
  { id, stateName, next }: { id: string; stateName: string; next: sfn.IChainable },
  { fn }: AcquireEndpointLock,
): FunctionTask {
  const task = new FunctionTask(scope, id, {
    stateName,
    function: fn,
    payload: { ...REQUEST, release: jsonata('true') },
    ...{ outputs: {}, timeout: Duration.minutes(1) },
  });
  task.addCatch(next, { errors: ['States.ALL'], outputs: {} });
  task.next(next);
  return task;
}

function lockFunction(scope: Construct, { config, network, store, machine }: RunContext): NodeFunction {
  const fn = new NodeFunction(scope, 'EndpointLock', {
    context: { config, network },
    name: 'endpoint-lock',
    description:
      'Acquire endpoint lock: one run deploys at a time, against the champion it was compared with',
  });
  const bucket = store.artifacts;
  // The objects may be missing.
  store.grantList(fn, bucket);
  for (const key of [layout.endpointLock, layout.champion, layout.challenger]) {
    store.grantRead(fn, { bucket, key });
  }
  store.grantWrite(fn, { bucket, key: layout.endpointLock });
  fn.allow(['states:DescribeExecution'], [machine.executionsArn], {
    separately: true,
    because: 'the last run that deployed may be any execution of this state machine',
  });
  return fn;
}
