import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Caller } from '../../core/service';
import { pullImage } from '../../images/image-manifest';
import type { Address, Container, EngineImage, Exit, Mount } from '../../containers/engine';
import { answerOf, corruptFiles, endReason, exitOf, startFailure } from '../../faults/job-faults';
import type { JobFault } from '../../faults/rules';
import { LogStream } from '../../jobs/log-stream';
import { S3Folder } from '../../jobs/s3-folder';
import { sessionOf } from './role-access';
import type { SageMakerContext } from './state';

/** The failure reason of a job that was running when the cloud was closed. */
export const MACHINE_STOPPED = 'InternalServerError: the local cloud ended while the job ran';

/** Ends a job with a reason other than its container's exit. */
export class JobFailure extends Error {}

export interface JobSetup {
  kind: 'training' | 'processing' | 'transform';
  name: string;
  arn: string;
  roleArn: string;
  /** The model of a transform job. */
  model?: string;
  /** True for a training job on Spot. */
  spot?: boolean;
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
  private fault: JobFault | undefined;
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

  /** @throws JobFailure with SageMaker's message if there is no instance, or ECR does not return the image */
  async pull(): Promise<void> {
    const { cloud, engine } = this.context;
    const { kind, name, model, spot } = this.setup;
    this.fault = cloud.faults.ofJob(
      { kind, name, model },
      (fault) => fault !== 'spotInterruption' && (fault !== 'spotUnavailable' || spot === true),
    );
    const failure = startFailure(this.fault);
    if (failure !== undefined) throw new JobFailure(failure);
    try {
      this.image = await pullImage(cloud, engine, this.setup.imageUri, this.caller);
    } catch (error) {
      throw new JobFailure(
        `ClientError: Cannot pull image ${this.setup.imageUri}: ${(error as Error).message}`,
      );
    }
  }

  /** True for a job that runs until its maximum. */
  get outOfTime(): boolean {
    return this.fault === 'outOfTime';
  }

  /** True for a job that waits for Spot until its maximum. */
  get withoutSpot(): boolean {
    return this.fault === 'spotUnavailable';
  }

  /** SageMaker's own reason for the end of the program, if a fault gives one. */
  get endReason(): string | undefined {
    return endReason(this.fault);
  }

  /** The answer to every request, if a fault gives one. */
  get answer(): ReturnType<typeof answerOf> {
    return answerOf(this.fault);
  }

  /** Takes the interruption of an attempt on Spot, if there is one. */
  takeInterruption(): boolean {
    const { kind, name } = this.setup;
    const { faults } = this.context.cloud;
    return faults.ofJob({ kind, name }, (fault) => fault === 'spotInterruption') !== undefined;
  }

  /** Breaks the files that the program wrote, if a fault says so. */
  spoil(folder: string): void {
    if (this.fault === 'corruptedOutput') corruptFiles(folder);
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
    const exit = exitOf(this.fault);
    if (exit) return { address: undefined, exited: this.endAtOnce(exit) };
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

  /** Ends in place of the program, which is not started. */
  private async endAtOnce({ exitCode, message }: { exitCode: number; message: string }): Promise<Exit> {
    if (message !== '') {
      // A processing program leaves its last words as the message, a training program as the failure.
      for (const name of ['failure', 'message']) writeFileSync(join(this.path('output'), name), message);
      this.log.write(message);
    }
    await this.log.end();
    return { exitCode };
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
