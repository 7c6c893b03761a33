import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../../core/service';
import { pullImage } from '../../images/image-manifest';
import type { Address, Container, EngineImage, Exit, Mount } from '../../containers/engine';
import { LogStream } from '../../jobs/log-stream';
import { S3Folder } from '../../jobs/s3-folder';
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

/** Starts a job's container. */
export interface JobStart {
  entrypoint?: string[];
  arguments?: string[];
  environment: Record<string, string>;
  /** Folders besides those below the base. */
  mounts?: Mount[];
  /** Names of folders below the base that the container may only read. */
  readOnly?: readonly string[];
  /** True if the container answers HTTP requests. */
  serves?: boolean;
}

/** The common parts of all jobs: a folder in SageMaker's layout, the role, the image, the log and the container. */
export class JobRunner {
  /** The folder that represents `/opt/ml`. */
  readonly base: string;
  readonly caller: Caller;
  readonly s3: S3Folder;
  private readonly folder: string;
  private readonly log: LogStream;
  private container: Promise<Container> | undefined;
  private image: EngineImage | undefined;
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
    const { cloud, engine } = this.context;
    try {
      this.image = await pullImage(cloud, engine, this.setup.imageUri, this.caller);
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

  /** Returns the path that the container sees for a path of SageMaker's layout. */
  pathInside(path: string): string {
    return this.context.engine.pathInside(this.base, path);
  }

  /** Runs the container to its end. */
  async run(options: JobStart, onLine?: (line: string) => void): Promise<Exit> {
    return (await this.start(options, onLine)).exited;
  }

  async start(
    options: JobStart,
    onLine: (line: string) => void = () => undefined,
  ): Promise<{ address: Address | undefined; exited: Promise<Exit> }> {
    const { cloud, engine } = this.context;
    const { isolated, roleArn } = this.setup;
    this.container = engine.run({
      ...options,
      image: this.image!,
      base: this.base,
      isolated,
      environment: {
        ...(isolated ? {} : cloud.environmentFor(roleArn, 'SageMaker')),
        AWS_REGION: cloud.region,
        ...options.environment,
      },
      background: true,
      onLine: (line) => {
        this.log.write(line);
        onLine(line);
      },
    });
    const container = await this.container;
    if (this.stopped || this.abandoned) void container.stop();
    return { address: container.address, exited: this.endOf(container) };
  }

  private async endOf(container: Container): Promise<Exit> {
    const exit = await container.exited;
    // The log is complete when the job's end becomes visible.
    await this.log.end();
    if (this.abandoned) throw new JobFailure(MACHINE_STOPPED);
    return exit;
  }

  /** Sends SIGTERM to the container; the job does not end. */
  async interrupt(): Promise<void> {
    await (await this.container)?.stop();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.interrupt();
  }

  /** Fails the job as if its machine were lost; used when the cloud closes. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    await this.interrupt();
  }

  /** Removes the folder; the log, the output and the artifacts are stored elsewhere. */
  async cleanUp(): Promise<void> {
    await this.log.end();
    await rm(this.folder, { recursive: true, force: true });
  }
}
