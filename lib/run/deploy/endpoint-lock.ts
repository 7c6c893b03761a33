import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { layout } from '../../contract/layout';
import { NodeFunction } from '../../platform/node-function';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { endpointLockRetry } from '../../states/retry';
import type { RunContext } from '../shared/context';

/** Acquires the endpoint lock: one run deploys at a time, and only against the champion that it was compared with. */
export class AcquireEndpointLock extends FunctionTask {
  constructor(scope: Construct, id: string, run: RunContext) {
    super(scope, id, {
      stateName: 'Acquire endpoint lock',
      function: lockFunction(scope, run),
      payload: {
        runId: jsonata('$plan.runId'),
        executionArn: jsonata('$states.context.Execution.Id'),
        champion: jsonata('$plan.champion ? $plan.champion.runId : null'),
      },
      outputs: {},
      timeout: Duration.minutes(1),
    });
    if (run.config.endpoint.workingHours) this.addRetry(endpointLockRetry);
  }
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
