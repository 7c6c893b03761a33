import { ServiceError } from '../../model/errors';
import type { Invocation, ServingAnswer } from '../sagemaker/serving-client';
import type { VariantHost } from '../sagemaker/endpoint-variants';
import type { EndpointMetrics } from './metrics';

const MICROSECONDS = 1_000;

/** The result of a request to a variant: with or without a response of its container. */
export type Outcome = { answer: ServingAnswer } | { failure: string };

/**
 * Sends a request to a variant, and records its metrics.
 *
 * A container that does not respond counts as a server error, as the caller sees it: "Received server error (0)".
 *
 * @param kind asynchronous endpoints have fewer metrics ("Monitor asynchronous endpoint", Developer Guide)
 * @throws ServiceError if SageMaker itself has no capacity for the request
 */
export async function askVariant(
  metrics: EndpointMetrics,
  endpointName: string,
  variant: VariantHost,
  request: Invocation,
  kind: 'realtime' | 'asynchronous',
): Promise<Outcome> {
  const subject = { endpointName, variant: variant.name };
  const instances = variant.instanceCount;
  const outcome = await attempt(variant, request);
  const { status, milliseconds } =
    'answer' in outcome ? outcome.answer : { status: 0, milliseconds: undefined };
  if (milliseconds !== undefined) {
    metrics.add(subject, 'ModelLatency', Math.round(milliseconds * MICROSECONDS), 'Microseconds');
  }
  metrics.add(subject, 'Invocation4XXErrors', status >= 400 && status < 500 ? 1 : 0);
  metrics.add(subject, 'Invocation5XXErrors', status === 0 || status >= 500 ? 1 : 0);
  if (kind === 'realtime') {
    metrics.add(subject, 'Invocations', 1);
    metrics.add(subject, 'InvocationModelErrors', status >= 200 && status < 300 ? 0 : 1);
    if (instances > 0) metrics.add(subject, 'InvocationsPerInstance', 1 / instances);
  }
  return outcome;
}

async function attempt(variant: VariantHost, request: Invocation): Promise<Outcome> {
  try {
    return { answer: await variant.invoke(request) };
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const { name, message } = error as Error;
    if (name !== 'TimeoutError') return { failure: `Unable to reach container primary: ${message}` };
    return {
      failure:
        'Your invocation timed out while waiting for a response from container primary. Review the latency metrics for each container in Amazon CloudWatch, resolve the issue, and try again.',
    };
  }
}
