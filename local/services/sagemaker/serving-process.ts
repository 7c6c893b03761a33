import type { DescribeModelOutput } from '@aws-sdk/client-sagemaker';
import { mkdirSync, rmSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { extract } from 'tar';
import { pullImage } from '../../images/image-manifest';
import { ContainerProcess } from '../../jobs/container-process';
import type { Exit } from '../../jobs/process-group';
import { LogStream } from '../../jobs/log-stream';
import { S3Folder } from '../../jobs/s3-folder';
import { sessionOf } from './role-access';
import type { SageMakerContext, ServingTimeouts } from './state';

export interface ServingOptions {
  endpointName: string;
  variant: string;
  model: DescribeModelOutput;
}

export interface ServingAnswer {
  status: number;
  contentType: string | undefined;
  body: Buffer;
}

/** SageMaker asks every 5 s. */
const PING_INTERVAL_MS = 50;

/** A container has this long for the answer to a ping. */
const PING_TIMEOUT_MS = 2_000;

/** One instance of a variant: the model's container as a process on a port of its own. */
export class ServingProcess {
  private exit: Exit | undefined;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly underWay = new Set<Promise<ServingAnswer>>();

  private constructor(
    private readonly timeouts: ServingTimeouts,
    private readonly folder: string,
    private readonly port: number,
    private readonly process: ContainerProcess,
    private readonly log: LogStream,
    /** The newest line of output: often the reason why a container does not start. */
    private readonly last: { line: string },
  ) {
    void process.exited.then((exit) => (this.exit = exit));
  }

  /** Pulls image and artifact as the model's role, and starts the container with `serve`. */
  static async launch(context: SageMakerContext, options: ServingOptions): Promise<ServingProcess> {
    const { cloud, images, interpreters } = context;
    const { model, endpointName, variant } = options;
    const container = model.PrimaryContainer!;
    const caller = { principal: sessionOf(cloud, model.ExecutionRoleArn!, model.ModelArn!) };
    const image = await pullImage(cloud, images, container.Image!, caller);
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
      await extract({ file: archive, cwd: join(base, 'model') });
      rmSync(archive);
    }
    const port = await freePort();
    const log = new LogStream(
      cloud,
      caller,
      `/aws/sagemaker/Endpoints/${endpointName}`,
      `${variant}/${randomUUID()}`,
    );
    const last = { line: '' };
    const process = new ContainerProcess({
      image,
      interpreters,
      arguments: ['serve'],
      environment: {
        ...(model.EnableNetworkIsolation ? {} : cloud.environmentFor(model.ExecutionRoleArn, 'SageMaker')),
        AWS_REGION: cloud.region,
        SAGEMAKER_BASE_DIR: base,
        SAGEMAKER_BIND_TO_PORT: String(port),
        // A container has an address of its own; a process of this machine must not be reached from outside.
        BIND_HOST: '127.0.0.1',
        ...container.Environment,
      },
      onLine: (line) => {
        log.write(line);
        last.line = line;
      },
    });
    return new ServingProcess(context.timeouts, folder, port, process, log, last);
  }

  /** Resolves with the first good ping; rejects with the signal's reason when nobody waits any longer. */
  async ready(signal: AbortSignal): Promise<void> {
    const deadline = performance.now() + this.timeouts.startup;
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

  /** @throws an error named TimeoutError when the answer takes too long, or the connection's own */
  async invoke(body: Uint8Array, headers: Record<string, string>): Promise<ServingAnswer> {
    const answer = this.send('POST', '/invocations', headers, body, this.timeouts.invocation);
    this.underWay.add(answer);
    try {
      return await answer;
    } finally {
      this.underWay.delete(answer);
    }
  }

  /** Ends the container when its requests are answered. */
  async stop(): Promise<void> {
    await Promise.allSettled(this.underWay);
    await this.process.stop();
    this.agent.destroy();
    await this.log.end();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async ping(): Promise<number> {
    try {
      return (await this.send('GET', '/ping', {}, undefined, PING_TIMEOUT_MS)).status;
    } catch {
      return 0;
    }
  }

  private send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Uint8Array | undefined,
    timeout: number,
  ): Promise<ServingAnswer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path,
          agent: this.agent,
          headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              contentType: response.headers['content-type'],
              body: Buffer.concat(chunks),
            }),
          );
        },
      );
      const timer = setTimeout(() => {
        const error = new Error(`no answer within ${timeout} ms`);
        error.name = 'TimeoutError';
        request.destroy(error);
        reject(error);
      }, timeout);
      request.once('close', () => clearTimeout(timer));
      request.once('error', reject);
      request.end(body);
    });
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
