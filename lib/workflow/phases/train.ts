import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Channel, CreateTrainingJobCommandInput, TrainingInstanceType } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../../config';
import { RUN_ID } from '../../contract/environment';
import { ErrorName } from '../../contract/errors';
import { layout } from '../../contract/layout';
import { runTags } from '../../contract/tags';
import type { DataStore } from '../../storage/data-store';
import type { TrainingFileSystem } from '../../storage/training-file-system';
import { jsonata, type Arguments } from '../jsonata';
import type { JobRole } from '../job-role';
import { grantForVolumes, onSageMaker, passToSageMaker, SyncRule, syncRule } from '../permissions';
import { volumeKey } from '../processing';
import { capacityRetry, startRetry } from '../retry';
import { ServiceTask } from '../service-task';

export interface TrainPhaseProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly jobRole: JobRole;
  /** The file system that the job reads instead of the bucket, if there is one. */
  readonly fileSystem: TrainingFileSystem | undefined;
}

/** Folder of the training program's checkpoints; SageMaker synchronizes it with S3. */
const CHECKPOINT_PATH = '/opt/ml/checkpoints';

/** SageMaker's own attempts after an internal error, within one job. */
const JOB_ATTEMPTS = 3;

/** Returns the names of the job's channels: only a table has a schema. */
function channelNames({ data }: PipelineConfig) {
  return ['train', 'validation', ...(data.check === 'table' ? (['schema'] as const) : [])] as const;
}

function bucketChannels(config: PipelineConfig): Arguments<Channel>[] {
  return channelNames(config).map((name) => ({
    ChannelName: name,
    DataSource: {
      S3DataSource: {
        S3DataType: 'S3Prefix',
        S3Uri: jsonata(`$plan.uris.${name}`),
        S3DataDistributionType: 'FullyReplicated',
      },
    },
  }));
}

/** Returns the same folders, mounted from the file system. */
function mounted(fileSystem: TrainingFileSystem, config: PipelineConfig): Arguments<Channel>[] {
  const runId = "' & $plan.runId & '";
  const channel = (ChannelName: string, folder: string): Arguments<Channel> => ({
    ChannelName,
    DataSource: {
      FileSystemDataSource: {
        FileSystemType: 'FSxLustre',
        FileSystemId: fileSystem.fileSystemId,
        DirectoryPath: jsonata(`'${fileSystem.directoryOf(folder)}'`),
        FileSystemAccessMode: 'ro',
      },
    },
  });
  const folders = {
    train: `${layout.preprocessed(runId)}train/`,
    validation: `${layout.preprocessed(runId)}validation/`,
    schema: layout.schemaFolder(runId),
  };
  return channelNames(config).map((name) => channel(name, folders[name]));
}

/**
 * A Training job, on Spot if configured, then on demand if allowed. Input `{"image": …}`, output `{image, jobName,
 * modelDataUrl, finalMetrics, trainingSeconds, billableSeconds}`.
 */
export class TrainPhase extends Construct {
  readonly chain: sfn.Chain;
  private readonly trained: sfn.Pass;

