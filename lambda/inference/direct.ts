import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { AcceptedContent } from '../../lib/contract/model';
import { parseAnswer } from '../../lib/contract/golden';
import type { ServingKind } from '../../lib/contract/payloads';
import { answerOf } from './answer';
import { readRequest } from './request';
import type { Endpoint } from './sagemaker-runtime';

/** Header with the variant that answered, where the answer is no JSON object. */
const VARIANT_HEADER = 'x-variant';

/** Invokes the model, and answers with its predictions. A JSON object gets the member `variant`. */
export async function answerNow(
  endpoint: Pick<Endpoint, 'predict'>,
  event: APIGatewayProxyEvent,
  accepts: readonly AcceptedContent[],
  kind: ServingKind,
): Promise<APIGatewayProxyResult> {
  // The request's id joins the captured records of champion and shadow.
  const { requestId } = event.requestContext;
  const { body, contentType, variant } = await endpoint.predict(readRequest(event, accepts, kind), requestId);
  const answer = answerOf(body, contentType);
  if (answer.isBase64Encoded) return withHeader(answer, variant);
  const parsed = parseAnswer(answer.body);
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  return isObject ? { ...answer, body: JSON.stringify({ ...parsed, variant }) } : withHeader(answer, variant);
}

function withHeader(answer: APIGatewayProxyResult, variant: string): APIGatewayProxyResult {
  return { ...answer, headers: { ...answer.headers, [VARIANT_HEADER]: variant } };
}
