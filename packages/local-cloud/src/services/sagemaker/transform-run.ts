import type {
  BatchStrategy,
  DescribeModelOutput,
  DescribeTransformJobResponse,
} from '@aws-sdk/client-sagemaker';
import { rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Cloud } from '../../core/cloud';
import { LogStream } from '../../jobs/log-stream';
import { readManifest } from '../../jobs/s3-folder';
import { parseS3Uri, Transfer } from '../../jobs/s3-transfer';
import { unpack } from '../../jobs/unpack';
import { JobFailure, type JobRunner } from './job-runner';
import { assembled, payloads, PayloadTooLarge, type BatchRules } from './transform-batches';
import { BadAnswer, TransformContainer } from './transform-container';
import { DEFAULT_PAYLOAD_MB } from './transform-limits';

type Job = DescribeTransformJobResponse;

const MEGABYTE = 1024 * 1024;
/** The failure reason that refers to the log, with SageMaker's message. */
const SEE_LOGS = 'See job logs for more information';

interface Settings extends BatchRules {
  parallel: number;
}

/** An object, and its name below the prefix, which its result has too. */
interface Input {
  bucket: string;
  key: string;
  name: string;
}

/** The run of one transform job: starts the model's container and sends it every object. */
export class TransformRun {
  private readonly s3: Transfer;
  /** Log of the data, in addition to the container's own log. */
  private readonly dataLog: LogStream;
  private failure: 'ClientError' | 'AlgorithmError' | undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly job: Job,
    private readonly model: DescribeModelOutput,
    private readonly runner: JobRunner,
    /** Milliseconds until the first successful ping. */
    private readonly startup: number,
  ) {
    this.s3 = new Transfer(cloud, runner.caller);
    const stream = `${job.TransformJobName}/algo-1-${Math.floor(cloud.clock.now() / 1000)}/data-log`;
    this.dataLog = new LogStream(cloud, runner.caller, '/aws/sagemaker/TransformJobs', stream);
  }

  /**
   * @param started called when the container begins to work
   * @throws JobFailure if SageMaker would end the job as Failed
   */
  async complete(started: () => void): Promise<void> {
    const { runner } = this;
    try {
      await runner.pull();
      await this.downloadModel();
      const inputs = await this.inputs();
      started();
      await this.withContainer(async (container) => {
        const settings = await this.settings(container);
        for (const input of inputs) {
          if (runner.stopped) return;
          if (container.ended) throw new BadAnswer(0, 'The container ended before the data did');
          await this.transform(input, container, settings);
        }
      });
    } finally {
      await this.dataLog.end();
    }
    if (this.failure && !runner.stopped) throw new JobFailure(`${this.failure}: ${SEE_LOGS}`);
  }

  private async downloadModel(): Promise<void> {
    const { ModelDataUrl } = this.model.PrimaryContainer!;
    const folder = this.runner.path('model');
    if (!ModelDataUrl) return;
    const archive = join(this.runner.base, 'model.tar.gz');
    try {
      await this.runner.s3.download(ModelDataUrl, archive);
      await unpack(archive, folder);
    } catch (error) {
      throw new JobFailure(
        `ClientError: Failed to download model data from ${ModelDataUrl}: ${(error as Error).message}. Please ensure that there is an object located at the URL and that the role passed to CreateModel has permissions to download the model.`,
      );
    }
    rmSync(archive);
  }

  /** Returns the objects under the prefix, except those that represent folders; or those that the manifest lists. */
  private async inputs(): Promise<Input[]> {
    const { S3Uri, S3DataType } = this.job.TransformInput!.DataSource!.S3DataSource!;
    try {
      const found = await (S3DataType === 'ManifestFile' ? this.listed(S3Uri!) : this.below(S3Uri!));
      if (found.length === 0) throw new Error(`No S3 objects found under S3 URL "${S3Uri}"`);
      return found;
    } catch (error) {
      throw new JobFailure(`ClientError: Failed to list the input: ${(error as Error).message}`);
    }
  }

  private async below(uri: string): Promise<Input[]> {
    const { bucket, key: prefix } = parseS3Uri(uri);
    const found = await this.s3.list({ bucket, key: prefix });
    return found
      .filter(({ key }) => !key.endsWith('/'))
      .map(({ key }) => ({ bucket, key, name: relativeKey(prefix, key) }));
  }

  private async listed(uri: string): Promise<Input[]> {
    const { prefix, keys } = await readManifest(this.s3, uri);
    const { bucket, key: start } = parseS3Uri(prefix);
    return keys.map((name) => ({ bucket, key: `${start}${name}`, name }));
  }

  private async withContainer(work: (container: TransformContainer) => Promise<void>): Promise<void> {
    const { runner, job, model } = this;
    const { address, exited } = await runner.start({
      arguments: ['serve'],
      serves: true,
      readOnly: ['model'],
      environment: {
        ...model.PrimaryContainer!.Environment,
        ...job.Environment,
        SAGEMAKER_BATCH: 'true',
        ...(job.MaxPayloadInMB && { SAGEMAKER_MAX_PAYLOAD_IN_MB: String(job.MaxPayloadInMB) }),
        ...(job.BatchStrategy && { SAGEMAKER_BATCH_STRATEGY: constantCase(job.BatchStrategy) }),
        ...(job.MaxConcurrentTransforms && {
          SAGEMAKER_MAX_CONCURRENT_TRANSFORMS: String(job.MaxConcurrentTransforms),
        }),
      },
    });
    const container = new TransformContainer(address, exited);
    try {
      await container.ready(this.startup);
      await work(container);
    } catch (error) {
      if (!(error instanceof BadAnswer)) throw error;
      this.failure = 'AlgorithmError';
      this.say(error.message);
    } finally {
      container.close();
      await runner.interrupt();
      // Rejects if the cloud was closed meanwhile: then the job failed with its machine.
      await exited;
    }
  }

  /** Settings of the job come first, then those of the container, then defaults. */
  private async settings(container: TransformContainer): Promise<Settings> {
    const { job } = this;
    const said = await container.executionParameters();
    const strategy = job.BatchStrategy ?? STRATEGIES[said.BatchStrategy ?? ''] ?? 'MultiRecord';
    const megabytes = job.MaxPayloadInMB ?? said.MaxPayloadInMB ?? DEFAULT_PAYLOAD_MB;
    const parallel = job.MaxConcurrentTransforms || said.MaxConcurrentTransforms || 1;
    this.say(
      `MaxConcurrentTransforms=${parallel}, MaxPayloadInMB=${megabytes}, BatchStrategy=${constantCase(strategy)}`,
    );
    return {
      split: job.TransformInput!.SplitType ?? 'None',
      strategy,
      maxPayload: megabytes * MEGABYTE,
      assemble: job.TransformOutput!.AssembleWith ?? 'None',
      parallel,
    };
  }

  /** Writes the object's result, unless a part of it fails; the other objects continue. */
  private async transform(
    { bucket, key, name: relative }: Input,
    container: TransformContainer,
    settings: Settings,
  ): Promise<void> {
    const { TransformOutput: output } = this.job;
    try {
      const object = await this.s3.read({ bucket, key });
      const answers = await this.ask(payloads(object, settings), container, settings.parallel);
      if (this.runner.stopped) return;
      const target = parseS3Uri(output!.S3OutputPath!.replace(/\/$/, ''));
      const name = `${relative}.out`;
      const encryption = { ServerSideEncryption: 'aws:kms' as const, SSEKMSKeyId: output!.KmsKeyId };
      await this.s3.write(
        { bucket: target.bucket, key: target.key === '' ? name : `${target.key}/${name}` },
        assembled(answers, settings),
        { ...(output!.Accept && { ContentType: output!.Accept }), ...(output!.KmsKeyId && encryption) },
      );
    } catch (error) {
      if (this.runner.stopped) return;
      this.fail(`${bucket}/${key}`, error as Error);
    }
  }

  private async ask(
    bodies: readonly Buffer[],
    container: TransformContainer,
    parallel: number,
  ): Promise<Buffer[]> {
    const { TransformInput: input, TransformOutput: output, ModelClientConfig = {} } = this.job;
    const headers = {
      ...(input!.ContentType && { 'content-type': input!.ContentType }),
      ...(output!.Accept && { accept: output!.Accept }),
    };
    const given = this.runner.answer;
    if (given && given.status >= 400) throw new BadAnswer(given.status, given.body.toString('utf8'));
    if (given) return bodies.map(() => given.body);
    const answers: Buffer[] = [];
    for (let from = 0; from < bodies.length && !this.runner.stopped; from += parallel) {
      const part = bodies.slice(from, from + parallel);
      answers.push(
        ...(await Promise.all(part.map((body) => container.transform(body, headers, ModelClientConfig)))),
      );
    }
    return answers;
  }

  private fail(object: string, error: Error): void {
    const answered = error instanceof BadAnswer;
    const byContainer = answered && (error.status === 0 || error.status >= 500);
    // The failure of a container says more about the job than data that it refuses.
    if (this.failure !== 'AlgorithmError') this.failure = byContainer ? 'AlgorithmError' : 'ClientError';
    if (!answered) {
      const kind = error instanceof PayloadTooLarge ? 'ClientError' : error.name;
      return this.say(`${object}: ${kind}: ${error.message}`);
    }
    if (error.status === 0) return this.say(`${object}: Unable to get response from algorithm`);
    const status = byContainer
      ? `Bad HTTP status received from algorithm: ${error.status}`
      : `ClientError: ${error.status}`;
    for (const line of [status, 'Message:', ...error.message.split('\n')]) this.say(`${object}: ${line}`);
  }

  private say(line: string): void {
    const time = new Date(this.cloud.clock.now()).toISOString().replace('Z', '');
    this.dataLog.write(`${time}:[sagemaker logs]: ${line}`);
  }
}

const STRATEGIES: Readonly<Record<string, BatchStrategy | undefined>> = {
  MULTI_RECORD: 'MultiRecord',
  SINGLE_RECORD: 'SingleRecord',
};

/** Converts `MultiRecord` to the form that containers read: `MULTI_RECORD`. */
function constantCase(strategy: BatchStrategy): string {
  return strategy.replace(/(?<=[a-z])[A-Z]/g, '_$&').toUpperCase();
}

/** Returns an object's key below the prefix: results keep their folders there. */
export function relativeKey(prefix: string, key: string): string {
  const rest = key.slice(prefix.length);
  if (rest === '') return basename(key);
  if (prefix === '' || prefix.endsWith('/') || rest.startsWith('/')) return rest.replace(/^\/+/, '');
  return key.slice(prefix.lastIndexOf('/') + 1);
}
