import type { DescribeTransformJobResponse } from '@aws-sdk/client-sagemaker';
import { admitTransform } from './quota-usage';
import { ServiceError } from '../../model/errors';
import { answer } from '../../core/answer';
import { JobFailure, JobRunner, MACHINE_STOPPED } from './job-runner';
import { listedJobs, type JobKey } from './listing';
import type { JobOperations } from './processing-operations';
import { validation } from './request-limits';
import { authorizeVolumeKey, sessionOf } from './role-access';
import type { SageMakerContext } from './state';
import { checkTransformLimits } from './transform-limits';
import { TransformRun } from './transform-run';

/** Maximum of `FailureReason`, in characters. */
const MAX_MESSAGE = 1024;

type Job = DescribeTransformJobResponse;

/** Batch transform jobs on one instance. */
export function transformOperations(context: SageMakerContext, directory: string): JobOperations {
  const { cloud, state, store } = context;
  const running = new Map<string, { runner: JobRunner; done: Promise<void> }>();

  function find(name: string): Job {
    const job = state.transformJobs[name];
    if (!job) throw validation('Requested resource not found.');
    return job;
  }

  function change(job: Job, changes: Partial<Job>): void {
    Object.assign(job, changes);
    store.changed();
    const { TransformJobName, TransformJobArn, TransformJobStatus, ModelName } = job;
    cloud.events.publish({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Transform Job State Change',
      detail: { TransformJobName, TransformJobArn, TransformJobStatus, ModelName },
      resources: [TransformJobArn!],
    });
  }

  async function run(job: Job, work: TransformRun, runner: JobRunner): Promise<void> {
    const now = () => new Date(cloud.clock.now());
    try {
      await work.complete(() => change(job, { TransformStartTime: now() }));
      const TransformJobStatus = runner.stopped ? 'Stopped' : 'Completed';
      change(job, { TransformJobStatus, TransformEndTime: now() });
    } catch (error) {
      const reason = error instanceof JobFailure ? error.message : `ClientError: ${(error as Error).message}`;
      const FailureReason = reason.slice(0, MAX_MESSAGE);
      change(job, { TransformJobStatus: 'Failed', FailureReason, TransformEndTime: now() });
    } finally {
      await runner.cleanUp();
      running.delete(job.TransformJobName!);
    }
  }

  return {
    operations: {
      async CreateTransformJob({ Tags, ...request }, call) {
        checkTransformLimits({ ...request, Tags });
        const name = request.TransformJobName!;
        const before = state.transformJobs[name];
        if (before) {
          throw new ServiceError(
            'ResourceInUse',
            `Job name must be unique within an AWS account and region, and a job with this name already exists (${before.TransformJobArn})`,
          );
        }
        const model = state.models[request.ModelName!];
        if (!model) {
          const modelArn = cloud.arn('sagemaker', `model/${request.ModelName!.toLowerCase()}`);
          throw validation(`Could not find model "${modelArn}".`);
        }
        const arn = cloud.arn('sagemaker', `transform-job/${name.toLowerCase()}`);
        const role = sessionOf(cloud, model.ExecutionRoleArn!, arn);
        authorizeVolumeKey(cloud, call, request.TransformResources!.VolumeKmsKeyId, role);
        admitTransform(context, request.TransformResources!);
        const job: Job = {
          ...request,
          TransformJobName: name,
          ModelName: request.ModelName,
          TransformInput: request.TransformInput,
          TransformResources: request.TransformResources,
          TransformJobArn: arn,
          TransformJobStatus: 'InProgress',
          CreationTime: new Date(cloud.clock.now()),
        };
        state.transformJobs[name] = job;
        if (Tags) state.tags[arn] = Tags;
        const runner = new JobRunner(context, {
          kind: 'transform',
          model: model.ModelName,
          name,
          arn,
          roleArn: model.ExecutionRoleArn!,
          imageUri: model.PrimaryContainer!.Image!,
          logs: 'TransformJobs',
          isolated: model.EnableNetworkIsolation === true,
          directory,
        });
        change(job, {});
        const work = new TransformRun(cloud, job, model, runner, context.timeouts.startup);
        running.set(name, { runner, done: run(job, work, runner) });
        return { TransformJobArn: arn };
      },

      async DescribeTransformJob({ TransformJobName = '' }) {
        return answer(find(TransformJobName));
      },

      async StopTransformJob({ TransformJobName = '' }) {
        const job = find(TransformJobName);
        if (job.TransformJobStatus !== 'InProgress') {
          throw validation(
            `The request was rejected because the transform job is in status ${job.TransformJobStatus}.`,
          );
        }
        change(job, { TransformJobStatus: 'Stopping' });
        void running.get(TransformJobName)?.runner.stop();
        return {};
      },

      async ListTransformJobs(request) {
        const { items, NextToken } = listedJobs(Object.values(state.transformJobs), keyOfJob, request);
        const TransformJobSummaries = items.map((job) => {
          const { TransformJobName, TransformJobArn, CreationTime, TransformEndTime } = job;
          const { TransformJobStatus, FailureReason } = job;
          return answer({
            ...{ TransformJobName, TransformJobArn, CreationTime, TransformEndTime },
            ...{ LastModifiedTime: keyOfJob(job).modified, TransformJobStatus, FailureReason },
          });
        });
        return { TransformJobSummaries, NextToken };
      },
    },
    abandon() {
      for (const job of Object.values(state.transformJobs)) {
        if (!['InProgress', 'Stopping'].includes(job.TransformJobStatus!)) continue;
        change(job, {
          TransformJobStatus: 'Failed',
          FailureReason: MACHINE_STOPPED,
          TransformEndTime: new Date(cloud.clock.now()),
        });
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

function keyOfJob(job: Job): JobKey {
  const created = new Date(job.CreationTime!);
  return {
    ...{ name: job.TransformJobName!, created, status: job.TransformJobStatus },
    modified: new Date(job.TransformEndTime ?? created),
  };
}
