import { randomUUID } from 'node:crypto';
import { notSupported } from '../../model/errors';
import type { Input } from '../../core/service';
import type { Fleet } from '../sagemaker/endpoint-fleet';
import { RequestLimits } from '../sagemaker/request-limits';
import { validationError } from './errors';
import { containerHeaders } from './request-headers';

/** A request in an endpoint's queue, until its result is written and published. */
export interface QueuedRequest {
  inferenceId: string;
  inputLocation: string;
  outputLocation: string;
  failureLocation?: string;
  /** As the caller sent them; notifications repeat them. */
  facts: { contentType?: string; accept?: string; customAttributes?: string };
  headers: Record<string, string>;
  /** Milliseconds since the epoch. */
  received: number;
  ttlSeconds: number;
  timeoutSeconds: number;
}

const UNSUPPORTED = ['Body', 'Filename', 'S3OutputPathExtension'] as const;

/** Seconds, from the API reference of InvokeEndpointAsync. */
const TTL = { default: 21_600, range: [60, 21_600] as const };
const TIMEOUT = { default: 900, range: [1, 3_600] as const };

/**
 * @param fleet of an asynchronous endpoint
 * @param now milliseconds since the epoch
 * @throws ServiceError ValidationError, or NotImplemented by name
 */
export function queuedRequest(
  input: Input<'sagemakerruntime', 'InvokeEndpointAsync'>,
  fleet: Fleet,
  now: number,
): QueuedRequest {
  for (const member of UNSUPPORTED) {
    if (input[member] !== undefined)
      throw notSupported(member, 'Put the input into S3 and give its InputLocation.');
  }
  const { InputLocation, InferenceId, ContentType, Accept, CustomAttributes } = input;
  checkLimits(input);
  if (InputLocation === undefined) throw validationError('InputLocation must be specified.');
  if (!InputLocation.startsWith('s3://')) {
    throw notSupported(`the InputLocation '${InputLocation}'`, 'It looks like s3://bucket/key.');
  }
  const { OutputConfig } = fleet.order.config.AsyncInferenceConfig!;
  const inferenceId = InferenceId ?? randomUUID();
  const below = (path: string, name: string) => `${path.replace(/\/$/, '')}/${name}`;
  const { S3OutputPath = '', S3FailurePath } = OutputConfig!;
  return {
    inferenceId,
    inputLocation: InputLocation,
    outputLocation: below(S3OutputPath, `${inferenceId}.out`),
    ...(S3FailurePath !== undefined && { failureLocation: below(S3FailurePath, `${inferenceId}-error.out`) }),
    facts: {
      ...(ContentType !== undefined && { contentType: ContentType }),
      ...(Accept !== undefined && { accept: Accept }),
      ...(CustomAttributes !== undefined && { customAttributes: CustomAttributes }),
    },
    headers: containerHeaders(input),
    received: now,
    ttlSeconds: input.RequestTTLSeconds ?? TTL.default,
    timeoutSeconds: input.InvocationTimeoutSeconds ?? TIMEOUT.default,
  };
}

function checkLimits(input: Input<'sagemakerruntime', 'InvokeEndpointAsync'>): void {
  try {
    RequestLimits.check((limits) => {
      limits.length('inferenceId', input.InferenceId, 1, 64);
      limits.length('inputLocation', input.InputLocation, 1, 1_024);
      limits.pattern('inputLocation', input.InputLocation, /^(https|s3):\/\/([^/]+)\/?(.*)$/);
      limits.length('customAttributes', input.CustomAttributes, 0, 1_024);
      limits.range('requestTTLSeconds', input.RequestTTLSeconds, ...TTL.range);
      limits.range('invocationTimeoutSeconds', input.InvocationTimeoutSeconds, ...TIMEOUT.range);
    });
  } catch (error) {
    // The runtime's error has another name than the rest of SageMaker.
    throw validationError((error as Error).message);
  }
}
