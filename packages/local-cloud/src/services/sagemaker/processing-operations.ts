import type { DescribeProcessingJobResponse, ProcessingInput } from '@aws-sdk/client-sagemaker';
import { admitProcessing } from './quota-usage';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { notSupported, ServiceError } from '../../model/errors';
import type { Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { JobFailure, JobRunner, MACHINE_STOPPED } from './job-runner';
import { checkProcessingLimits, validation } from './limits';
import { listedJobs, type JobKey } from './listing';
import { checkVpc } from './vpc-check';
import { authorizeVolumeKey, sessionOf } from './role-access';
import type { SageMakerContext } from './state';

/** Maximum of `ExitMessage` and `FailureReason`, in characters. */
const MAX_MESSAGE = 1024;
const PROCESSING = '/opt/ml/processing';

type Job = DescribeProcessingJobResponse;

export interface JobOperations {
  operations: Operations<'sagemaker'>;
  /** Ends jobs that an earlier process left running. */
  abandon(): void;
  stop(): Promise<void>;
}

/** Processing jobs on one instance. */
export function processingOperations(context: SageMakerContext, directory: string): JobOperations {
  const { cloud, state, store } = context;
  const running = new Map<string, { runner: JobRunner; done: Promise<void> }>();

  function find(name: string): Job {
    const job = state.processingJobs[name];
    if (!job) throw validation('Requested resource not found.');
    return job;
  }

  function change(job: Job, changes: Partial<Job>): void {
    Object.assign(job, changes, { LastModifiedTime: new Date(cloud.clock.now()) });
    store.changed();
    cloud.events.publish({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Processing Job State Change',
      detail: {
        ProcessingJobName: job.ProcessingJobName,
        ProcessingJobArn: job.ProcessingJobArn,
        ProcessingJobStatus: job.ProcessingJobStatus,
      },
      resources: [job.ProcessingJobArn!],
    });
  }

  async function run(job: Job, runner: JobRunner): Promise<void> {
    try {
      await runner.pull();
      await download(job, runner);
      writeConfiguration(job, runner);
      change(job, { ProcessingStartTime: new Date(cloud.clock.now()) });
      const { MaxRuntimeInSeconds = 86_400 } = job.StoppingCondition ?? {};
      const timer = setTimeout(() => void runner.stop(), MaxRuntimeInSeconds * 1000).unref();
      const { exitCode } = await runner.run({
        entrypoint: job.AppSpecification!.ContainerEntrypoint,
        arguments: job.AppSpecification!.ContainerArguments,
        environment: {
          ...job.Environment,
          PROCESSING_JOB_NAME: job.ProcessingJobName!,
          PROCESSING_JOB_ARN: job.ProcessingJobArn!,
        },
      });
      clearTimeout(timer);
      if (runner.outOfTime) runner.stopped = true;
      const ended = { ProcessingEndTime: new Date(cloud.clock.now()), ExitMessage: exitMessage(runner) };
      await upload(job, runner);
      if (runner.stopped) change(job, { ...ended, ProcessingJobStatus: 'Stopped' });
      else if (exitCode === 0) change(job, { ...ended, ProcessingJobStatus: 'Completed' });
      else {
        const reason =
          runner.endReason ?? `AlgorithmError: See job logs for more information, exit code: ${exitCode}`;
        change(job, { ...ended, ProcessingJobStatus: 'Failed', FailureReason: reason });
      }
    } catch (error) {
      const reason = error instanceof JobFailure ? error.message : `ClientError: ${(error as Error).message}`;
      change(job, {
        ProcessingJobStatus: 'Failed',
        FailureReason: reason.slice(0, MAX_MESSAGE),
        ProcessingEndTime: new Date(cloud.clock.now()),
      });
    } finally {
      await runner.cleanUp();
      running.delete(job.ProcessingJobName!);
    }
  }

  return {
    operations: {
      async CreateProcessingJob(input, call) {
        const { Tags, ...request } = input;
        const name = request.ProcessingJobName!;
        checkProcessingLimits(input);
        refuseUnsupported(request);
        if (state.processingJobs[name]) {
          throw new ServiceError(
            'ResourceInUse',
            `Processing job names must be unique within an AWS account and region, and a processing job with this name already exists (${state.processingJobs[name].ProcessingJobArn})`,
          );
        }
        const arn = cloud.arn('sagemaker', `processing-job/${name.toLowerCase()}`);
        const role = sessionOf(cloud, request.RoleArn!, arn);
        checkVpc(cloud, request.NetworkConfig?.VpcConfig, role);
        authorizeVolumeKey(cloud, call, request.ProcessingResources!.ClusterConfig!.VolumeKmsKeyId, role);
        admitProcessing(context, request.ProcessingResources!.ClusterConfig!);
        const now = new Date(cloud.clock.now());
        const job = (state.processingJobs[name] = {
          ...request,
          ProcessingJobArn: arn,
          ProcessingJobStatus: 'InProgress',
          CreationTime: now,
        } as Job);
        if (Tags) state.tags[arn] = Tags;
        const runner = new JobRunner(context, {
          kind: 'processing',
          name,
          arn,
          roleArn: request.RoleArn!,
          imageUri: request.AppSpecification!.ImageUri!,
          logs: 'ProcessingJobs',
          isolated: request.NetworkConfig?.EnableNetworkIsolation === true,
          directory,
        });
        change(job, {});
        running.set(name, { runner, done: run(job, runner) });
        return { ProcessingJobArn: arn };
      },

      async DescribeProcessingJob({ ProcessingJobName }) {
        return answer(find(ProcessingJobName!));
      },

      async StopProcessingJob({ ProcessingJobName }) {
        const job = find(ProcessingJobName!);
        if (job.ProcessingJobStatus !== 'InProgress') {
          throw validation(
            `The request was rejected because the processing job is in status ${job.ProcessingJobStatus}.`,
          );
        }
        change(job, { ProcessingJobStatus: 'Stopping' });
        void running.get(ProcessingJobName!)?.runner.stop();
        return {};
      },

      async ListProcessingJobs(request) {
        const { items, NextToken } = listedJobs(Object.values(state.processingJobs), keyOfJob, request);
        const ProcessingJobSummaries = items.map((job) => {
          const { ProcessingJobName, ProcessingJobArn, ProcessingJobStatus, FailureReason } = job;
          const { CreationTime, ProcessingEndTime, LastModifiedTime } = job;
          return answer({
            ...{ ProcessingJobName, ProcessingJobArn, ProcessingJobStatus, FailureReason },
            ...{ CreationTime, ProcessingEndTime, LastModifiedTime },
          });
        });
        return { ProcessingJobSummaries, NextToken };
      },
    },
    abandon() {
      for (const job of Object.values(state.processingJobs)) {
        if (!['InProgress', 'Stopping'].includes(job.ProcessingJobStatus!)) continue;
        change(job, {
          ProcessingJobStatus: 'Failed',
          FailureReason: MACHINE_STOPPED,
          ProcessingEndTime: new Date(cloud.clock.now()),
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

function refuseUnsupported(request: Partial<Job>): void {
  const { ClusterConfig } = request.ProcessingResources ?? {};
  if (ClusterConfig!.InstanceCount !== 1) {
    throw notSupported('Processing jobs of several instances', 'Use InstanceCount 1, or a Map of jobs.');
  }
  for (const { InputName, S3Input, DatasetDefinition } of request.ProcessingInputs ?? []) {
    if (DatasetDefinition) throw notSupported('DatasetDefinition', 'Use S3Input.');
    if (!S3Input?.LocalPath?.startsWith(PROCESSING)) {
      throw validation(
        `ProcessingInput ${InputName}: LocalPath '${S3Input?.LocalPath}' must begin with ${PROCESSING}/`,
      );
    }
    if (S3Input.S3InputMode !== 'File') throw notSupported(`S3InputMode ${S3Input.S3InputMode}`, 'Use File.');
  }
  for (const { OutputName, S3Output, FeatureStoreOutput } of request.ProcessingOutputConfig?.Outputs ?? []) {
    if (FeatureStoreOutput) throw notSupported('FeatureStoreOutput', 'Use S3Output.');
    if (!S3Output?.LocalPath?.startsWith(PROCESSING)) {
      throw validation(
        `ProcessingOutput ${OutputName}: LocalPath '${S3Output?.LocalPath}' must begin with ${PROCESSING}/`,
      );
    }
    if (S3Output.S3UploadMode !== 'EndOfJob') {
      throw notSupported(`S3UploadMode ${S3Output.S3UploadMode}`, 'Use EndOfJob.');
    }
  }
}

async function download(job: Job, runner: JobRunner): Promise<void> {
  for (const input of job.ProcessingInputs ?? []) {
    const { S3Uri, S3DataType, LocalPath } = input.S3Input!;
    const folder = local(runner, LocalPath!);
    try {
      const count = await (S3DataType === 'ManifestFile'
        ? runner.s3.downloadManifest(S3Uri!, folder)
        : runner.s3.downloadPrefix(S3Uri!, folder));
      if (count === 0) throw new Error(`No S3 objects found under S3 URL "${S3Uri}"`);
    } catch (error) {
      throw new JobFailure(`ClientError: Failed to download data. ${described(input, error as Error)}`);
    }
  }
}

function described({ InputName }: ProcessingInput, error: Error): string {
  return `Input ${InputName}: ${error.message} (${error.name})`;
}

async function upload(job: Job, runner: JobRunner): Promise<void> {
  const { Outputs = [], KmsKeyId } = job.ProcessingOutputConfig ?? {};
  for (const { OutputName, S3Output } of Outputs) {
    const folder = local(runner, S3Output!.LocalPath!);
    runner.spoil(folder);
    try {
      await runner.s3.upload(folder, S3Output!.S3Uri!, KmsKeyId);
    } catch (error) {
      throw new JobFailure(`ClientError: Failed to upload output ${OutputName}: ${(error as Error).message}`);
    }
  }
}

/** Returns the path of `/opt/ml/processing/input/x` below the job's base. */
function local(runner: JobRunner, path: string): string {
  const folder = join(runner.base, path.slice('/opt/ml/'.length));
  mkdirSync(folder, { recursive: true });
  return folder;
}

function writeConfiguration(job: Job, runner: JobRunner): void {
  const config = runner.path('config');
  const {
    ProcessingJobArn,
    ProcessingJobName,
    AppSpecification,
    Environment,
    ProcessingInputs,
    ProcessingResources,
  } = job;
  writeFileSync(
    join(config, 'processingjobconfig.json'),
    JSON.stringify({
      ProcessingJobArn,
      ProcessingJobName,
      AppSpecification,
      Environment,
      ProcessingInputs,
      ProcessingResources,
    }),
  );
  writeFileSync(
    join(config, 'resourceconfig.json'),
    JSON.stringify({ current_host: 'algo-1', hosts: ['algo-1'] }),
  );
  runner.path('output');
  // Outputs are written below it.
  runner.path('processing');
}

function exitMessage(runner: JobRunner): string | undefined {
  const file = join(runner.base, 'output', 'message');
  return existsSync(file) ? readFileSync(file, 'utf8').slice(0, MAX_MESSAGE) : undefined;
}

function keyOfJob(job: Job): JobKey {
  const created = new Date(job.CreationTime!);
  return {
    ...{ name: job.ProcessingJobName!, created, status: job.ProcessingJobStatus },
    modified: new Date(job.LastModifiedTime ?? job.ProcessingEndTime ?? created),
  };
}
