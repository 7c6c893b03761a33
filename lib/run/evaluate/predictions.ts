import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateModelCommandInput,
  CreateTransformJobCommandInput,
  DeleteModelCommandInput,
  TransformInstanceType,
} from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { resourcePrefix } from '../../config';
import { RUN_ID } from '../../contract/environment';
import { ErrorName } from '../../contract/errors';
import { layout } from '../../contract/layout';
import { runTags } from '../../contract/tags';
import { JobRole } from '../../platform/job-role';
import { jsonata } from '../../states/jsonata';
import { onSageMaker, passToSageMaker } from '../../states/permissions';
import { otherwise, type Phase, type PhaseExit } from '../../states/phase';
import { volumeKey } from '../../states/processing';
import { CALL_TIMEOUT, ServiceTask } from '../../states/service-task';
import { AdoptingTask } from '../../states/adopting-task';
import { SyncJob } from '../../states/sync-job';
import type { RunContext } from '../shared/context';

/** Folders of the answers below `$plan.uris.answers`. */
export const ANSWERS = {
  candidate: 'candidate/',
  candidateValidation: 'candidate-validation/',
  champion: 'champion/',
} as const;

/** Maximum request of a serving program. */
const MAX_PAYLOAD_MB = 6;

/** The error in a sentence: the cause of a failed job is its whole description, which has the reason in a field. */
const REASON =
  '($found := $match($states.errorOutput.Cause, /"FailureReason":"([^"]*)"/); ' +
  "$states.errorOutput.Error & ': ' & ($exists($found) ? $found[0].groups[0] : $states.errorOutput.Cause))";

/** A model that predicts, and its states. */
interface Predictor {
  readonly who: 'candidate' | 'champion';
  /** Expressions. */
  readonly modelName: string;
  readonly image: string;
  readonly modelDataUrl: string;
  readonly version: string;
  readonly predictions: readonly Prediction[];
}

interface Prediction {
  readonly id: string;
  readonly stateName: string;
  /** Expressions. */
  readonly jobName: string;
  readonly rows: string;
  readonly answers: string;
}

/**
 * Predicts the holdout with candidate and champion in transform jobs, for a serving program that cannot evaluate, on
 * models that are made for it and deleted again: production's own role reads no holdout. Where training is compared with
 * serving, the candidate predicts the validation rows too.
 *
 * A candidate that cannot predict ends the run as `PredictionFailed`. A champion that cannot, such as one of another
 * program, is not comparable: assigns `$championFailure`, null or the reason. Reads `$plan`, `$training` and
 * `$inferenceImage`.
 */
