import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { DeleteEndpointConfigCommandInput, DeleteModelCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import {
  CALL_TIMEOUT,
  deleteEndpoint,
  describeEndpoint,
  ENDPOINT_ABSENT,
  stillChanging,
  updateEndpoint,
  waitForEndpoint,
  type EndpointTarget,
} from '../endpoint-tasks';
import { jsonata } from '../jsonata';
import { onSageMaker } from '../permissions';
import { ServiceTask } from '../service-task';

export interface UndoPhaseProps {
  readonly target: EndpointTarget;
}

/**
 * After a failed deployment: the endpoint goes back to the configuration it had (or goes, if it is new), then the
 * candidate's configuration and model are removed. A configuration that the endpoint still uses is never deleted:
 * that would make the endpoint unusable. Ends in a Fail with `$failure`, the error that led here.
 */
export class UndoPhase extends Construct {
  readonly startState: sfn.State;

  constructor(scope: Construct, id: string, { target }: UndoPhaseProps) {
    super(scope, id);
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Deployment failed',
      error: jsonata('$failure.Error'),
      cause: jsonata('$failure.Cause'),
    });
    const removeCandidate = this.removeCandidate(target, failed);
    const look = describeEndpoint(this, 'Look', 'Look at endpoint', target);
    const wait = waitForEndpoint(this, 'Wait', 'Wait for champion', target);
    const restore = updateEndpoint(this, 'Restore', 'Restore champion', target, {
      config: '$configBefore',
    });
    const removeEndpoint = deleteEndpoint(this, 'RemoveEndpoint', 'Delete new endpoint', target);

    // From here on what counts is the first failure, so nothing below assigns it.
    look.addCatch(
      sfn.Choice.jsonata(this, 'Gone', { stateName: 'Endpoint gone?' })
        .when(
          sfn.Condition.jsonata(jsonata(ENDPOINT_ABSENT.replace('$failure', '$lookFailure'))),
          removeCandidate,
        )
        .otherwise(failed),
      { errors: ['States.ALL'], assign: { lookFailure: jsonata('$states.errorOutput') }, outputs: {} },
    );
    for (const task of [restore, removeEndpoint]) {
      task.addCatch(failed, { errors: ['States.ALL'], outputs: {} });
      task.next(wait);
    }
    wait.next(look);
    const onCandidate = '$endpoint.config = $plan.names.endpointConfig';
    look.next(
      sfn.Choice.jsonata(this, 'Restorable', { stateName: 'Endpoint restored?' })
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), wait)
        .when(sfn.Condition.jsonata(jsonata(`${onCandidate} and $configBefore = null`)), removeEndpoint)
        .when(sfn.Condition.jsonata(jsonata(`${onCandidate} and $endpoint.status = 'InService'`)), restore)
        .when(sfn.Condition.jsonata(jsonata(`$not(${onCandidate})`)), removeCandidate)
        .otherwise(failed),
    );
    this.startState = sfn.Pass.jsonata(this, 'Start', {
      stateName: 'Undo deployment',
      assign: { polls: 0 },
      outputs: {},
    });
    (this.startState as sfn.Pass).next(look);
  }

  /** Neither may exist: the deployment can have failed before it made them. */
  private removeCandidate({ prefix }: EndpointTarget, next: sfn.IChainable): sfn.IChainable {
    const removeConfig = new ServiceTask<DeleteEndpointConfigCommandInput>(this, 'RemoveConfig', {
      stateName: 'Delete candidate configuration',
      action: 'aws-sdk:sagemaker:deleteEndpointConfig',
      arguments: { EndpointConfigName: jsonata('$plan.names.endpointConfig') },
      timeout: CALL_TIMEOUT,
      policies: [onSageMaker(this, prefix, ['endpoint-config'], ['DeleteEndpointConfig'])],
      outputs: {},
    });
    const removeModel = new ServiceTask<DeleteModelCommandInput>(this, 'RemoveModel', {
      stateName: 'Delete candidate model',
      action: 'aws-sdk:sagemaker:deleteModel',
      arguments: { ModelName: jsonata('$plan.names.model') },
      timeout: CALL_TIMEOUT,
      policies: [onSageMaker(this, prefix, ['model'], ['DeleteModel'])],
      outputs: {},
    });
    removeConfig.addCatch(removeModel, { errors: ['States.ALL'], outputs: {} });
    removeModel.addCatch(next, { errors: ['States.ALL'], outputs: {} });
    removeConfig.next(removeModel).next(next);
    return removeConfig;
  }
}
