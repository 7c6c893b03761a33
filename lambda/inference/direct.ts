import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readRequest } from './request';
import type { Endpoint } from './sagemaker-runtime';

/** Waits for the model, and answers with its predictions. */
export async function answerNow(
  endpoint: Pick<Endpoint, 'predict'>,
  event: APIGatewayProxyEvent,
  maxBytes: number,
): Promise<APIGatewayProxyResult> {
  // By the request's id what is captured of champion and shadow is found together.
  const { requestId } = event.requestContext;
  const { answer, variant } = await endpoint.predict(readRequest(event, maxBytes), requestId);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...answer, variant }),
  };
}
