import type { Channel, DescribeTrainingJobResponse, SecondaryStatus } from '@aws-sdk/client-sagemaker';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  watch,
  writeFileSync,
  type FSWatcher,
} from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import type { Cloud } from '../../core/cloud';
import type { Mount } from '../../containers/engine';
import { lockFolder, unlockFolder } from '../../jobs/read-only';
import { JobFailure, type JobRunner } from './job-runner';
import { FileSystemMounts } from './training-file-systems';
import { TrainingMetrics } from './training-metrics';

type Job = DescribeTrainingJobResponse;

/** Maximum of `FailureReason`, in characters. */
export const MAX_MESSAGE = 1024;

export interface TrainingChanges {
  /** Sets a secondary status, with SageMaker's message for it. */
  enter(status: SecondaryStatus, message: string): void;
  set(changes: Partial<Job>): void;
}

/** The run of one training job, from the image to the artifact. */
export class TrainingRun {
  private readonly metrics: TrainingMetrics;
  private timedOut: 'MaxRuntimeExceeded' | 'MaxWaitTimeExceeded' | undefined;
  private trainingMs = 0;
  /** Channels on file systems. */
  private readonly readOnlyChannels: Mount[] = [];

  constructor(
    private readonly cloud: Cloud,
    private readonly job: Job,
    private readonly runner: JobRunner,
    private readonly changes: TrainingChanges,
  ) {
    this.metrics = new TrainingMetrics(
      cloud,
      job.TrainingJobName!,
      job.AlgorithmSpecification?.MetricDefinitions,
    );
  }

  /** @throws JobFailure if SageMaker would end the job as Failed */
  async complete(): Promise<void> {
    const { runner, changes } = this;
    changes.enter('Starting', 'Preparing the instances for training');
    await runner.pull();
    if (runner.withoutSpot) return this.waitInVain();
    changes.enter('Downloading', 'Downloading input data');
    const exitCode = await this.downloadAndTrain().finally(() => this.unlock());
    changes.set({
      TrainingEndTime: new Date(this.cloud.clock.now()),
      TrainingTimeInSeconds: Math.ceil(this.trainingMs / 1000),
      BillableTimeInSeconds: Math.ceil(this.trainingMs / 1000),
      FinalMetricDataList: this.metrics.final(),
    });
    if (exitCode !== 0 && !runner.stopped && !this.timedOut)
      throw new JobFailure(runner.endReason ?? this.failureReason(exitCode));
    changes.enter('Uploading', 'Uploading generated training model');
    await this.uploadModel();
    if (this.timedOut) {
      changes.set({ TrainingJobStatus: 'Stopped' });
      changes.enter(this.timedOut, `Training job ran over its time: ${this.timedOut}`);
    } else if (runner.stopped) {
      changes.set({ TrainingJobStatus: 'Stopped' });
      changes.enter('Stopped', 'Training job stopped');
    } else {
      changes.set({ TrainingJobStatus: 'Completed' });
      changes.enter('Completed', 'Training job completed');
    }
  }

  /** Ends a job that never got an instance: as Stopped, without an artifact. */
  private waitInVain(): void {
    this.changes.set({ TrainingJobStatus: 'Stopped' });
    this.changes.enter('MaxWaitTimeExceeded', 'Training job ran over its time: MaxWaitTimeExceeded');
  }

  private async downloadAndTrain(): Promise<number> {
    await this.download();
    this.writeConfiguration();
    this.changes.set({ TrainingStartTime: new Date(this.cloud.clock.now()) });
    return this.train();
  }

  /** Runs attempts until one is not interrupted. */
  private async train(): Promise<number> {
    for (;;) {
      await this.downloadCheckpoints();
      this.changes.enter('Training', 'Training image download completed. Training in progress.');
      const { exitCode, interrupted } = await this.attempt().finally(() => this.uploadCheckpoints());
      if (!interrupted) return exitCode;
      this.changes.enter('Interrupted', 'Spot capacity was reclaimed');
      this.changes.enter('Starting', 'Waiting for Spot capacity');
    }
  }

