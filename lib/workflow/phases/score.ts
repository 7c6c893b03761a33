import { Duration } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateTransformJobCommandInput,
  DeleteModelCommandInput,
  TransformInstanceType,
} from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../../config';
import type { ServingOf } from '../../config/schema';
import { layout } from '../../contract/layout';
import { runTags } from '../../contract/tags';
import type { DataStore } from '../../storage/data-store';
import { recordChampion } from '../champion';
import { acquireEndpointLock } from '../endpoint-lock';
import { CALL_TIMEOUT } from '../endpoint-tasks';
import { FunctionTask } from '../function-task';
import { jsonata } from '../jsonata';
import type { JobRole } from '../job-role';
import { createModel } from '../model-tasks';
import { grantForVolumes, onSageMaker, SyncRule, syncRule } from '../permissions';
import { volumeKey } from '../processing';
import { capacityRetry, startRetry } from '../retry';
import { ServiceTask } from '../service-task';

export interface ScorePhaseProps {
  readonly config: PipelineConfig;
  readonly serving: ServingOf<'batch'>;
  readonly store: DataStore;
  readonly modelRole: JobRole;
  readonly functions: { readonly endpointLock: IFunction; readonly listInputs: IFunction };
}

/** Maximum request of the serving program; each object is one request. */
const MAX_PAYLOAD_MB = 6;

/**
 * Batch predictions: the accepted model predicts all objects below the prefix, and then becomes the champion. A run
 * that changes nothing uses the champion to predict new objects. Reads `$plan`, `$training` and `$inferenceImage`.
 */
export class ScorePhase extends Construct {
  readonly startState: sfn.State;
  readonly chain: sfn.Chain;
  private failure: sfn.TaskStateBase | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ScorePhaseProps,
  ) {
    super(scope, id);
    const { config, store, modelRole, functions } = props;
    const lock = acquireEndpointLock(this, functions.endpointLock, config);
    const model = createModel(this, { config, modelRole, assign: INITIAL });
    const list = this.list('List', 'List inputs', true);
    const score = this.score('Score', 'Score inputs', '$plan.names.model');
    const champion = recordChampion(this, store, layout.champion);
    for (const task of [list, score, champion]) this.removesModel(task);
    lock.next(model).next(list);
    list.next(this.whenAny('Any', 'Anything to score?', score, champion));
    score.next(champion);
    this.startState = lock;
    this.chain = sfn.Chain.custom(lock, [champion], champion);
  }

  /** Adds the predictions of new objects. @param next the end of a run that has nothing else to do */
  newInputs(next: sfn.IChainable): sfn.IChainable {
    const list = this.list('ListNew', 'List new inputs', false);
    const score = this.score('ScoreNew', 'Score new inputs', '$plan.champion.modelName');
    list.next(this.whenAny('AnyNew', 'Any new inputs?', score, next));
    score.next(next);
    return list;
  }

  private whenAny(id: string, stateName: string, score: sfn.State, otherwise: sfn.IChainable): sfn.Choice {
    return sfn.Choice.jsonata(this, id, { stateName })
      .when(sfn.Condition.jsonata(jsonata('$inputs.objects > 0')), score)
      .otherwise(otherwise);
  }

  /** Lists the inputs. @param all true to include objects that have a result */
  private list(id: string, stateName: string, all: boolean): FunctionTask {
    return new FunctionTask(this, id, {
      stateName,
      function: this.props.functions.listInputs,
      payload: {
        runId: jsonata('$plan.runId'),
        all: jsonata(String(all)),
        // Nothing is predicted before there is a champion.
        model: all
          ? jsonata('$plan.names.model')
          : jsonata('$plan.champion ? $plan.champion.modelName : null'),
      },
      assign: { inputs: jsonata('$states.result.Payload') },
      outputs: {},
      timeout: Duration.minutes(2),
    });
  }

  private score(id: string, stateName: string, model: string): sfn.TaskStateBase {
    const { config, serving, store } = this.props;
    const { prefix, instanceType, instanceCount, concurrentPerInstance, maxRuntimeMinutes } = serving;
    const task = new ServiceTask<CreateTransformJobCommandInput>(this, id, {
      stateName,
      action: 'sagemaker:createTransformJob.sync',
      arguments: {
        TransformJobName: jsonata("$plan.names.score & '-' & $string($states.context.State.RetryCount)"),
        ModelName: jsonata(model),
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'ManifestFile', S3Uri: jsonata('$inputs.manifest') } },
          ContentType: 'text/csv',
          SplitType: 'None',
        },
        TransformOutput: {
          // Each result is written next to its input, with `.out` appended to the name.
          S3OutputPath: `s3://${store.data.bucketName}/${prefix}`,
          Accept: 'application/json',
          KmsKeyId: store.key.keyArn,
        },
        TransformResources: {
          InstanceType: instanceType as TransformInstanceType,
          InstanceCount: instanceCount,
          ...volumeKey(instanceType, store),
        },
        BatchStrategy: 'SingleRecord',
        MaxPayloadInMB: MAX_PAYLOAD_MB,
        MaxConcurrentTransforms: concurrentPerInstance,
        Tags: runTags(config, jsonata('$plan.runId')),
      },
      timeout: Duration.minutes(maxRuntimeMinutes),
      policies: [
        grantForVolumes(store.key),
        onSageMaker(
          this,
          resourcePrefix(config),
          ['transform-job'],
          ['CreateTransformJob', 'DescribeTransformJob', 'StopTransformJob', 'AddTags'],
        ),
        syncRule(this, SyncRule.Transform),
      ],
      outputs: {},
    });
    task.addRetry(capacityRetry);
    task.addRetry(startRetry);
    return task;
  }

  /** Deletes the model after a failure before it is the champion. */
  private removesModel(task: sfn.TaskStateBase): void {
    task.addCatch((this.failure ??= this.removeModel()), {
      errors: ['States.ALL'],
      assign: { failure: jsonata('$states.errorOutput') },
      outputs: {},
    });
  }

  private removeModel(): sfn.TaskStateBase {
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Scoring failed',
      error: jsonata('$failure.Error'),
      cause: jsonata('$failure.Cause'),
    });
    const remove = new ServiceTask<DeleteModelCommandInput>(this, 'RemoveModel', {
      stateName: 'Delete candidate model',
      action: 'aws-sdk:sagemaker:deleteModel',
      arguments: { ModelName: jsonata('$plan.names.model') },
      timeout: CALL_TIMEOUT,
      policies: [onSageMaker(this, resourcePrefix(this.props.config), ['model'], ['DeleteModel'])],
      outputs: {},
    });
    remove.addCatch(failed, { errors: ['States.ALL'], outputs: {} });
    remove.next(failed);
    return remove;
  }
}

/** Variables that the report reads for every kind of serving. */
const INITIAL = { testing: false, comparison: null };
