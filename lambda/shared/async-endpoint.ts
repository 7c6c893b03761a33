import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { layout } from '../../lib/contract/layout';
import type { Bucket } from './s3';

/** SageMaker's answer to a queued request. */
interface Location {
  readonly output: string;
  readonly failure: string | null;
}

export type AsyncResult =
  | { readonly status: 'unknown' | 'pending' }
  | { readonly status: 'done'; readonly body: string }
  | { readonly status: 'failed'; readonly message: string };

/** An asynchronous endpoint: requests and answers are in the artifacts bucket. */
export class AsyncEndpoint {
  constructor(
    private readonly name: string,
    private readonly artifacts: Bucket,
    /** Media type of answers that is asked for. */
    private readonly accept: string,
    private readonly client = new SageMakerRuntimeClient(),
  ) {}

  /** Queues a request. @param id of the request, at most 64 characters */
  async submit(id: string, body: string | Uint8Array, contentType: string): Promise<void> {
    const { artifacts } = this;
    await artifacts.put(layout.asyncRequest(id), body, contentType);
    const { OutputLocation, FailureLocation } = await this.client.send(
      new InvokeEndpointAsyncCommand({
        EndpointName: this.name,
        InputLocation: artifacts.uri(layout.asyncRequest(id)),
        InferenceId: id,
        ContentType: contentType,
        Accept: this.accept,
      }),
    );
    const location: Location = { output: OutputLocation!, failure: FailureLocation ?? null };
    await artifacts.putJson(layout.asyncLocation(id), location);
  }

  async result(id: string): Promise<AsyncResult> {
    const location = await this.artifacts.json<Location>(layout.asyncLocation(id));
    if (!location) return { status: 'unknown' };
    const body = await this.read(location.output);
    if (body !== undefined) return { status: 'done', body };
    const message = location.failure === null ? undefined : await this.read(location.failure);
    return message === undefined ? { status: 'pending' } : { status: 'failed', message };
  }

  private read(uri: string): Promise<string | undefined> {
    return this.artifacts.textIfAny(uri.slice(this.artifacts.uri('').length));
  }
}
