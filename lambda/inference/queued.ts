import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { AcceptedContent } from '../../lib/contract/model';
import type { ServingKind } from '../../lib/contract/payloads';
import type { AsyncEndpoint } from '../shared/async-endpoint';
import { answerOf } from './answer';
import { ApiError } from './errors';
import { readRequest } from './request';
import { translate } from './sagemaker-runtime';

/** Queues the request, and returns 202 and the result's URL. */
export async function answerLater(
  endpoint: Pick<AsyncEndpoint, 'submit'>,
  event: APIGatewayProxyEvent,
  accepts: readonly AcceptedContent[],
  kind: ServingKind,
): Promise<APIGatewayProxyResult> {
  const { contentType, body } = readRequest(event, accepts, kind);
  const { requestId: id, path } = event.requestContext;
  try {
    await endpoint.submit(id, body, contentType);
  } catch (error) {
    throw translate(error as Error);
  }
  return accepted(id, `${path}/${id}`);
}

/** Returns the result if it is available. */
export async function fetchAnswer(
  endpoint: Pick<AsyncEndpoint, 'result'>,
  event: APIGatewayProxyEvent,
): Promise<APIGatewayProxyResult> {
  const id = event.pathParameters?.id ?? '';
  const result = await endpoint.result(id);
  switch (result.status) {
    case 'pending':
      return accepted(id, event.requestContext.path);
    case 'done':
      return answerOf(result.body, result.contentType);
    case 'failed':
      throw new ApiError('ModelError', `the model failed: ${result.message}`);
    case 'unknown':
      throw new ApiError(
        'NotFound',
        `there is no request "${id}"; use an id that POST /predict returned within the retention period`,
        'id',
      );
  }
}

/** Returns 202. @param location path of the result, including the stage */
function accepted(id: string, location: string): APIGatewayProxyResult {
  return {
    statusCode: 202,
    headers: { 'content-type': 'application/json', location },
    body: JSON.stringify({ id, status: 'pending', result: location }),
  };
}
