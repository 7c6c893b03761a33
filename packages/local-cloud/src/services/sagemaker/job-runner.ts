import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../../core/service';
import { pullImage } from '../../images/image-manifest';
import { ContainerProcess } from '../../jobs/container-process';
import type { Exit } from '../../jobs/process-group';
import { LogStream } from '../../jobs/log-stream';
import { S3Folder } from '../../jobs/s3-folder';
import type { ProcessImage } from '../../images/process-image';
import { sessionOf } from './role-access';
import type { SageMakerContext } from './state';

/** The failure reason of a job that was running when the cloud was closed. */
export const MACHINE_STOPPED = 'InternalServerError: the local cloud ended while the job ran';

/** Ends a job with a reason other than its container's exit. */
export class JobFailure extends Error {}

export interface JobSetup {
  name: string;
  arn: string;
  roleArn: string;
  imageUri: string;
  /** `TrainingJobs` or `ProcessingJobs`: part of the log group's name. */
  logs: string;
  /** True if the job's containers have no network, and so no credentials of the role. */
  isolated: boolean;
  /** The parent of the job folders. */
  directory: string;
}

/** The common parts of all jobs: a folder in SageMaker's layout, the role, the image, the log and the process. */
export class JobRunner {
  /** The folder that represents `/opt/ml`. */
  readonly base: string;
  readonly caller: Caller;
  readonly s3: S3Folder;
  private readonly folder: string;
  private readonly log: LogStream;
  private process: ContainerProcess | undefined;
  private image: ProcessImage | undefined;
  stopped = false;
  private abandoned = false;

  constructor(
    private readonly context: SageMakerContext,
    private readonly setup: JobSetup,
  ) {
    const { cloud } = context;
    this.folder = join(setup.directory, setup.name);
    this.base = join(this.folder, 'opt', 'ml');
    this.caller = { principal: sessionOf(cloud, setup.roleArn, setup.arn) };
    this.s3 = new S3Folder(cloud, this.caller);
    this.log = new LogStream(
      cloud,
      this.caller,
      `/aws/sagemaker/${setup.logs}`,
      `${setup.name}/algo-1-${Math.floor(cloud.clock.now() / 1000)}`,
    );
    rmSync(this.folder, { recursive: true, force: true });
    mkdirSync(this.base, { recursive: true });
  }

  /** @throws JobFailure with SageMaker's message if ECR does not return the image */
  async pull(): Promise<void> {
    const { cloud, images } = this.context;
    try {
      this.image = await pullImage(cloud, images, this.setup.imageUri, this.caller);
    } catch (error) {
      throw new JobFailure(
        `ClientError: Cannot pull image ${this.setup.imageUri}: ${(error as Error).message}`,
      );
    }
  }

  /** @returns a folder below the base; creates it if needed */
  path(...names: string[]): string {
    const folder = join(this.base, ...names);
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  async run(
    options: { entrypoint?: string[]; arguments?: string[]; environment: Record<string, string> },
    onLine: (line: string) => void = () => undefined,
  ): Promise<Exit> {
    const { cloud, interpreters } = this.context;
    this.process = new ContainerProcess({
      image: this.image!,
      interpreters,
      entrypoint: options.entrypoint,
      arguments: options.arguments,
      environment: {
        ...(this.setup.isolated ? {} : cloud.environmentFor(this.setup.roleArn, 'SageMaker')),
        AWS_REGION: cloud.region,
        SAGEMAKER_BASE_DIR: this.base,
        ...options.environment,
      },
      background: true,
      onLine: (line) => {
        this.log.write(line);
        onLine(line);
      },
    });
    if (this.stopped || this.abandoned) void this.process.stop();
    const exit = await this.process.exited;
    // The log is complete when the job's end becomes visible.
    await this.log.end();
    if (this.abandoned) throw new JobFailure(MACHINE_STOPPED);
    return exit;
  }

  /** Sends SIGTERM to the container; the job does not end. */
  async interrupt(): Promise<void> {
    await this.process?.stop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.process?.stop();
  }

  /** Fails the job as if its machine were lost; used when the cloud closes. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.process?.stop();
  }

  /** Removes the folder; the log, the output and the artifacts are stored elsewhere. */
  async cleanUp(): Promise<void> {
    await this.log.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}
