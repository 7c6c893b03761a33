import { buffer } from 'node:stream/consumers';
import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { AsyncInferenceOutputConfig } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import type { Caller } from '../../core/service';
import { toReadable } from '../../core/readable';
import { parseS3Uri, Transfer } from '../../jobs/s3-transfer';
import type { EndpointHost, Route } from '../sagemaker/endpoint-hosts';
import { NoInstances } from '../sagemaker/endpoint-variants';
import { sessionOf } from '../sagemaker/role-access';
import type { ServingAnswer } from '../sagemaker/serving-client';
import { notification, type AsyncResult } from './async-notification';
import type { QueuedRequest } from './async-requests';
import { askVariant, type Outcome } from './invocation';
import type { EndpointMetrics } from './metrics';

/** Maximum of an asynchronous request's input, in bytes. */
const MAX_INPUT = 1_073_741_824;

/** The reason for a missing output; `answer` is the container's response, if there is one. */
class InferenceFailure extends Error {
  constructor(
    reason: string,
    readonly answer?: ServingAnswer,
  ) {
    super(`ClientError: ${reason}`);
  }
}

/** The context that tasks share. */
export interface AsyncContext {
  cloud: Cloud;
  metrics: EndpointMetrics;
  /** Aborts without a result. */
  closing: AbortSignal;
}

/**
 * One request of an asynchronous endpoint: reads the input from S3, writes the response to S3 and notifies a topic,
 * with the model's role.
 */
export class AsyncTask {
  private readonly endpointName: string;
  /** The variant that answers; before it is known, one that could. */
  private route: Route;

  constructor(
    private readonly context: AsyncContext,
    host: EndpointHost,
    private readonly choose: () => Route,
    private readonly request: QueuedRequest,
  ) {
    this.endpointName = host.endpointName;
    this.route = choose();
  }

  /**
   * Never rejects: every error is a result of the request.
   *
   * @returns false if the last instance was removed before it got the request, which must wait for another
   */
  async perform(): Promise<boolean> {
    const { cloud, closing } = this.context;
    const { received, outputLocation } = this.request;
    const begun = cloud.clock.now();
    this.count('TimeInBacklog', begun - received, 'Milliseconds');
    try {
      const body = await this.download();
      // Fleets and instances may have changed meanwhile.
      this.route = this.choose();
      const answer = goodAnswer(await this.ask(body));
      await this.upload(outputLocation, answer);
      this.count('TotalProcessingTime', cloud.clock.now() - begun, 'Milliseconds');
      await this.notify({ contentType: answer.contentType });
    } catch (error) {
      if (error instanceof NoInstances) return false;
      if (!closing.aborted) await this.fail(error as Error);
    }
    return true;
  }

  /** Ends a request that waited longer than its time to live. */
  async expire(): Promise<boolean> {
    this.count('ExpiredRequests', 1);
    const { ttlSeconds } = this.request;
    await this.fail(
      new InferenceFailure(
        `The request expired: it waited longer than ${ttlSeconds} seconds (RequestTTLSeconds).`,
      ),
    );
    return true;
  }

  private ask(body: Buffer): Promise<Outcome> {
    const { metrics, closing } = this.context;
    const { headers, timeoutSeconds } = this.request;
    const invocation = { body, headers, timeout: timeoutSeconds * 1000, signal: closing };
    return askVariant(metrics, this.endpointName, this.route.variant, invocation, 'asynchronous');
  }

  private async fail(error: Error): Promise<void> {
    this.count('InvocationFailures', 1);
    const answer = error instanceof InferenceFailure ? error.answer : undefined;
    const { failureLocation } = this.request;
    if (answer && failureLocation !== undefined) {
      // An error that could not be written is counted; the notification reports the original failure.
      await this.upload(failureLocation, answer).catch(() => undefined);
    }
    await this.notify({ failureReason: error.message });
  }

  private async download(): Promise<Buffer> {
    const { inputLocation } = this.request;
    const started = performance.now();
    try {
      const { bucket, key } = parseS3Uri(inputLocation);
      const input = { Bucket: bucket, Key: key };
      const found = await this.context.cloud.call('s3', 'GetObject', input, this.caller());
      if ((found.ContentLength ?? 0) > MAX_INPUT) {
        throw new Error(`it has ${found.ContentLength} bytes, and ${MAX_INPUT} are allowed`);
      }
      const body = await buffer(toReadable(found.Body));
      this.count('RequestDownloadLatency', microsecondsSince(started), 'Microseconds');
      return body;
    } catch (error) {
      this.count('RequestDownloadFailures', 1);
      const why = (error as Error).message;
      throw new InferenceFailure(`Unable to download the input ${inputLocation}: ${why}`);
    }
  }

  private async upload(location: string, { body, contentType }: ServingAnswer): Promise<void> {
    const key = this.output.KmsKeyId;
    const started = performance.now();
    try {
      await new Transfer(this.context.cloud, this.caller()).write(parseS3Uri(location), body, {
        ContentType: contentType,
        ...(key !== undefined && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: key }),
      });
      this.count('ResponseUploadLatency', microsecondsSince(started), 'Microseconds');
    } catch (error) {
      this.count('ResponseUploadFailures', 1);
      throw new InferenceFailure(`Unable to write the output ${location}: ${(error as Error).message}`);
    }
  }

  /** As in AWS, a failed notification is a metric, and changes nothing else. */
  private async notify(result: AsyncResult): Promise<void> {
    const { SuccessTopic, ErrorTopic } = this.output.NotificationConfig ?? {};
    const TopicArn = 'failureReason' in result ? ErrorTopic : SuccessTopic;
    if (!TopicArn) return;
    const { cloud } = this.context;
    const message = notification(cloud.region, this.endpointName, this.request, result, cloud.clock.now());
    try {
      await cloud.call('sns', 'Publish', { TopicArn, Message: JSON.stringify(message) }, this.caller());
    } catch {
      this.count('NotificationFailures', 1);
    }
  }

  private get output(): AsyncInferenceOutputConfig {
    return this.route.fleet.order.config.AsyncInferenceConfig!.OutputConfig!;
  }

  private count(name: string, value: number, unit: StandardUnit = 'Count'): void {
    const subject = { endpointName: this.endpointName, variant: this.route.variant.name };
    this.context.metrics.add(subject, name, value, unit);
  }

  private caller(): Caller {
    const { cloud } = this.context;
    const endpointArn = cloud.arn('sagemaker', `endpoint/${this.endpointName.toLowerCase()}`);
    return { principal: sessionOf(cloud, this.route.variant.roleArn, endpointArn) };
  }
}

function microsecondsSince(started: number): number {
  return Math.round((performance.now() - started) * 1000);
}

function goodAnswer(outcome: Outcome): ServingAnswer {
  if ('failure' in outcome) throw new InferenceFailure(outcome.failure);
  const { answer } = outcome;
  if (answer.status < 400) return answer;
  const fault = answer.status < 500 ? 'client' : 'server';
  throw new InferenceFailure(
    `Received ${fault} error (${answer.status}) from model. See the SageMaker Endpoint logs in your account for more information.`,
    answer,
  );
}
