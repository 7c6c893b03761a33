import { InvokeEndpointAsyncCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import { layout } from '../../lib/contract/layout';
import { mediaTypeOf } from '../../lib/contract/model';
import type { Bucket } from './s3';

/** SageMaker's answer to a queued request. */
interface Location {
  readonly output: string;
  readonly failure: string | null;
}

export type AsyncResult =
  | { readonly status: 'unknown' | 'pending' }
  | { readonly status: 'done'; readonly body: Uint8Array; readonly contentType: string }
  | { readonly status: 'failed'; readonly message: string };

/** An asynchronous endpoint: requests and answers are in the artifacts bucket. */
export class AsyncEndpoint {
  constructor(
    private readonly name: string,
    private readonly artifacts: Bucket,
    /** Media types of answers; the first is asked for. */
    private readonly returns: readonly string[],
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
        Accept: this.returns[0],
      }),
    );
    const location: Location = { output: OutputLocation!, failure: FailureLocation ?? null };
    await artifacts.putJson(layout.asyncLocation(id), location);
  }

  async result(id: string): Promise<AsyncResult> {
    const location = await this.artifacts.json<Location>(layout.asyncLocation(id));
    if (!location) return { status: 'unknown' };
    const answer = await this.artifacts.objectIfAny(this.keyOf(location.output));
    if (answer) return { status: 'done', body: answer.body, contentType: this.typeOf(answer.contentType) };
    const message =
      location.failure === null ? undefined : await this.artifacts.textIfAny(this.keyOf(location.failure));
    return message === undefined ? { status: 'pending' } : { status: 'failed', message };
  }

  /**
   * Returns the media type of an answer. That SageMaker stores the program's own with the object is not documented: the
   * type that was asked for replaces any that the model does not return.
   */
  private typeOf(stored: string | undefined): string {
    return stored !== undefined && this.returns.includes(mediaTypeOf(stored)) ? stored : this.returns[0]!;
  }

  private keyOf(uri: string): string {
    return uri.slice(this.artifacts.uri('').length);
  }
}