  private async attempt(): Promise<{ exitCode: number; interrupted: boolean }> {
    const { job, runner } = this;
    const started = performance.now();
    let interrupted = false;
    const watcher = this.interruptAfterCheckpoint(() => (interrupted = true));
    const deadline = this.deadline();
    try {
      const { exitCode } = await runner.run(
        {
          entrypoint: job.AlgorithmSpecification!.ContainerEntrypoint,
          arguments: job.AlgorithmSpecification!.ContainerArguments ?? ['train'],
          environment: {
            ...job.Environment,
            TRAINING_JOB_NAME: job.TrainingJobName!,
            TRAINING_JOB_ARN: job.TrainingJobArn!,
          },
          mounts: this.mounts(),
        },
        (line) => this.metrics.scan(line),
      );
      if (runner.outOfTime) this.timedOut = 'MaxRuntimeExceeded';
      return { exitCode, interrupted };
    } finally {
      watcher?.close();
      clearTimeout(deadline);
      await this.metrics.publish(runner.caller);
      this.trainingMs += performance.now() - started;
    }
  }

  /** Interrupts the attempt after a new checkpoint, if the job writes checkpoints. */
  private interruptAfterCheckpoint(note: () => void): FSWatcher | undefined {
    if (!this.job.EnableManagedSpotTraining || !this.job.CheckpointConfig) return undefined;
    let taken = false;
    return watch(this.checkpointFolder(), (_event, file) => {
      // A temporary file is not yet a checkpoint.
      if (taken || !file || file.startsWith('.') || file.endsWith('.tmp')) return;
      if (!this.runner.takeInterruption()) return;
      taken = true;
      note();
      void this.runner.interrupt();
    });
  }

  private deadline(): NodeJS.Timeout {
    const { MaxRuntimeInSeconds = 86_400, MaxWaitTimeInSeconds } = this.job.StoppingCondition ?? {};
    const left = MaxRuntimeInSeconds * 1000 - this.trainingMs;
    return setTimeout(
      () => {
        this.timedOut =
          MaxWaitTimeInSeconds === MaxRuntimeInSeconds ? 'MaxWaitTimeExceeded' : 'MaxRuntimeExceeded';
        void this.runner.interrupt();
      },
      Math.min(left, 2 ** 31 - 1),
    ).unref();
  }

  private async download(): Promise<void> {
    for (const channel of this.job.InputDataConfig ?? []) {
      const folder = this.runner.path('input', 'data', channel.ChannelName!);
      if (channel.DataSource!.FileSystemDataSource) {
        await this.mount(channel, folder);
        continue;
      }
      const { S3Uri, S3DataType } = channel.DataSource!.S3DataSource!;
      try {
        const count = await (S3DataType === 'ManifestFile'
          ? this.runner.s3.downloadManifest(S3Uri!, folder)
          : this.runner.s3.downloadPrefix(S3Uri!, folder));
        if (count === 0)
          throw new Error(`No S3 objects found under S3 URL "${S3Uri}" given in input data source.`);
      } catch (error) {
        const { name, message } = error as Error;
        throw new JobFailure(
          `ClientError: Data download failed: channel ${channel.ChannelName}: ${message} (${name}). Please ensure that the bucket exists in the selected region, that objects exist with that S3 key prefix, and that the role may read them.`,
        );
      }
    }
  }

  private async mount(channel: Channel, folder: string): Promise<void> {
    const { FileSystemId } = channel.DataSource!.FileSystemDataSource!;
    try {
      await new FileSystemMounts(this.cloud, this.job, this.runner.caller).mount(channel, folder);
    } catch (error) {
      const { name, message } = error as Error;
      throw new JobFailure(
        `ClientError: Unable to mount file system ${FileSystemId} for channel ${channel.ChannelName}: ${message} (${name}).`,
      );
    }
    lockFolder(folder);
    const target = `/opt/ml/input/data/${channel.ChannelName}`;
    this.readOnlyChannels.push({ source: folder, target, readOnly: true });
  }

