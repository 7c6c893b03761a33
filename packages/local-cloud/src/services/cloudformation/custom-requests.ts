import { randomBytes, randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import type { Caller } from '../../core/service';
import type { WireRequest, WireResponse } from '../../model/wire';
import { elements } from '../../protocols/xml';
import { readResponse, type CustomResponse } from './custom-response';

/** A request to the provider of a custom resource (User Guide, "Custom resource request objects"). */
export interface CustomRequest {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ServiceToken: string;
  readonly StackId: string;
  readonly ResourceType: string;
  readonly LogicalResourceId: string;
  readonly PhysicalResourceId?: string;
  readonly ResourceProperties: unknown;
  readonly OldResourceProperties?: unknown;
}

/** A request that the function has got. */
export interface SentRequest {
  readonly id: string;
  /** Rejects with the reason for the resource's failure, or with the reason of the signal. */
  readonly response: Promise<CustomResponse>;
}

interface SendOptions {
  readonly caller: Caller;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** The beginning of the host of response URLs. */
export const RESPONSE_HOST = 'cloudformation-custom-resource-response-';

/** Seconds for which the real URLs are valid; no request waits longer than an hour. */
const URL_SECONDS = 7200;

/** The requests to providers that wait for their answers, each with a URL of its own. */
export class CustomRequests {
  /** By path and signature of the URL. */
  private readonly waiting = new Map<string, (body: Buffer) => void>();

  constructor(private readonly cloud: Cloud) {}

  /**
   * Invokes the function of a custom resource asynchronously, as the caller.
   *
   * @throws ServiceError of Lambda, if the function does not exist or may not be invoked
   */
  async send(request: CustomRequest, { caller, timeoutSeconds, signal }: SendOptions): Promise<SentRequest> {
    const RequestId = randomUUID();
    const { url, key } = this.openUrl(request, RequestId);
    const body = new Promise<Buffer>((resolve) => this.waiting.set(key, resolve));
    const answered = new AbortController();
    const sleep = this.cloud.clock.sleep(timeoutSeconds * 1000, AbortSignal.any([signal, answered.signal]));
    const late = sleep.then(
      () => {
        throw new Error(noResponse(RequestId));
      },
      () => signal.throwIfAborted(),
    );
    const response = Promise.race([body, late])
      .then((received) => readResponse(received!, { ...request, RequestId }))
      .finally(() => {
        answered.abort();
        this.waiting.delete(key);
      });
    // The invocation may fail first.
    response.catch(() => undefined);
    try {
      const event = { ...request, ResponseURL: url, RequestId };
      const input = { FunctionName: request.ServiceToken, InvocationType: 'Event' as const };
      await this.cloud.call(
        'lambda',
        'Invoke',
        { ...input, Payload: Buffer.from(JSON.stringify(event)) },
        caller,
      );
    } catch (error) {
      answered.abort();
      this.waiting.delete(key);
      throw error;
    }
    return { id: RequestId, response };
  }

  /** Answers a request to a response URL, in S3's form. */
  async respond({ method, path, query, body }: WireRequest): Promise<WireResponse> {
    if (method !== 'PUT')
      return refusal(405, 'MethodNotAllowed', 'The specified method is not allowed against this resource.');
    const received = await body.bytes();
    const key = keyOf(path, query.get('X-Amz-Signature') ?? '');
    const take = this.waiting.get(key);
    if (!take) {
      const message = 'Access Denied: a response URL takes one PUT, while CloudFormation waits for it.';
      return refusal(403, 'AccessDenied', message);
    }
    this.waiting.delete(key);
    take(received);
    return { status: 200, headers: {}, body: '' };
  }

  private openUrl({ StackId, LogicalResourceId }: CustomRequest, requestId: string) {
    const { region, clock } = this.cloud;
    const host = `${RESPONSE_HOST}${region.replaceAll('-', '')}.s3.${region}.amazonaws.com`;
    const path = `/${encodeURIComponent(`${StackId}|${LogicalResourceId}|${requestId}`).replaceAll('%2F', '/')}`;
    const time = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    const signature = randomBytes(32).toString('hex');
    const query = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Date': time,
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Expires': String(URL_SECONDS),
      'X-Amz-Credential': `CLOUDFORMATION/${time.slice(0, 8)}/${region}/s3/aws4_request`,
      'X-Amz-Signature': signature,
    });
    return { url: `https://${host}${path}?${query.toString()}`, key: keyOf(path, signature) };
  }
}

function keyOf(path: string, signature: string): string {
  return `${decodeURIComponent(path)} ${signature}`;
}

/** The sentence is seen in https://github.com/aws/aws-cdk/issues/18746. */
function noResponse(requestId: string): string {
  return `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${requestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`;
}

function refusal(status: number, Code: string, Message: string): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements({ Code, Message })}</Error>`,
  };
}
