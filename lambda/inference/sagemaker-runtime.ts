import {
  InvokeEndpointCommand,
  SageMakerRuntimeClient,
  type ModelError,
} from '@aws-sdk/client-sagemaker-runtime';
import { isJson, mediaTypeOf } from '../../lib/contract/model';
import { ApiError } from './errors';
import type { PredictionRequest } from './request';

/**
 * API Gateway times out after 29 s and this function after 28 s: the model has 25 s, so that a slow one ends as our own
 * 504. A second attempt would exceed the limit.
 */
const REQUEST_TIMEOUT_MS = 25_000;
const CONNECTION_TIMEOUT_MS = 2_000;

export interface PredictionAnswer {
  readonly body: Uint8Array;
  readonly contentType: string;
  /** Production variant that answered. */
  readonly variant: string;
}

export class Endpoint {
  constructor(
    private readonly name: string,
    /** Media types of answers; the first is asked for. */
    private readonly returns: readonly string[],
    private readonly client = new SageMakerRuntimeClient({
      maxAttempts: 1,
      requestHandler: {
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionTimeout: CONNECTION_TIMEOUT_MS,
        throwOnRequestTimeout: true,
      },
    }),
  ) {}

  /**
   * Invokes the endpoint.
   *
   * @param inferenceId id of the captured request, at most 64 characters
   * @throws ApiError for every known fault
   */
  async predict({ contentType, body }: PredictionRequest, inferenceId?: string): Promise<PredictionAnswer> {
    try {
      const { Body, ContentType, InvokedProductionVariant } = await this.client.send(
        new InvokeEndpointCommand({
          EndpointName: this.name,
          ContentType: contentType,
          Accept: this.returns[0],
          Body: body,
          InferenceId: inferenceId,
        }),
      );
      const answer = { contentType: ContentType ?? this.returns[0]!, body: Body };
      return { ...this.checked(answer), variant: InvokedProductionVariant ?? '' };
    } catch (error) {
      throw translate(error as Error);
    }
  }

  /** @throws ApiError `ModelError` for an answer of another type than the model's, or JSON that is none */
  private checked<T extends { contentType: string; body: Uint8Array }>(answer: T): T {
    const mediaType = mediaTypeOf(answer.contentType);
    if (!this.returns.includes(mediaType)) {
      throw new ApiError(
        'ModelError',
        `the model answered ${JSON.stringify(mediaType)}; must be ${this.returns.join(' or ')}, as api.returns of the model says`,
      );
    }
    if (isJson(mediaType)) {
      try {
        JSON.parse(Buffer.from(answer.body).toString('utf8'));
      } catch {
        throw new ApiError('ModelError', 'the answer of the model is not JSON; see its log');
      }
    }
    return answer;
  }
}

/** SageMaker finds no endpoint that answers: the records say why. */
export class EndpointAbsent extends Error {}

/** Translates SDK errors to the API's; an unknown one is returned unchanged, and becomes a logged 500. */
export function translate(error: Error): Error {
  switch (error.name) {
    case 'ModelError':
      return translateModelError(error as ModelError);
    case 'ThrottlingException':
    case 'ServiceQuotaExceededException':
      return new ApiError('TooManyRequests', 'too many requests at once; try again in a moment');
    case 'TimeoutError':
    case 'ModelNotReadyException':
      return new ApiError(
        'ModelTimeout',
        'the model did not answer in time; send less per request, or try again',
      );
    case 'ServiceUnavailable':
    case 'ServiceUnavailableException':
      return new ApiError('EndpointUnavailable', 'the endpoint is not available; try again in a moment');
    case 'ValidationError':
    case 'ValidationException':
      return /endpoint .*not found|could not find endpoint/i.test(error.message)
        ? new EndpointAbsent()
        : error;
    default:
      return error;
  }
}

/**
 * Translates an error of the serving program: its 4xx are the caller's, with the same message; all others are the
 * model's.
 */
function translateModelError({ OriginalStatusCode: status, OriginalMessage }: ModelError): ApiError {
  const given = originalError(OriginalMessage);
  if (status === 400 || status === 422) return new ApiError('InvalidInput', given.message, given.field);
  if (status === 413) return new ApiError('PayloadTooLarge', given.message, given.field);
  if (status === 415) return new ApiError('UnsupportedMediaType', given.message, given.field);
  if (status === 504)
    return new ApiError('ModelTimeout', 'the model did not answer in time; send less per request');
  return new ApiError('ModelError', `the model failed with status ${status ?? 'unknown'}; see its log`);
}

function originalError(text = ''): { message: string; field?: string } {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string; field?: string } };
    if (error?.message) return { message: error.message, field: error.field };
  } catch {
    // Not the serving program's JSON: the text itself is the message.
  }
  return { message: text || 'the model refused the request' };
}