export class Predictions extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };
  private readonly role: JobRole;

  constructor(
    scope: Construct,
    id: string,
    private readonly run: RunContext,
  ) {
    super(scope, id);
    this.role = this.modelRole();
    const answers = (folder: keyof typeof ANSWERS) => `$plan.uris.answers & '${ANSWERS[folder]}'`;
    const candidate = this.predict('Candidate', {
      who: 'candidate',
      modelName: '$plan.names.candidateToEvaluate',
      image: '$inferenceImage',
      modelDataUrl: '$training.modelDataUrl',
      version: '$plan.runId',
      predictions: [
        {
          ...{ id: 'Test', stateName: 'Predict holdout with candidate' },
          ...{ jobName: '$plan.names.predictTest', rows: '$plan.uris.rowsTest' },
          answers: answers('candidate'),
        },
        ...(run.config.metrics.agreement === null
          ? []
          : [
              {
                ...{ id: 'Validation', stateName: 'Predict validation rows' },
                ...{ jobName: '$plan.names.predictValidation', rows: '$plan.uris.rowsValidation' },
                answers: answers('candidateValidation'),
              },
            ]),
      ],
    });
    const champion = this.predict('Champion', {
      who: 'champion',
      modelName: '$plan.names.championToEvaluate',
      image: '$plan.judgedAgainst.inferenceImage',
      modelDataUrl: '$plan.judgedAgainst.modelDataUrl',
      version: '$plan.judgedAgainst.runId',
      predictions: [
        {
          ...{ id: 'Test', stateName: 'Predict holdout with champion' },
          ...{ jobName: '$plan.names.predictTestByChampion', rows: '$plan.uris.rowsTest' },
          answers: answers('champion'),
        },
      ],
    });
    const none = sfn.Pass.jsonata(this, 'NoChampion', {
      stateName: 'No champion to predict with',
      outputs: { failure: null },
    });
    const anyChampion = sfn.Choice.jsonata(this, 'AnyChampion', { stateName: 'Champion to predict with?' })
      .when(sfn.Condition.jsonata(jsonata('$plan.judgedAgainst != null')), champion)
      .otherwise(none);
    const both = sfn.Parallel.jsonata(this, 'Both', {
      stateName: 'Predict holdout',
      assign: {
        candidateFailure: jsonata('$states.result[0].failure'),
        championFailure: jsonata('$states.result[1].failure'),
      },
      outputs: {},
    })
      .branch(candidate)
      .branch(anyChampion);
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Prediction failed',
      error: ErrorName.PredictionFailed,
      cause: jsonata(
        "'the batch transform of the holdout with the candidate failed: ' & $candidateFailure & " +
          "'; its log is below /aws/sagemaker/TransformJobs'",
      ),
    });
    const predicted = sfn.Choice.jsonata(this, 'Predicted', { stateName: 'Candidate predicted?' }).when(
      sfn.Condition.jsonata(jsonata('$candidateFailure != null')),
      failed,
    );
    both.next(predicted);
    this.startState = both;
    this.exits = { done: otherwise(predicted) };
  }

  /** Returns the states of one model: its output is `{failure}`, null or the reason. */
  private predict(id: string, predictor: Predictor): sfn.State {
    const scope = new Construct(this, id);
    const { who, modelName } = predictor;
    const { config } = this.run;
    const create = this.createModel(scope, predictor);
    const jobs = predictor.predictions.map((prediction) => this.transform(scope, predictor, prediction));
    const outcome = sfn.Pass.jsonata(scope, 'Outcome', {
      stateName: `Note predictions of ${who}`,
      outputs: { failure: jsonata('$predictionFailure') },
    });
    const remove = new ServiceTask<DeleteModelCommandInput>(scope, 'RemoveModel', {
      stateName: `Delete ${who} to evaluate`,
      action: 'aws-sdk:sagemaker:deleteModel',
      arguments: { ModelName: jsonata(modelName) },
      timeout: CALL_TIMEOUT,
      permissions: [onSageMaker(scope, resourcePrefix(config), ['model'], ['DeleteModel'])],
      outputs: {},
    });
    // Where it could not be made, there is none to delete; a model that is left costs nothing.
    remove.addCatch(outcome, { errors: ['States.ALL'], outputs: {} });
    remove.next(outcome);
    const tasks = [create, ...jobs];
    tasks.forEach((task, index) => {
      task.next(tasks[index + 1] ?? remove);
      task.addCatch(remove, {
        errors: ['States.ALL'],
        assign: {
          predictionFailure: jsonata(REASON),
        },
        outputs: {},
      });
    });
    return create;
  }

  private createModel(scope: Construct, predictor: Predictor): sfn.TaskStateBase {
    const { config } = this.run;
    const { who, modelName, image, modelDataUrl, version } = predictor;
    const { vpcConfig } = this.role;
    return new AdoptingTask<CreateModelCommandInput>(scope, 'CreateModel', {
      stateName: `Create ${who} to evaluate`,
      already: 'already existing model',
      action: 'aws-sdk:sagemaker:createModel',
      arguments: {
        ModelName: jsonata(modelName),
        PrimaryContainer: {
          Image: jsonata(image),
          ModelDataUrl: jsonata(modelDataUrl),
          Environment: { MODEL_VERSION: jsonata(version), [RUN_ID]: jsonata('$plan.runId') },
        },
        ExecutionRoleArn: this.role.roleArn,
        EnableNetworkIsolation: true,
        ...(vpcConfig && { VpcConfig: vpcConfig }),
        Tags: runTags(config, jsonata('$plan.runId')),
      },
      timeout: CALL_TIMEOUT,
      permissions: [
        onSageMaker(scope, resourcePrefix(config), ['model'], ['CreateModel', 'AddTags']),
        passToSageMaker(this.role),
      ],
      assign: { predictionFailure: null },
      outputs: {},
    });
  }

  private transform(
    scope: Construct,
    { modelName }: Predictor,
    { id, stateName, jobName, rows, answers }: Prediction,
  ): sfn.TaskStateBase {
    const { config, store } = this.run;
    const { instanceType, maxRuntimeMinutes } = config.evaluation;
    return new SyncJob<'Transform', CreateTransformJobCommandInput>(scope, `Predict${id}`, {
      kind: 'Transform',
      ...{ config, store, stateName },
      name: jobName,
      limit: 'evaluation.maxRuntimeMinutes',
      arguments: {
        ModelName: jsonata(modelName),
        TransformInput: {
          DataSource: { S3DataSource: { S3DataType: 'S3Prefix', S3Uri: jsonata(rows) } },
          ContentType: config.splits!.contentType,
          SplitType: 'Line',
        },
        TransformOutput: {
          S3OutputPath: jsonata(answers),
          Accept: config.api.returns[0]!,
          AssembleWith: 'Line',
          KmsKeyId: store.key.keyArn,
        },
        TransformResources: {
          InstanceType: instanceType as TransformInstanceType,
          InstanceCount: 1,
          ...volumeKey(instanceType, store),
        },
        BatchStrategy: 'MultiRecord',
        MaxPayloadInMB: MAX_PAYLOAD_MB,
      },
      timeout: Duration.minutes(maxRuntimeMinutes + 20),
      outputs: {},
    });
  }

  private modelRole(): JobRole {
    const { network, store, images } = this.run;
    const role = new JobRole(this, 'ModelRole', {
      kind: 'Prediction',
      description: 'Evaluated models: read their artifact and the rows of the holdout, write answers',
      image: images.inference,
      logs: 'TransformJobs',
      network,
    });
    // SageMaker lists the objects of a prefix.
    store.grantList(role, store.artifacts);
    store.grantRead(role, ...store.ofRuns(`${layout.models('*')}*`, `${layout.rows('*')}*`));
    store.grantWrite(role, ...store.ofRuns(`${layout.answers('*')}*`));
    return role;
  }
}