  constructor(scope: Construct, id: string, props: TrainPhaseProps) {
    super(scope, id);
    const { spot } = props.config.training;
    this.trained = sfn.Pass.jsonata(this, 'Trained', {
      stateName: 'Keep training result',
      outputs: jsonata('$trainingResult'),
    });
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Training failed',
      error: jsonata('$trainingFailure.Error'),
      cause: jsonata('$trainingFailure.Cause'),
    });
    const train = this.train('Train', 'Train model', '$plan.names.training', spot !== null, props);
    const incomplete = this.incomplete('Incomplete', 'Training incomplete');
    const completed = this.completed('Completed', 'Training completed?');
    train.next(completed);
    if (spot?.onDemandFallback) {
      const onDemand = this.train(
        'TrainOnDemand',
        'Train model on demand',
        '$plan.names.trainingOnDemand',
        false,
        props,
      );
      const onDemandCompleted = this.completed('OnDemandCompleted', 'Training on demand completed?');
      onDemand.next(onDemandCompleted.otherwise(incomplete));
      // A Spot job without capacity, or out of waiting time, ends as Stopped; the checkpoints remain.
      completed.otherwise(onDemand);
      const noCapacity = sfn.Choice.jsonata(this, 'NoCapacity', { stateName: 'No Spot capacity?' })
        .when(
          sfn.Condition.jsonata(
            jsonata(
              "$trainingFailure.Error = 'SageMaker.ResourceLimitExceededException' or $contains($trainingFailure.Cause, /CapacityError|MaxWaitTimeExceeded/)",
            ),
          ),
          onDemand,
        )
        .otherwise(failed);
      train.addCatch(noCapacity, {
        errors: ['States.TaskFailed'],
        assign: { trainingFailure: jsonata('$states.errorOutput') },
        // The on-demand job starts from the same input as the first.
        outputs: jsonata('$states.input'),
      });
    } else {
      completed.otherwise(incomplete);
    }
    this.chain = sfn.Chain.custom(train, [this.trained], this.trained);
  }

  private completed(id: string, stateName: string): sfn.Choice {
    // A job that was stopped or ran out of time counts as success for `.sync`, perhaps with a partial model.
    return sfn.Choice.jsonata(this, id, { stateName }).when(
      sfn.Condition.jsonata(jsonata("$trainingStatus = 'Completed'")),
      this.trained,
    );
  }

  private incomplete(id: string, stateName: string): sfn.Fail {
    return sfn.Fail.jsonata(this, id, {
      stateName,
      error: ErrorName.TrainingIncomplete,
      cause: jsonata(
        "'Training job ' & $trainingResult.jobName & ' ended as ' & $trainingStatus & ' instead of Completed: it was stopped or ran out of time; raise training.maxRuntimeMinutes or train fewer epochs'",
      ),
    });
  }

  private train(
    id: string,
    stateName: string,
    name: string,
    spot: boolean,
    props: TrainPhaseProps,
  ): sfn.TaskStateBase {
    const { config, jobRole, store } = props;
    const seconds = config.training.maxRuntimeMinutes * 60;
    const waitSeconds = spot ? config.training.spot!.maxWaitMinutes * 60 : seconds;
    const task = new ServiceTask<CreateTrainingJobCommandInput>(this, id, {
      stateName,
      action: 'sagemaker:createTrainingJob.sync',
      arguments: {
        ...this.trainingJob(props),
        // A retry repeats everything else; a name can be used once.
        TrainingJobName: jsonata(`${name} & '-' & $string($states.context.State.RetryCount)`),
        EnableManagedSpotTraining: spot,
        StoppingCondition: {
          MaxRuntimeInSeconds: seconds,
          ...(spot ? { MaxWaitTimeInSeconds: waitSeconds } : {}),
        },
      },
      timeout: Duration.seconds(waitSeconds).plus(Duration.minutes(30)),
      policies: [
        grantForVolumes(store.key),
        onSageMaker(
          this,
          resourcePrefix(config),
          ['training-job'],
          ['CreateTrainingJob', 'DescribeTrainingJob', 'StopTrainingJob', 'AddTags'],
        ),
        passToSageMaker(jobRole.role),
        syncRule(this, SyncRule.Training),
      ],
      assign: {
        trainingStatus: jsonata('$states.result.TrainingJobStatus'),
        trainingResult: {
          image: jsonata('$states.input.image'),
          jobName: jsonata('$states.result.TrainingJobName'),
          modelDataUrl: jsonata('$states.result.ModelArtifacts.S3ModelArtifacts'),
          finalMetrics: jsonata(
            '$exists($states.result.FinalMetricDataList) ? $states.result.FinalMetricDataList : null',
          ),
          trainingSeconds: jsonata(
            '$exists($states.result.TrainingTimeInSeconds) ? $states.result.TrainingTimeInSeconds : 0',
          ),
          billableSeconds: jsonata(
            '$exists($states.result.BillableTimeInSeconds) ? $states.result.BillableTimeInSeconds : 0',
          ),
        },
      },
      outputs: jsonata('$states.input'),
    });
    task.addRetry(capacityRetry);
    task.addRetry(startRetry);
    return task;
  }

  /** Returns the arguments that Spot and on demand have in common. */
  private trainingJob({ config, store, jobRole, fileSystem }: TrainPhaseProps) {
    const { training } = config;
    return {
      RoleArn: jobRole.role.roleArn,
      AlgorithmSpecification: {
        TrainingImage: jsonata('$states.input.image'),
        // A file system is mounted in mode File: SageMaker has no separate mode for it.
        TrainingInputMode: training.input.mode === 'FastFile' ? ('FastFile' as const) : ('File' as const),
        MetricDefinitions: config.metrics.training.map(({ name, expression }) => ({
          Name: name,
          Regex: expression,
        })),
      },
      Environment: {
        [RUN_ID]: jsonata('$plan.runId'),
        MAX_RUNTIME_SECONDS: String(training.maxRuntimeMinutes * 60),
      },
      HyperParameters: jsonata('$plan.trainingHyperparameters'),
      InputDataConfig: fileSystem ? mounted(fileSystem, config) : bucketChannels(config),
      OutputDataConfig: { S3OutputPath: jsonata('$plan.uris.models'), KmsKeyId: store.key.keyArn },
      CheckpointConfig: { S3Uri: jsonata('$plan.uris.checkpoints'), LocalPath: CHECKPOINT_PATH },
      ResourceConfig: {
        InstanceType: training.instanceType as TrainingInstanceType,
        InstanceCount: training.instanceCount,
        VolumeSizeInGB: jsonata('$plan.volumes.training'),
        ...volumeKey(training.instanceType, store),
      },
      RetryStrategy: { MaximumRetryAttempts: JOB_ATTEMPTS },
      EnableNetworkIsolation: true,
      ...(jobRole.vpcConfig && { VpcConfig: jobRole.vpcConfig }),
      // Encrypts gradients between hosts; a single host sends none.
      ...(training.instanceCount > 1 && { EnableInterContainerTrafficEncryption: true }),
      Tags: runTags(config, jsonata('$plan.runId')),
    } satisfies Partial<{
      [Field in keyof CreateTrainingJobCommandInput]: Arguments<CreateTrainingJobCommandInput[Field]>;
    }>;
  }
}
