import type { QueuedRequest } from './async-requests';

/** The result of an asynchronous inference. */
export type AsyncResult = { contentType: string | undefined } | { failureReason: string };

/**
 * Returns the message to a topic ("Check prediction results", Developer Guide).
 *
 * @param time of the event, milliseconds since the epoch
 */
export function notification(
  region: string,
  endpointName: string,
  { facts, ...request }: QueuedRequest,
  result: AsyncResult,
  time: number,
): object {
  const failed = 'failureReason' in result;
  return {
    awsRegion: region,
    eventTime: new Date(time).toISOString(),
    receivedTime: new Date(request.received).toISOString(),
    invocationStatus: failed ? 'Failed' : 'Completed',
    ...(failed && { failureReason: result.failureReason }),
    requestParameters: { ...facts, endpointName, inputLocation: request.inputLocation },
    ...responseParameters(request, result),
    inferenceId: request.inferenceId,
    eventVersion: '1.0',
    eventSource: 'aws:sagemaker',
    eventName: 'InferenceResult',
  };
}

function responseParameters(request: Omit<QueuedRequest, 'facts'>, result: AsyncResult): object {
  if (!('failureReason' in result)) {
    const { contentType } = result;
    return {
      responseParameters: { ...(contentType && { contentType }), outputLocation: request.outputLocation },
    };
  }
  const { failureLocation } = request;
  return failureLocation === undefined ? {} : { responseParameters: { failureLocation } };
}
