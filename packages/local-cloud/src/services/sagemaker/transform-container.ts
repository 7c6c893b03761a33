import type { ModelClientConfig } from '@aws-sdk/client-sagemaker';
import type { Address, Exit } from '../../containers/engine';
import { ServingClient, type ServingAnswer } from './serving-client';

const PING_INTERVAL_MS = 50;
const PING_TIMEOUT_MS = 2_000;
/** Defaults of ModelClientConfig. */
const TIMEOUT_SECONDS = 600;
const MAX_RETRIES = 3;

/** The container did not respond, or responded with an error. */
export class BadAnswer extends Error {
  /** @param status of HTTP; 0 without a response */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The settings that a container may return (Developer Guide, "How containers serve requests"). */
export interface ExecutionParameters {
  MaxConcurrentTransforms?: number;
  BatchStrategy?: string;
  MaxPayloadInMB?: number;
}

/** A model's container that works for a transform job. */
export class TransformContainer {
  private readonly client: ServingClient;
  private gone = false;

  /** @param exited resolves when the container has ended */
  constructor(address: Address | undefined, exited: Promise<Exit>) {
    this.client = new ServingClient(address);
    const end = () => (this.gone = true);
    exited.then(end, end);
  }

  /**
   * @param startup milliseconds
   * @throws BadAnswer if the container ends, or does not answer pings
   */
  async ready(startup: number): Promise<void> {
    const deadline = performance.now() + startup;
    while (performance.now() < deadline && !this.gone) {
      if ((await this.get('/ping'))?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, PING_INTERVAL_MS));
    }
    throw new BadAnswer(0, 'The container did not answer pings');
  }

  /** Returns undefined if the container does not return settings. */
  async executionParameters(): Promise<ExecutionParameters> {
    const answer = await this.get('/execution-parameters');
    if (answer?.status !== 200) return {};
    try {
      const said: unknown = JSON.parse(answer.body.toString('utf8'));
      return typeof said === 'object' && said !== null ? said : {};
    } catch {
      return {};
    }
  }

  /**
   * Sends a request, and retries it if the container fails; a refused request is not retried.
   *
   * @throws BadAnswer
   */
  async transform(
    body: Buffer,
    headers: Record<string, string>,
    { InvocationsTimeoutInSeconds = TIMEOUT_SECONDS, InvocationsMaxRetries = MAX_RETRIES }: ModelClientConfig,
  ): Promise<Buffer> {
    const message = { method: 'POST', path: '/invocations', headers, body };
    for (let retries = 0; ; retries++) {
      const answer = await this.client
        .send({ ...message, timeout: InvocationsTimeoutInSeconds * 1000 })
        .catch(() => undefined);
      if (answer && answer.status < 400) return answer.body;
      const refused = answer !== undefined && answer.status < 500;
      if (refused || this.gone || retries >= InvocationsMaxRetries) {
        throw new BadAnswer(answer?.status ?? 0, answer?.body.toString('utf8') ?? '');
      }
    }
  }

  /** True if the container has ended for any reason. */
  get ended(): boolean {
    return this.gone;
  }

  close(): void {
    this.client.close();
  }

  private get(path: string): Promise<ServingAnswer | undefined> {
    return this.client.send({ method: 'GET', path, timeout: PING_TIMEOUT_MS }).catch(() => undefined);
  }
}
