import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { PutObjectCommandInput } from '@aws-sdk/client-s3';
import type { CreateEndpointCommandInput } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { ErrorName } from '../../contract/errors';
import { layout } from '../../contract/layout';
import { runTags } from '../../contract/tags';
import type { RollbackAlarms } from '../../observability/rollback-alarms';
import type { DataStore } from '../../storage/data-store';
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
import { deploymentConfig } from '../deployment';
import { FunctionTask } from '../function-task';
import { jsonata } from '../jsonata';
import type { JobRole } from '../job-role';
import { createEndpointConfig, createModel } from '../model-tasks';
import { onSageMaker, putObject } from '../permissions';
import { visibilityRetry } from '../retry';
import { RollbackNote, ROLLED_BACK, watchAlarms } from '../rollback';
import { ServiceTask } from '../service-task';
import { UndoPhase } from './undo';

export interface DeployPhaseProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  /** The role that the model's containers have. */
  readonly modelRole: JobRole;
  readonly target: EndpointTarget;
  /** What rolls an update back. */
  readonly alarms: RollbackAlarms;
  readonly smokeTest: IFunction;
}

/**
 * Puts the accepted model behind the endpoint. It has succeeded when the endpoint is `InService` *on the new
 * configuration* and answers the golden requests: after an automatic rollback it is `InService` too, on the old
 * one. Whatever fails is undone. Reads `$plan`, `$training`, `$decision` and `$inferenceImage`.
 */
export class DeployPhase extends Construct {
  readonly chain: sfn.Chain;
  private readonly target: EndpointTarget;
  private readonly alarms: RollbackAlarms;
  private readonly undo: UndoPhase;

  constructor(scope: Construct, id: string, props: DeployPhaseProps) {
    super(scope, id);
    const { config, modelRole, store } = props;
    this.target = props.target;
    this.alarms = props.alarms;
    this.undo = new UndoPhase(this, 'Undo', { target: this.target });
    // SageMaker looks at them in the name of the model's role too (Developer Guide, "Auto-Rollback Configuration").
    for (const statement of watchAlarms(this.alarms)) modelRole.role.addToPolicy(statement);

    const model = this.undone(createModel(this, { config, modelRole }));
    const endpointConfig = this.undone(createEndpointConfig(this, { config, store }));
    const smokeTest = this.smokeTest(props);
    const recordChampion = this.undone(this.recordChampion(store));
    model.next(endpointConfig).next(this.changeEndpoint(config, smokeTest));
    smokeTest.next(recordChampion);
    this.chain = sfn.Chain.custom(model, [recordChampion], recordChampion);
  }

