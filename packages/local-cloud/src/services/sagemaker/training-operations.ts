import type { DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import { notSupported, ServiceError } from '../../model/errors';
import { answer } from '../../core/answer';
import { JobFailure, JobRunner, MACHINE_STOPPED } from './job-runner';
import type { JobOperations } from './processing-operations';
import { checkTrainingLimits, validation } from './limits';
import { listedJobs, type JobKey } from './listing';
import { checkVpc } from './vpc-check';
import { checkFileSystemChannels } from './training-file-systems';
import { admitTraining } from './quota-usage';
import { authorizeOutputKey, authorizeVolumeKey, sessionOf } from './role-access';
import type { SageMakerContext } from './state';
import { MAX_MESSAGE, TrainingRun, type TrainingChanges } from './training-run';

type Job = DescribeTrainingJobResponse;

/** Training jobs on one instance, on demand and on Spot. */
export function trainingOperations(context: SageMakerContext, directory: string): JobOperations {
  const { cloud, state, store } = context;
  const running = new Map<string, { runner: JobRunner; done: Promise<void> }>();

  function find(name: string): Job {
    const job = state.trainingJobs[name];
    if (!job) throw validation('Requested resource not found.');
    return job;
  }

  function announce(job: Job): void {
    store.changed();
    cloud.events.publish({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Training Job State Change',
      detail: {
        TrainingJobName: job.TrainingJobName,
        TrainingJobArn: job.TrainingJobArn,
        TrainingJobStatus: job.TrainingJobStatus,
        SecondaryStatus: job.SecondaryStatus,
      },
      resources: [job.TrainingJobArn!],
    });
  }

  function changesOf(job: Job): TrainingChanges {
    return {
      enter(status, message) {
        const now = new Date(cloud.clock.now());
        const transitions = (job.SecondaryStatusTransitions ??= []);
        const last = transitions.at(-1);
        if (last) last.EndTime = now;
        transitions.push({ Status: status, StartTime: now, StatusMessage: message });
        Object.assign(job, { SecondaryStatus: status, LastModifiedTime: now });
        announce(job);
      },
      set(changes) {
        Object.assign(job, changes, { LastModifiedTime: new Date(cloud.clock.now()) });
        store.changed();
      },
    };
  }

  async function run(job: Job, runner: JobRunner): Promise<void> {
    const changes = changesOf(job);
    try {
      await new TrainingRun(cloud, job, runner, changes).complete();
    } catch (error) {
      const reason = error instanceof JobFailure ? error.message : `ClientError: ${(error as Error).message}`;
      changes.set({
        TrainingJobStatus: 'Failed',
        FailureReason: reason.slice(0, MAX_MESSAGE),
        TrainingEndTime: job.TrainingEndTime ?? new Date(cloud.clock.now()),
      });
      changes.enter('Failed', 'Training job failed');
    } finally {
      await runner.cleanUp();
      running.delete(job.TrainingJobName!);
    }
  }

  return {
    operations: {
      async CreateTrainingJob(input, call) {
        const { Tags, ...request } = input;
        const name = request.TrainingJobName!;
        checkTrainingLimits(input);
        checkFileSystemChannels(input);
        check(request as Job);
        if (state.trainingJobs[name]) {
          throw new ServiceError(
            'ResourceInUse',
            `Training job names must be unique within an AWS account and region, and a training job with this name already exists (${state.trainingJobs[name].TrainingJobArn})`,
          );
        }
        const arn = cloud.arn('sagemaker', `training-job/${name.toLowerCase()}`);
        const role = sessionOf(cloud, request.RoleArn!, arn);
        checkVpc(cloud, request.VpcConfig, role);
        authorizeVolumeKey(cloud, call, request.ResourceConfig!.VolumeKmsKeyId, role);
        authorizeOutputKey(cloud, role, request.OutputDataConfig!.KmsKeyId);
        const spot = request.EnableManagedSpotTraining === true;
        admitTraining(context, request.ResourceConfig!, spot);
        const job = (state.trainingJobs[name] = {
          ...request,
          TrainingJobArn: arn,
          TrainingJobStatus: 'InProgress',
          SecondaryStatus: 'Starting',
          SecondaryStatusTransitions: [],
          ModelArtifacts: { S3ModelArtifacts: '' },
          CreationTime: new Date(cloud.clock.now()),
        } as unknown as Job);
        if (Tags) state.tags[arn] = Tags;
        const runner = new JobRunner(context, {
          kind: 'training',
          spot,
          name,
          arn,
          roleArn: request.RoleArn!,
          imageUri: request.AlgorithmSpecification!.TrainingImage!,
          logs: 'TrainingJobs',
          isolated: request.EnableNetworkIsolation === true,
          directory,
        });
        running.set(name, { runner, done: run(job, runner) });
        return { TrainingJobArn: arn };
      },

      async DescribeTrainingJob({ TrainingJobName }) {
        return answer(find(TrainingJobName!));
      },

      async StopTrainingJob({ TrainingJobName }) {
        const job = find(TrainingJobName!);
        if (job.TrainingJobStatus !== 'InProgress') {
          throw validation(
            `The request was rejected because the training job is in status ${job.TrainingJobStatus}.`,
          );
        }
        changesOf(job).set({ TrainingJobStatus: 'Stopping' });
        void running.get(TrainingJobName!)?.runner.stop();
        return {};
      },

      async ListTrainingJobs({ StatusEquals, WarmPoolStatusEquals, TrainingPlanArnEquals, ...request }) {
        if (WarmPoolStatusEquals ?? TrainingPlanArnEquals)
          throw notSupported('warm pools and training plans', 'Leave the filter out.');
        const { items, NextToken } = listedJobs(Object.values(state.trainingJobs), keyOfJob, request);
        // The page is chosen first and the status filter applied to it, as this operation's API reference says.
        const shown = items.filter((job) => !StatusEquals || job.TrainingJobStatus === StatusEquals);
        const TrainingJobSummaries = shown.map((job) => {
          const { TrainingJobName, TrainingJobArn, TrainingJobStatus, SecondaryStatus } = job;
          const { CreationTime, TrainingEndTime, LastModifiedTime } = job;
          return answer({
            ...{ TrainingJobName, TrainingJobArn, TrainingJobStatus, SecondaryStatus },
            ...{ CreationTime, TrainingEndTime, LastModifiedTime },
          });
        });
        return { TrainingJobSummaries, NextToken };
      },
    },
    abandon() {
      for (const job of Object.values(state.trainingJobs)) {
        if (!['InProgress', 'Stopping'].includes(job.TrainingJobStatus!)) continue;
        const changes = changesOf(job);
        changes.set({
          TrainingJobStatus: 'Failed',
          FailureReason: MACHINE_STOPPED,
          TrainingEndTime: new Date(cloud.clock.now()),
        });
        changes.enter('Failed', 'Training job failed');
      }
    },
    async stop() {
      await Promise.all(
        [...running.values()].map(async ({ runner, done }) => {
          await runner.abandon();
          await done;
        }),
      );
    },
  };
}

/** Checks SageMaker's rules between fields, and refuses what this cloud does not support. */
function check(request: Job): void {
  const { StoppingCondition, EnableManagedSpotTraining, ResourceConfig, AlgorithmSpecification } = request;
  const { MaxRuntimeInSeconds = 86_400, MaxWaitTimeInSeconds } = StoppingCondition ?? {};
  if (EnableManagedSpotTraining && MaxWaitTimeInSeconds === undefined) {
    throw validation('MaxWaitTimeInSeconds must be set when EnableManagedSpotTraining is true.');
  }
  if (!EnableManagedSpotTraining && MaxWaitTimeInSeconds !== undefined) {
    throw validation('MaxWaitTimeInSeconds can only be set when EnableManagedSpotTraining is true.');
  }
  if (MaxWaitTimeInSeconds !== undefined && MaxWaitTimeInSeconds < MaxRuntimeInSeconds) {
    throw validation(
      `Invalid MaxWaitTimeInSeconds ${MaxWaitTimeInSeconds}. It must be greater than or equal to MaxRuntimeInSeconds ${MaxRuntimeInSeconds}.`,
    );
  }
  if (ResourceConfig!.InstanceCount !== 1) {
    throw notSupported('training on several instances', 'Use InstanceCount 1 here.');
  }
  if (!AlgorithmSpecification?.TrainingImage) throw notSupported('AlgorithmName', 'Use TrainingImage.');
  // Both modes give the same files at the same paths; this cloud copies them before the start.
  if (!['File', 'FastFile'].includes(AlgorithmSpecification.TrainingInputMode!)) {
    throw notSupported(
      `TrainingInputMode ${AlgorithmSpecification.TrainingInputMode}`,
      'Use File or FastFile.',
    );
  }
  for (const { ChannelName, DataSource } of request.InputDataConfig ?? []) {
    if (!DataSource?.S3DataSource && !DataSource?.FileSystemDataSource) {
      throw notSupported(
        `the data source of channel ${ChannelName}`,
        'Use S3DataSource or FileSystemDataSource.',
      );
    }
  }
}

function keyOfJob(job: Job): JobKey {
  const created = new Date(job.CreationTime!);
  return {
    ...{ name: job.TrainingJobName!, created, status: job.TrainingJobStatus },
    modified: new Date(job.LastModifiedTime ?? job.TrainingEndTime ?? created),
  };
}
