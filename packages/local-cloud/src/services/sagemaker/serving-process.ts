import type { DescribeModelOutput } from '@aws-sdk/client-sagemaker';
import { mkdirSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { answerOf, ENDPOINT_CAPACITY, exitOf, type FaultyExit } from '../../faults/job-faults';
import type { JobFault } from '../../faults/rules';
import { pullImage } from '../../images/image-manifest';
import type { Container, Exit } from '../../containers/engine';
import { LogStream } from '../../jobs/log-stream';
import { S3Folder } from '../../jobs/s3-folder';
import { unpack } from '../../jobs/unpack';
import { sessionOf } from './role-access';
import { ServingClient, type Invocation, type ServingAnswer } from './serving-client';
import type { SageMakerContext, ServingTimeouts } from './state';

export interface ServingOptions {
  endpointName: string;
  variant: string;
  model: DescribeModelOutput;
}

/** SageMaker pings every 5 s. */
const PING_INTERVAL_MS = 50;

/** Milliseconds that a container has to answer a ping. */
const PING_TIMEOUT_MS = 2_000;

/** One instance of a variant: the model's container, with its own address. */
export class ServingProcess {
  /** Resolves when the container has ended for any reason. */
  readonly exited: Promise<Exit>;
  private exit: Exit | undefined;
  private readonly client: ServingClient;
  private readonly underWay = new Set<Promise<ServingAnswer>>();

  private constructor(
    private readonly timeouts: ServingTimeouts,
    private readonly folder: string,
    private readonly container: Container,
    private readonly log: LogStream,
    /** The newest line of output: often the reason for a failed start. */
    private readonly last: { line: string },
    private readonly fault: JobFault | undefined,
  ) {
    this.client = new ServingClient(container.address);
    this.exited = container.exited;
    void this.exited.then((exit) => (this.exit = exit));
  }

  /** Pulls the image and the artifact with the model's role, and starts the container with `serve`. */
  static async launch(context: SageMakerContext, options: ServingOptions): Promise<ServingProcess> {
    const { cloud, engine } = context;
    const { model, endpointName, variant } = options;
    const container = model.PrimaryContainer!;
    const job = { kind: 'endpoint', name: endpointName, model: model.ModelName! } as const;
    const fault = cloud.faults.ofJob(job, () => true);
    if (fault === 'capacity') throw new Error(ENDPOINT_CAPACITY);
    const exit = exitOf(fault);
    const caller = { principal: sessionOf(cloud, model.ExecutionRoleArn!, model.ModelArn!) };
    const image = await pullImage(cloud, engine, container.Image!, caller);
    const folder = join(
      cloud.stateDirectory,
      'endpoints',
      `${endpointName}-${variant}-${randomUUID().slice(0, 8)}`,
    );
    const base = join(folder, 'opt', 'ml');
    mkdirSync(join(base, 'model'), { recursive: true });
    if (container.ModelDataUrl) {
      const archive = join(folder, 'model.tar.gz');
      await new S3Folder(cloud, caller).download(container.ModelDataUrl, archive);
      await unpack(archive, join(base, 'model'));
      rmSync(archive);
    }
    const log = new LogStream(
      cloud,
      caller,
      `/aws/sagemaker/Endpoints/${endpointName}`,
      `${variant}/${randomUUID()}`,
    );
    const last = { line: exit?.message ?? '' };
    if (exit) return new ServingProcess(context.timeouts, folder, ended(exit), log, last, fault);
    const running = await engine.run({
      image,
      base,
      arguments: ['serve'],
      serves: true,
      readOnly: ['model'],
      isolated: model.EnableNetworkIsolation === true,
      environment: {
        ...(model.EnableNetworkIsolation ? {} : cloud.environmentFor(model.ExecutionRoleArn, 'SageMaker')),
        AWS_REGION: cloud.region,
        ...container.Environment,
      },
      onLine: (line) => {
        log.write(line);
        last.line = line;
      },
    });
    return new ServingProcess(context.timeouts, folder, running, log, last, fault);
  }

  /**
   * Resolves with the first successful ping; rejects with the signal's reason if it is aborted.
   *
   * @param timeout milliseconds
   */
  async ready(signal: AbortSignal, timeout = this.timeouts.startup): Promise<void> {
    const deadline = this.fault === 'neverReady' ? 0 : performance.now() + timeout;
    while (performance.now() < deadline) {
      signal.throwIfAborted();
      if (this.exit) {
        throw new Error(
          `The primary container did not pass the ping health check: it ended with exit code ${this.exit.exitCode}: ${this.last.line}`,
        );
      }
      const status = await this.ping();
      if (status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, PING_INTERVAL_MS));
    }
    throw new Error(
      'The primary container did not pass the ping health check. Please check its CloudWatch log.',
    );
  }

  /** True if the container has ended for any reason. */
  get ended(): boolean {
    return this.exit !== undefined;
  }

  /** @throws as {@link ServingClient.send} does */
  async invoke({ timeout = this.timeouts.invocation, copy, ...request }: Invocation): Promise<ServingAnswer> {
    const answer = this.answerTo({ method: 'POST', path: '/invocations', timeout, ...request });
    if (copy) return answer;
    this.underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.underWay.delete(answer);
    }
  }

  private async answerTo(request: Parameters<ServingClient['send']>[0]): Promise<ServingAnswer> {
    const given = answerOf(this.fault);
    if (given) return { ...given, milliseconds: 0 };
    if (this.fault !== 'timeout') return this.client.send(request);
    throw Object.assign(new Error(`no answer within ${request.timeout} ms`), { name: 'TimeoutError' });
  }

  /** Ends the container after its last response. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.underWay);
    await this.container.stop();
    this.client.close();
    await this.log.end();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async ping(): Promise<number> {
    try {
      return (await this.client.send({ method: 'GET', path: '/ping', timeout: PING_TIMEOUT_MS })).status;
    } catch {
      return 0;
    }
  }
}

/** Returns a container that has ended. */
function ended({ exitCode }: FaultyExit): Container {
  const exited = Promise.resolve({ exitCode });
  return { exited, stop: () => exited };
}