  /** Create or update, then poll until it is settled. */
  private changeEndpoint(config: PipelineConfig, done: sfn.IChainable): sfn.IChainable {
    const { target } = this;
    const wait = waitForEndpoint(this, 'Wait', 'Wait for endpoint', target);
    const describe = this.undone(describeEndpoint(this, 'Describe', 'Describe endpoint', target));
    const create = this.undone(this.createEndpoint(config));
    const update = this.undone(
      updateEndpoint(this, 'Update', 'Update endpoint', target, {
        config: '$plan.names.endpointConfig',
        deployment: deploymentConfig(config, this.alarms.names),
        policies: watchAlarms(this.alarms),
      }),
    );
    create.next(wait);
    update.next(wait).next(describe);
    describe.next(
      sfn.Choice.jsonata(this, 'Ready', { stateName: 'Endpoint ready?' })
        .when(
          sfn.Condition.jsonata(
            jsonata("$endpoint.status = 'InService' and $endpoint.config = $plan.names.endpointConfig"),
          ),
          done,
        )
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), wait)
        .when(sfn.Condition.jsonata(jsonata(ROLLED_BACK)), this.rolledBack())
        .otherwise(this.giveUp('NotReady', 'Note failed deployment')),
    );
    return this.findEndpoint(create, update);
  }

  /** Is there an endpoint, and does SageMaker accept a change of it now? Assigns `$configBefore`. */
  private findEndpoint(create: sfn.IChainable, update: sfn.IChainable): sfn.IChainable {
    const { target } = this;
    const find = describeEndpoint(this, 'Find', 'Find endpoint', target);
    const waitForOther = waitForEndpoint(this, 'WaitForOther', 'Wait for other change', target);
    const deleteFailed = this.undone(deleteEndpoint(this, 'DeleteFailed', 'Delete failed endpoint', target));
    const keepBefore = sfn.Pass.jsonata(this, 'KeepBefore', {
      stateName: 'Remember configuration',
      assign: { configBefore: jsonata('$endpoint.config') },
      outputs: {},
    });
    keepBefore.next(update);
    deleteFailed.next(waitForOther).next(find);
    find.addCatch(
      sfn.Choice.jsonata(this, 'Absent', { stateName: 'Endpoint absent?' })
        .when(sfn.Condition.jsonata(jsonata(ENDPOINT_ABSENT)), create)
        .otherwise(this.undo.startState),
      { errors: ['States.ALL'], assign: { failure: jsonata('$states.errorOutput') }, outputs: {} },
    );
    return find.next(
      sfn.Choice.jsonata(this, 'Changeable', { stateName: 'Endpoint changeable?' })
        .when(sfn.Condition.jsonata(jsonata("$endpoint.status = 'InService'")), keepBefore)
        // A failed endpoint serves nothing and can only be deleted.
        .when(sfn.Condition.jsonata(jsonata("$endpoint.status = 'Failed'")), deleteFailed)
        .when(sfn.Condition.jsonata(jsonata(stillChanging(target))), waitForOther)
        .otherwise(this.giveUp('NotChangeable', 'Note blocked endpoint')),
    );
  }

  private rolledBack(): sfn.State {
    const { target, alarms, undo } = this;
    return new RollbackNote(this, 'RolledBack', { target, alarms, next: undo.startState }).startState;
  }

  private giveUp(id: string, stateName: string): sfn.IChainable {
    const note = sfn.Pass.jsonata(this, id, {
      stateName,
      assign: {
        failure: {
          Error: ErrorName.DeploymentFailed,
          Cause: jsonata(
            `'Endpoint ${this.target.endpointName} is ' & $endpoint.status & ' on configuration ' & $endpoint.config & ' instead of InService on ' & $plan.names.endpointConfig & ' after ' & $string($polls) & ' looks: ' & $endpoint.reason`,
          ),
        },
      },
      outputs: {},
    });
    return note.next(this.undo.startState);
  }

  private createEndpoint(config: PipelineConfig): sfn.TaskStateBase {
    const { endpointName, prefix } = this.target;
    const task = new ServiceTask<CreateEndpointCommandInput>(this, 'Create', {
      stateName: 'Create endpoint',
      action: 'sagemaker:createEndpoint',
      arguments: {
        EndpointName: endpointName,
        EndpointConfigName: jsonata('$plan.names.endpointConfig'),
        Tags: runTags(config.environment, config.name, jsonata('$plan.runId')),
      },
      timeout: CALL_TIMEOUT,
      policies: [
        onSageMaker(this, prefix, ['endpoint', 'endpoint-config'], ['CreateEndpoint']),
        onSageMaker(this, prefix, ['endpoint'], ['AddTags']),
      ],
      outputs: {},
    });
    task.addRetry(visibilityRetry);
    return task;
  }

  private smokeTest({ config, smokeTest }: DeployPhaseProps): sfn.TaskStateBase {
    return this.undone(
      new FunctionTask(this, 'SmokeTest', {
        stateName: 'Smoke test',
        function: smokeTest,
        payload: {
          runId: jsonata('$plan.runId'),
          variants: config.endpoint.variants.map(({ name }) => name),
        },
        outputs: {},
        timeout: Duration.minutes(5),
      }),
    );
  }

  /** The bucket is versioned: the object's history is the list of champions. */
  private recordChampion(store: DataStore): sfn.TaskStateBase {
    return new ServiceTask<PutObjectCommandInput>(this, 'RecordChampion', {
      stateName: 'Record champion',
      action: 'aws-sdk:s3:putObject',
      arguments: {
        Bucket: store.artifacts.bucketName,
        Key: layout.champion,
        ContentType: 'application/json',
        Body: jsonata(
          `{'runId': $plan.runId, 'fingerprint': $plan.fingerprint, 'modelName': $plan.names.model,
          'endpointConfigName': $plan.names.endpointConfig, 'modelDataUrl': $training.modelDataUrl,
          'inferenceImage': $inferenceImage, 'metrics': $decision.metrics,
          'accuracyInterval': $decision.accuracyInterval, 'deployedAt': $states.context.State.EnteredTime}`.replace(
            /\n\s*/g,
            ' ',
          ),
        ),
      },
      timeout: CALL_TIMEOUT,
      policies: putObject(store, layout.champion),
      outputs: {},
    });
  }

  /** Whatever goes wrong in this task, what the deployment did is undone. */
  private undone<T extends sfn.TaskStateBase>(task: T): T {
    task.addCatch(this.undo.startState, {
      errors: ['States.ALL'],
      assign: { failure: jsonata('$states.errorOutput') },
      outputs: {},
    });
    return task;
  }
}