  /** Makes mounted files writable, so that they can be removed. */
  private unlock(): void {
    unlockFolder(join(this.runner.base, 'input', 'data'));
  }

  private get checkpointPath(): string {
    return this.job.CheckpointConfig?.LocalPath ?? '/opt/ml/checkpoints';
  }

  /** Returns the folders that are not below the base, or are not writable as it is. */
  private mounts(): Mount[] {
    const { checkpointPath } = this;
    const outside = this.job.CheckpointConfig && !checkpointPath.startsWith('/opt/ml/');
    return [
      ...this.readOnlyChannels,
      ...(outside ? [{ source: this.checkpointFolder(), target: checkpointPath }] : []),
    ];
  }

  private checkpointFolder(): string {
    const folder = join(this.runner.base, this.checkpointPath.replace(/^\/opt\/ml\//, ''));
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  private async downloadCheckpoints(): Promise<void> {
    const uri = this.job.CheckpointConfig?.S3Uri;
    if (uri) await this.runner.s3.downloadPrefix(folderUri(uri), this.checkpointFolder());
  }

  private async uploadCheckpoints(): Promise<void> {
    const uri = this.job.CheckpointConfig?.S3Uri;
    if (uri) await this.runner.s3.upload(this.checkpointFolder(), uri, this.job.OutputDataConfig?.KmsKeyId);
  }

  private async uploadModel(): Promise<void> {
    const { job, runner } = this;
    const model = runner.path('model');
    runner.spoil(model);
    const uri = `${job.OutputDataConfig!.S3OutputPath!.replace(/\/$/, '')}/${job.TrainingJobName}/output/model.tar.gz`;
    const archive = join(runner.path(), '..', 'model.tar.gz');
    // A job that wrote nothing has an empty archive.
    const names = readdirSync(model).sort();
    await create({ gzip: true, cwd: model, file: archive }, names.length > 0 ? names : ['.']);
    try {
      await runner.s3.uploadFile(archive, uri, job.OutputDataConfig!.KmsKeyId);
    } catch (error) {
      throw new JobFailure(`ClientError: Artifact upload failed: ${(error as Error).message}`);
    }
    this.changes.set({ ModelArtifacts: { S3ModelArtifacts: uri } });
  }

  private failureReason(exitCode: number): string {
    const file = join(this.runner.base, 'output', 'failure');
    const said = existsSync(file) ? readFileSync(file, 'utf8').slice(0, MAX_MESSAGE).trim() : '';
    return `AlgorithmError: ${said}, exit code: ${exitCode}`;
  }

  private writeConfiguration(): void {
    const { job, runner } = this;
    const config = runner.path('input', 'config');
    const write = (name: string, value: unknown) => writeFileSync(join(config, name), JSON.stringify(value));
    write('hyperparameters.json', job.HyperParameters ?? {});
    write(
      'inputdataconfig.json',
      Object.fromEntries(
        (job.InputDataConfig ?? []).map((channel) => [
          channel.ChannelName,
          {
            TrainingInputMode: 'File',
            S3DistributionType: channel.DataSource!.S3DataSource?.S3DataDistributionType ?? 'FullyReplicated',
            RecordWrapperType: channel.RecordWrapperType ?? 'None',
            ...(channel.ContentType && { ContentType: channel.ContentType }),
          },
        ]),
      ),
    );
    write('resourceconfig.json', {
      current_host: 'algo-1',
      current_instance_type: job.ResourceConfig!.InstanceType,
      current_group_name: 'homogeneousCluster',
      hosts: ['algo-1'],
      instance_groups: [
        {
          instance_group_name: 'homogeneousCluster',
          instance_type: job.ResourceConfig!.InstanceType,
          hosts: ['algo-1'],
        },
      ],
      network_interface_name: 'lo',
    });
    if (job.CheckpointConfig) {
      this.checkpointFolder();
      write('checkpointconfig.json', { LocalPath: runner.pathInside(this.checkpointPath) });
    }
    for (const folder of ['model', 'output', 'output/data']) runner.path(folder);
  }
}

function folderUri(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}
