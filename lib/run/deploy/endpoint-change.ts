import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { CreateEndpointCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { watches } from '../../config/serving-rules';
import { FAILED, IN_SERVICE } from '../../contract/endpoint';
import { ErrorName } from '../../contract/errors';
import { runTags } from '../../contract/tags';
import type { RollbackAlarms } from './rollback-alarms';
import { deploymentConfig } from './deployment-config';
import {
  deleteEndpoint,
  describeEndpoint,
  ENDPOINT_ABSENT,
  stillChanging,
  updateEndpoint,
  waitForEndpoint,
} from './endpoint-tasks';
import { jsonata } from '../../states/jsonata';
import { onSageMaker } from '../../states/permissions';
import { describeAlarms, RollbackNote, ROLLED_BACK, watchAlarms } from './rollback';
import type { EndpointTarget } from '../../serving/endpoint';
import { AdoptingTask } from '../../states/adopting-task';
import { CALL_TIMEOUT } from '../../states/service-task';

/** CloudWatch has the metrics of a minute some minutes later. */
const ALARM_PATIENCE_SECONDS = 300;

export interface EndpointChangeProps {
  readonly config: PipelineConfig;
  readonly target: EndpointTarget;
  /** Alarms that roll an update back. */
  readonly alarms: RollbackAlarms;
  /** Wraps a task so that its failure is undone. */
  readonly undone: <T extends sfn.TaskStateBase>(task: T) => T;
  /** Undoes the deployment; reads `$failure`. */
  readonly undo: sfn.IChainable;
  /** States before the update of an endpoint in service; may assign `$wanted`. */
  readonly beforeUpdate: readonly (sfn.State & sfn.INextable)[];
  /** State after the endpoint serves `$wanted`. */
  readonly done: sfn.IChainable;
}

/**
 * Creates the endpoint or updates it to the configuration `$wanted`. It has succeeded when the endpoint is `InService`
 * *on that configuration*: after an automatic rollback it is `InService` too, on the old one. Assigns `$configBefore`
 * and `$endpoint`.
 */
export class EndpointChange extends Construct {
  readonly startState: sfn.State;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: EndpointChangeProps,
  ) {
    super(scope, id);
    const { config, target, alarms, undone, done } = props;
    const wait = waitForEndpoint(this, 'Wait', 'Wait for endpoint', target);
    const describe = undone(describeEndpoint(this, 'Describe', 'Describe endpoint', target));
    const create = undone(this.createEndpoint());
    const update = undone(
      updateEndpoint(this, 'Update', 'Update endpoint', target, {
        config: '$wanted',
        deployment: deploymentConfig(config, alarms.names),
        permissions: watchAlarms(alarms),
      }),
    );
    create.next(wait);
    update.next(wait).next(describe);
    describe.next(
      sfn.Choice.jsonata(this, 'Ready', { stateName: 'Endpoint ready?' })
        .when(
          sfn.Condition.jsonata(jsonata(`$endpoint.status = '${IN_SERVICE}' and $endpoint.config = $wanted`)),
          done,
        )
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), wait)
        .when(sfn.Condition.jsonata(jsonata(ROLLED_BACK)), this.rolledBack())
        .otherwise(this.giveUp('NotReady', 'Note failed deployment')),
    );
    this.startState = this.findEndpoint(create, update);
  }

  /** Finds the endpoint and waits until SageMaker accepts a change of it. */
  private findEndpoint(create: sfn.IChainable, update: sfn.IChainable): sfn.State {
    const { config, target, undone, undo, beforeUpdate } = this.props;
    const { workingHours } = config.endpoint;
    const find = describeEndpoint(this, 'Find', 'Find endpoint', target);
    const waitForOther = waitForEndpoint(this, 'WaitForOther', 'Wait for other change', target);
    const deleteFailed = undone(deleteEndpoint(this, 'DeleteFailed', 'Delete failed endpoint', target));
    const keepBefore = sfn.Pass.jsonata(this, 'KeepBefore', {
      stateName: 'Remember configuration',
      assign: { configBefore: jsonata('$endpoint.config'), ...(workingHours && { polls: 0 }) },
      outputs: {},
    });
    beforeUpdate
      .reduce<sfn.INextable>((before, state) => (before.next(state), state), keepBefore)
      .next(this.whenAlarmsAreReady(update));
    deleteFailed.next(waitForOther).next(find);
    const absent = sfn.Choice.jsonata(this, 'Absent', { stateName: 'Endpoint absent?' });
    if (workingHours) {
      const wake = this.wakeChampion(create);
      wake.next(waitForOther);
      const stopped = `${ENDPOINT_ABSENT} and $plan.champion != null and $not($woken)`;
      absent.when(sfn.Condition.jsonata(jsonata(stopped)), wake);
    }
    find.addCatch(absent.when(sfn.Condition.jsonata(jsonata(ENDPOINT_ABSENT)), create).otherwise(undo), {
      errors: ['States.ALL'],
      assign: { failure: jsonata('$states.errorOutput') },
      outputs: {},
    });
    find.next(
      sfn.Choice.jsonata(this, 'Changeable', { stateName: 'Endpoint changeable?' })
        .when(sfn.Condition.jsonata(jsonata(`$endpoint.status = '${IN_SERVICE}'`)), keepBefore)
        // A failed endpoint serves nothing and can only be deleted.
        .when(sfn.Condition.jsonata(jsonata(`$endpoint.status = '${FAILED}'`)), deleteFailed)
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), waitForOther)
        .otherwise(this.giveUp('NotChangeable', 'Note blocked endpoint')),
    );
    return find;
  }

  /**
   * Waits until the alarms of a deployment have a state: one in ALARM stops the deployment before it begins, and one
   * without data would not detect a fault. CloudWatch evaluates a new alarm within minutes.
   */
  private whenAlarmsAreReady(update: sfn.IChainable): sfn.IChainable {
    const { config, target, alarms, undone, undo } = this.props;
    if (!watches(config.endpoint.deployment)) return update;
    const check = undone(
      describeAlarms(this, 'CheckAlarms', {
        stateName: 'Check alarms',
        alarms,
        assign: {
          unready: jsonata(
            "$join([$states.result.MetricAlarms[StateValue != 'OK'].(AlarmName & ' is ' & StateValue)], ', ')",
          ),
          raised: jsonata("$count($states.result.MetricAlarms[StateValue = 'ALARM'])"),
        },
      }),
    );
    const refuse = sfn.Pass.jsonata(this, 'Refuse', {
      stateName: 'Note unready alarms',
      assign: {
        failure: {
          Error: ErrorName.DeploymentFailed,
          Cause: jsonata(
            "'Alarm ' & $unready & '; must be OK, or nothing would roll a bad model back: wait until it has data, or fix the cause, and start another run'",
          ),
        },
      },
      outputs: {},
    });
    refuse.next(undo);
    const wait = waitForEndpoint(this, 'WaitForAlarms', 'Wait for alarms', target);
    wait.next(check);
    const patience = Math.ceil(ALARM_PATIENCE_SECONDS / target.pollSeconds);
    check.next(
      sfn.Choice.jsonata(this, 'AlarmsReady', { stateName: 'Alarms ready?' })
        .when(sfn.Condition.jsonata(jsonata("$unready = ''")), update, { assign: { polls: 0 } })
        .when(sfn.Condition.jsonata(jsonata(`$raised = 0 and $polls < ${patience}`)), wait)
        .otherwise(refuse),
    );
    return check;
  }

  private rolledBack(): sfn.State {
    const { target, alarms, undo } = this.props;
    return new RollbackNote(this, 'RolledBack', { target, alarms, next: undo }).startState;
  }

  private giveUp(id: string, stateName: string): sfn.IChainable {
    const { target, undo } = this.props;
    const note = sfn.Pass.jsonata(this, id, {
      stateName,
      assign: {
        failure: {
          Error: ErrorName.DeploymentFailed,
          Cause: jsonata(
            `'Endpoint ${target.endpointName} is ' & $endpoint.status & ' on configuration ' & $endpoint.config & ' instead of InService on ' & $wanted & ' after ' & $string($polls) & ' looks: ' & $endpoint.reason`,
          ),
        },
      },
      outputs: {},
    });
    return note.next(undo);
  }

  private createEndpoint(): sfn.TaskStateBase {
    return this.create('Create', 'Create endpoint', '$wanted');
  }

  /**
   * Outside of its working hours, creates the endpoint with the champion first; it is then updated as usual, watched by
   * alarms or with a challenger, and a failure goes back to the champion. If the champion cannot be created, the
   * candidate is deployed instead.
   */
  private wakeChampion(otherwise: sfn.IChainable): sfn.TaskStateBase {
    const task = this.create('Wake', 'Wake champion', '$plan.champion.endpointConfigName', { woken: true });
    task.addCatch(otherwise, { errors: ['States.ALL'], outputs: {} });
    return task;
  }

  private create(
    id: string,
    stateName: string,
    configName: string,
    assign?: Record<string, unknown>,
  ): sfn.TaskStateBase {
    const { config, target } = this.props;
    const { endpointName, prefix } = target;
    return new AdoptingTask<CreateEndpointCommandInput>(this, id, {
      stateName,
      already: 'already existing endpoint',
      action: 'aws-sdk:sagemaker:createEndpoint',
      arguments: {
        EndpointName: endpointName,
        EndpointConfigName: jsonata(configName),
        Tags: runTags(config, jsonata('$plan.runId')),
      },
      timeout: CALL_TIMEOUT,
      permissions: [
        onSageMaker(this, prefix, ['endpoint', 'endpoint-config'], ['CreateEndpoint']),
        onSageMaker(this, prefix, ['endpoint'], ['AddTags']),
      ],
      assign,
      outputs: {},
    });
  }
}
