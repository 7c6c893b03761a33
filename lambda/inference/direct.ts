import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { readRequest } from './request';
import type { Endpoint } from './sagemaker-runtime';

/** Invokes the model, and answers with its predictions. */
export async function answerNow(
  endpoint: Pick<Endpoint, 'predict'>,
  event: APIGatewayProxyEvent,
  maxBytes: number,
): Promise<APIGatewayProxyResult> {
  // The request's id joins the captured records of champion and shadow.
  const { requestId } = event.requestContext;
  const { answer, variant } = await endpoint.predict(readRequest(event, maxBytes), requestId);
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...answer, variant }),
  };
}
