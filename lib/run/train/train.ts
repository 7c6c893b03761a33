import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Channel, CreateTrainingJobCommandInput, TrainingInstanceType } from '@aws-sdk/client-sagemaker';
import { Construct } from 'constructs';
import { hasSchema, type PipelineConfig } from '../../config';
import { isGpu } from '../../config/instance-types';
import { RUN_ID } from '../../contract/environment';
import { ErrorName } from '../../contract/errors';
import { layout } from '../../contract/layout';
import { JobRole } from '../../platform/job-role';
import { jsonata, type Arguments } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { volumeKey } from '../../states/processing';
import { SyncJob, type SyncJobProps } from '../../states/sync-job';
import type { RunContext } from '../shared/context';
import { ImportSteps } from './import';
import { TrainingFileSystem } from './training-file-system';

/** Folder of the training program's checkpoints; SageMaker synchronizes it with S3. */
const CHECKPOINT_PATH = '/opt/ml/checkpoints';

/** Returns the names of the job's channels. Programs of others refuse one that they do not know, as XGBoost does. */
function channelNames(config: PipelineConfig) {
  return ['train', 'validation', ...(readsSchema(config) ? (['schema'] as const) : [])] as const;
}

function readsSchema(config: PipelineConfig): boolean {
  return hasSchema(config) && config.splits === undefined;
}

/** Returns the media type of the files, which programs of others read. */
function contentType({ splits }: PipelineConfig): { ContentType?: string } {
  return splits ? { ContentType: splits.contentType } : {};
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
    ...contentType(config),
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
    ...contentType(config),
  });
  const folders = {
    train: `${layout.preprocessed(runId)}train/`,
    validation: `${layout.preprocessed(runId)}validation/`,
    schema: layout.schemaFolder(runId),
  };
  return channelNames(config).map((name) => channel(name, folders[name]));
}

/**
 * A Training job, on Spot if configured, then on demand if allowed; where it reads a file system, the data is imported
 * before. Input `{"image": …}`, output `{image, jobName, modelDataUrl, finalMetrics, trainingSeconds,
 * billableSeconds}`.
 */
