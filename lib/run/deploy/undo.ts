import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { DeleteEndpointConfigCommandInput, DeleteModelCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { IN_SERVICE } from '../../contract/endpoint';
import {
  deleteEndpoint,
  describeEndpoint,
  ENDPOINT_ABSENT,
  stillChanging,
  updateEndpoint,
  waitForEndpoint,
} from './endpoint-tasks';
import { keepFailure } from '../../states/catch';
import { NO_REFUSALS } from '../../states/finding-task';
import { jsonata } from '../../states/jsonata';
import { onSageMaker } from '../../states/permissions';
import type { EndpointTarget } from '../../serving/endpoint';
import type { ScalingTasks } from '../../serving/scaling';
import { CALL_TIMEOUT, ServiceTask } from '../../states/service-task';

/** SageMaker goes back to the candidate if the champion does not come up. */
const MAX_RESTORES = 3;

export interface UndoPhaseProps {
  readonly target: EndpointTarget;
  readonly scaling: ScalingTasks;
  /** True if a candidate can have a second configuration, with the champion. */
  readonly tests: boolean;
}

/**
 * Undoes a failed deployment: the endpoint goes back to the configuration it had (or is deleted, if it is new), then
 * the candidate's configuration and model are deleted. A configuration that the endpoint still uses is never deleted:
 * that would make the endpoint unusable. Ends in a Fail with `$failure`, the original error.
 */
export class UndoPhase extends Construct {
  readonly startState: sfn.State;

  constructor(scope: Construct, id: string, { target, scaling, tests }: UndoPhaseProps) {
    super(scope, id);
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Deployment failed',
      error: jsonata('$failure.Error'),
      cause: jsonata('$failure.Cause'),
    });
    const removeCandidate = this.removeCandidate(target, tests, failed);
    const look = describeEndpoint(this, 'Look', 'Look at endpoint', target);
    const wait = waitForEndpoint(this, 'Wait', 'Wait for champion', target);
    const restore = updateEndpoint(this, 'Restore', 'Restore champion', target, {
      config: '$configBefore',
      assign: { restores: jsonata('$restores + 1') },
    });
    const removeEndpoint = deleteEndpoint(this, 'RemoveEndpoint', 'Delete new endpoint', target);

    // The first failure is the one to report, so no state below assigns it.
    look.addCatch(
      sfn.Choice.jsonata(this, 'Gone', { stateName: 'Endpoint gone?' })
        .when(
          sfn.Condition.jsonata(jsonata(ENDPOINT_ABSENT.replace('$failure', '$lookFailure'))),
          removeCandidate,
        )
        .otherwise(failed),
      keepFailure({ variable: 'lookFailure' }),
    );
    const [prepare] = scaling.prepare(this, 'PrepareRestore', 'Prepare scaling of champion', '$configBefore');
    const [scale] = scaling.apply(this, 'ScaleRestored', 'Set up scaling of champion');
    for (const task of [restore, removeEndpoint]) {
      task.addCatch(failed, { errors: ['States.ALL'], outputs: {} });
      task.next(wait);
    }
    prepare?.addCatch(restore, { errors: ['States.ALL'], outputs: {} });
    prepare?.next(restore);
    scale?.addCatch(removeCandidate, { errors: ['States.ALL'], outputs: {} });
    scale?.next(removeCandidate);
    wait.next(look);
    const onCandidate = '$endpoint.config = $wanted';
    look.next(
      sfn.Choice.jsonata(this, 'Restorable', { stateName: 'Endpoint restored?' })
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), wait)
        .when(sfn.Condition.jsonata(jsonata(`${onCandidate} and $configBefore = null`)), removeEndpoint)
        .when(
          sfn.Condition.jsonata(
            jsonata(`${onCandidate} and $endpoint.status = '${IN_SERVICE}' and $restores < ${MAX_RESTORES}`),
          ),
          prepare ?? restore,
        )
        .when(sfn.Condition.jsonata(jsonata(`$not(${onCandidate})`)), scale ?? removeCandidate)
        .otherwise(failed),
    );
    this.startState = sfn.Pass.jsonata(this, 'Start', {
      stateName: 'Undo deployment',
      assign: { polls: 0, restores: 0, ...NO_REFUSALS },
      outputs: {},
    });
    (this.startState as sfn.Pass).next(look);
  }

  /** The resources may be missing: the deployment can have failed before it created them. */
  private removeCandidate({ prefix }: EndpointTarget, tests: boolean, next: sfn.IChainable): sfn.IChainable {
    const remove = (id: string, stateName: string, name: string) =>
      new ServiceTask<DeleteEndpointConfigCommandInput>(this, id, {
        stateName,
        action: 'aws-sdk:sagemaker:deleteEndpointConfig',
        arguments: { EndpointConfigName: jsonata(name) },
        timeout: CALL_TIMEOUT,
        permissions: [onSageMaker(this, prefix, ['endpoint-config'], ['DeleteEndpointConfig'])],
        outputs: {},
      });
    const removeConfig = remove(
      'RemoveConfig',
      'Delete candidate configuration',
      '$plan.names.endpointConfig',
    );
    const removeModel = new ServiceTask<DeleteModelCommandInput>(this, 'RemoveModel', {
      stateName: 'Delete candidate model',
      action: 'aws-sdk:sagemaker:deleteModel',
      arguments: { ModelName: jsonata('$plan.names.model') },
      timeout: CALL_TIMEOUT,
      permissions: [onSageMaker(this, prefix, ['model'], ['DeleteModel'])],
      outputs: {},
    });
    removeConfig.addCatch(removeModel, { errors: ['States.ALL'], outputs: {} });
    removeModel.addCatch(next, { errors: ['States.ALL'], outputs: {} });
    removeConfig.next(removeModel).next(next);
    if (!tests) return removeConfig;
    const removeTest = remove('RemoveTest', 'Delete test configuration', '$plan.names.testConfig');
    removeTest.addCatch(removeConfig, { errors: ['States.ALL'], outputs: {} });
    removeTest.next(removeConfig);
    return removeTest;
  }
}
