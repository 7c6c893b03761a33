import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateTransformJobCommandInput,
  DeleteModelCommandInput,
  TransformInstanceType,
} from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import type { ServingOf } from '../../config/schema';
import { layout } from '../../contract/layout';
import { NodeFunction } from '../../platform/node-function';
import { ModelRole } from '../../serving/model-role';
import { FunctionTask } from '../../states/function-task';
import { keepFailure } from '../../states/catch';
import { jsonata } from '../../states/jsonata';
import { onSageMaker } from '../../states/permissions';
import { after, type Phase, type PhaseExit, type Start } from '../../states/phase';
import { volumeKey } from '../../states/processing';
import { CALL_TIMEOUT, ServiceTask } from '../../states/service-task';
import { SyncJob } from '../../states/sync-job';
import { recordChampion } from '../deploy/champion';
import { AcquireEndpointLock } from '../deploy/endpoint-lock';
import { createModel } from '../deploy/model-tasks';
import type { RestoreParts } from '../deploy/restore-parts';
import type { RunContext } from '../shared/context';

export interface ScorePhaseProps {
  readonly run: RunContext;
  readonly serving: ServingOf<'batch'>;
}

/** Maximum request of the serving program; each object is one request. */
const MAX_PAYLOAD_MB = 6;

/** Variables that the report reads for every kind of serving. */
const INITIAL = { testing: false, comparison: null };

/**
 * Batch predictions: the accepted model predicts all objects below the prefix, and then becomes the champion. A run
 * that changes nothing uses the champion to predict new objects. Reads `$plan`, `$training` and `$inferenceImage`.
 */
export class ScorePhase extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };
  /** What restoring the champion's model uses too. */
  readonly parts: RestoreParts;
  private readonly listInputs: NodeFunction;
  private failure: sfn.TaskStateBase | undefined;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: ScorePhaseProps,
  ) {
    super(scope, id);
    const { run } = props;
    const { config, store, team, network, endpoint, images } = run;
    this.listInputs = this.listInputsFunction();
    const modelRole = new ModelRole(this, 'ModelRole', {
      ...{ config, store, team, network, endpoint },
      image: images.inference,
    });
    const lock = new AcquireEndpointLock(this, 'AcquireLock', run);
    const model = createModel(this, { config, modelRole, assign: INITIAL });
    this.parts = { lock, modelRole };
    const list = this.list('List', 'List inputs', true);
    const score = this.score('Score', 'Score inputs', '$plan.names.model');
    const champion = recordChampion(this, store);
    for (const task of [list, score, champion]) this.removesModel(task);
    model.addCatch(
      sfn.Fail.jsonata(this, 'NoModel', {
        stateName: 'Model not created',
        error: jsonata('$failure.Error'),
        cause: jsonata('$failure.Cause'),
      }),
      { assign: { failure: jsonata('$states.errorOutput') }, outputs: {} },
    );
    lock.next(model).next(list);
    list.next(this.whenAny('Any', 'Anything to score?', score, champion));
    score.next(champion);
    this.startState = lock;
    this.exits = { done: after(champion) };
  }

  /** Returns the predictions of new objects in a run that has nothing else to do. @param end the end of that run */
  newInputs(end: sfn.IChainable): Start {
    const list = this.list('ListNew', 'List new inputs', false);
    const score = this.score('ScoreNew', 'Score new inputs', '$plan.champion.modelName');
    list.next(this.whenAny('AnyNew', 'Any new inputs?', score, end));
    score.next(end);
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
      function: this.listInputs,
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
    const { run, serving } = this.props;
    const { config, store } = run;
    const { prefix, instanceType, instanceCount, concurrentPerInstance, maxRuntimeMinutes } = serving;
    return new SyncJob<'Transform', CreateTransformJobCommandInput>(this, id, {
      kind: 'Transform',
      ...{ config, store, stateName },
      name: '$plan.names.score',
      limit: 'endpoint.serving.maxRuntimeMinutes',
      arguments: {
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
          // Without one, SageMaker uses AWS's own key for S3 (API reference, TransformOutput).
          ...(store.dataKey && { KmsKeyId: store.dataKey.keyArn }),
        },
        TransformResources: {
          InstanceType: instanceType as TransformInstanceType,
          InstanceCount: instanceCount,
          ...volumeKey(instanceType, store),
        },
        BatchStrategy: 'SingleRecord',
        MaxPayloadInMB: MAX_PAYLOAD_MB,
        MaxConcurrentTransforms: concurrentPerInstance,
      },
      timeout: Duration.minutes(maxRuntimeMinutes),
      outputs: {},
    });
  }

  private listInputsFunction(): NodeFunction {
    const { run, serving } = this.props;
    const { config, network, store } = run;
    const fn = new NodeFunction(this, 'ListInputs', {
      context: { config, network },
      name: 'list-inputs',
      description: 'List inputs: lists the objects for the transform job',
      settings: { prefix: serving.prefix },
    });
    store.grantList(fn, store.data);
    store.grantWrite(fn, ...store.ofRuns(layout.scoringManifest('*')));
    return fn;
  }

  /** Deletes the model after a failure before it is the champion. */
  private removesModel(task: sfn.TaskStateBase): void {
    task.addCatch((this.failure ??= this.removeModel()), keepFailure());
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
      permissions: [onSageMaker(this, this.props.run.endpoint.prefix, ['model'], ['DeleteModel'])],
      outputs: {},
    });
    remove.addCatch(failed, { errors: ['States.ALL'], outputs: {} });
    remove.next(failed);
    return remove;
  }
}