export class TrainPhase extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };
  private readonly trained: sfn.Pass;
  private readonly fileSystem: TrainingFileSystem | undefined;
  private readonly jobRole: JobRole;

  constructor(
    scope: Construct,
    id: string,
    private readonly run: RunContext,
  ) {
    super(scope, id);
    const { config, network, store } = run;
    const { spot, input } = config.training;
    if (network && input.mode === 'FSxLustre') {
      this.fileSystem = new TrainingFileSystem(this, 'FileSystem', { input, store, network });
    }
    this.jobRole = this.trainingRole();
    this.trained = sfn.Pass.jsonata(this, 'Trained', {
      stateName: 'Keep training result',
      outputs: jsonata('$trainingResult'),
    });
    const train = this.train('Train', 'Train model', '$plan.names.training', spot !== null);
    const incomplete = this.incomplete('Incomplete', 'Training incomplete');
    const completed = this.completed('Completed', 'Training completed?');
    train.next(completed);
    if (spot?.onDemandFallback) this.fallBack(train, completed, incomplete);
    else completed.otherwise(incomplete);
    const paths = ['$plan.uris.preprocessed', ...(readsSchema(config) ? ['$plan.uris.schema'] : [])];
    const steps = this.fileSystem && new ImportSteps(this, 'Import', { fileSystem: this.fileSystem, paths });
    steps?.exits.done.to(train);
    this.startState = steps?.startState ?? train;
    this.exits = { done: after(this.trained) };
  }

  /**
   * Adds the same job on demand, for a Spot job without capacity or with an internal error of SageMaker; it continues
   * from the checkpoints. `RetryStrategy` of the job would do that too, but is no parameter of the optimized task.
   */
  private fallBack(train: sfn.TaskStateBase, completed: sfn.Choice, incomplete: sfn.Fail): void {
    const name = '$plan.names.trainingOnDemand';
    const onDemand = this.train('TrainOnDemand', 'Train model on demand', name, false);
    const onDemandCompleted = this.completed('OnDemandCompleted', 'Training on demand completed?');
    onDemand.next(onDemandCompleted.otherwise(incomplete));
    // A Spot job without capacity, or out of waiting time, ends as Stopped; the checkpoints remain.
    completed.otherwise(onDemand);
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Training failed',
      error: jsonata('$trainingFailure.Error'),
      cause: jsonata('$trainingFailure.Cause'),
    });
    const noCapacity = sfn.Choice.jsonata(this, 'NoCapacity', { stateName: 'Worth trying on demand?' })
      .when(
        sfn.Condition.jsonata(
          jsonata(
            "$trainingFailure.Error = 'SageMaker.ResourceLimitExceededException' or $contains($trainingFailure.Cause, /CapacityError|MaxWaitTimeExceeded|InternalServerError/)",
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

  private train(id: string, stateName: string, name: string, spot: boolean): sfn.TaskStateBase {
    const { config, store } = this.run;
    const seconds = config.training.maxRuntimeMinutes * 60;
    const waitSeconds = spot ? config.training.spot!.maxWaitMinutes * 60 : seconds;
    return new SyncJob<'Training', CreateTrainingJobCommandInput>(this, id, {
      kind: 'Training',
      ...{ config, store, role: this.jobRole, stateName, name },
      arguments: {
        ...this.trainingJob(),
        EnableManagedSpotTraining: spot,
        StoppingCondition: {
          MaxRuntimeInSeconds: seconds,
          ...(spot ? { MaxWaitTimeInSeconds: waitSeconds } : {}),
        },
      },
      timeout: Duration.seconds(waitSeconds).plus(Duration.minutes(30)),
      assign: {
        trainingStatus: jsonata('$states.result.TrainingJobStatus'),
        trainingResult: {
          image: jsonata('$states.input.image'),
          jobName: jsonata('$states.result.TrainingJobName'),
          // A job that never got an instance has none.
          modelDataUrl: jsonata(
            '$exists($states.result.ModelArtifacts.S3ModelArtifacts) ? $states.result.ModelArtifacts.S3ModelArtifacts : null',
          ),
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
  }

  /** Returns the arguments that Spot and on demand have in common. */
  private trainingJob() {
    const { store, config } = this.run;
    const { training } = config;
    const { vpcConfig } = this.jobRole;
    return {
      AlgorithmSpecification: {
        TrainingImage: jsonata('$states.input.image'),
        // A file system is mounted in mode File: SageMaker has no separate mode for it.
        TrainingInputMode: training.input.mode === 'FastFile' ? 'FastFile' : 'File',
        ...this.metricDefinitions(),
      },
      Environment: {
        [RUN_ID]: jsonata('$plan.runId'),
        MAX_RUNTIME_SECONDS: String(training.maxRuntimeMinutes * 60),
        // Otherwise a job whose GPU is not usable would train on the CPU of an expensive instance.
        ...(isGpu(training.instanceType) && { GPU_REQUIRED: 'true' }),
      },
      HyperParameters: jsonata('$plan.trainingHyperparameters'),
      InputDataConfig: this.fileSystem ? mounted(this.fileSystem, config) : bucketChannels(config),
      OutputDataConfig: { S3OutputPath: jsonata('$plan.uris.models'), KmsKeyId: store.key.keyArn },
      CheckpointConfig: { S3Uri: jsonata('$plan.uris.checkpoints'), LocalPath: CHECKPOINT_PATH },
      ResourceConfig: {
        InstanceType: training.instanceType as TrainingInstanceType,
        InstanceCount: training.instanceCount,
        VolumeSizeInGB: jsonata('$plan.volumes.training'),
        ...volumeKey(training.instanceType, store),
      },
      EnableNetworkIsolation: true,
      ...(vpcConfig && { VpcConfig: vpcConfig }),
      // Encrypts gradients between hosts; a single host sends none.
      ...(training.instanceCount > 1 && { EnableInterContainerTrafficEncryption: true }),
    } satisfies Partial<SyncJobProps<'Training', CreateTrainingJobCommandInput>['arguments']>;
  }

  /**
   * A built-in algorithm has its own: "metrics are already defined for you" (Developer Guide, "Define metrics and
   * environment variables"), and SageMaker refuses others.
   */
  private metricDefinitions() {
    const { metrics, programs } = this.run.config;
    if ('builtIn' in programs.train) return {};
    const definitions = metrics.training.map(({ name, expression }) => ({ Name: name, Regex: expression }));
    return { MetricDefinitions: definitions };
  }

  private trainingRole(): JobRole {
    const { config, network, store, images } = this.run;
    const role = new JobRole(this, 'JobRole', {
      kind: 'Training',
      description: 'Training jobs: read splits, write checkpoints and models',
      image: images.training,
      logs: 'TrainingJobs',
      network,
    });
    const checkpoints = {
      bucket: store.artifacts,
      key: `${layout.checkpoints('*')}*`,
      because: 'the key of checkpoints holds the fingerprint of the input, known when a run starts',
    };
    // SageMaker lists the objects that it downloads as a prefix.
    store.grantList(role, store.artifacts);
    store.grantRead(role, checkpoints);
    store.grantWrite(role, checkpoints, ...store.ofRuns(`${layout.models('*')}*`));
    if (this.fileSystem) role.mount(this.fileSystem);
    else {
      const inputs = [
        ...(readsSchema(config) ? [layout.schemaFolder('*')] : []),
        layout.preprocessed('*'),
      ].map((folder) => `${folder}*`);
      store.grantRead(role, ...store.ofRuns(...inputs));
    }
    // SageMaker requires it of a role whose artifacts have a separate key (API reference, OutputDataConfig).
    role.allow(['kms:Encrypt'], [store.key.keyArn]);
    return role;
  }
}
