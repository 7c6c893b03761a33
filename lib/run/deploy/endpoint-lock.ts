import { Duration } from 'aws-cdk-lib';
import type { PipelineConfig } from '../../config';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { FunctionTask } from '../../states/function-task';
import { jsonata } from '../../states/jsonata';
import { endpointLockRetry } from '../../states/retry';

/** Acquires the endpoint lock: one run deploys at a time, and only against the champion that it was compared with. */
export function acquireEndpointLock(
  scope: Construct,
  endpointLock: IFunction,
  { endpoint }: PipelineConfig,
): FunctionTask {
  const task = new FunctionTask(scope, 'AcquireLock', {
    stateName: 'Acquire endpoint lock',
    function: endpointLock,
    payload: {
      runId: jsonata('$plan.runId'),
      executionArn: jsonata('$states.context.Execution.Id'),
      champion: jsonata('$plan.champion ? $plan.champion.runId : null'),
    },
    outputs: {},
    timeout: Duration.minutes(1),
  });
  if (endpoint.workingHours) task.addRetry(endpointLockRetry);
  return task;
}
