import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import type { AcceptedContent } from '../../lib/contract/model';
import { parseAnswer } from '../../lib/contract/golden';
import { readRequest } from './request';
import type { Endpoint } from './sagemaker-runtime';

/** Header with the variant that answered, where the answer is no JSON object. */
const VARIANT_HEADER = 'x-variant';

/** Invokes the model, and answers with its predictions. A JSON object gets the member `variant`. */
export async function answerNow(
  endpoint: Pick<Endpoint, 'predict'>,
  event: APIGatewayProxyEvent,
  accepts: readonly AcceptedContent[],
  maxBytes: number,
): Promise<APIGatewayProxyResult> {
  // The request's id joins the captured records of champion and shadow.
  const { requestId } = event.requestContext;
  const { body, contentType, variant } = await endpoint.predict(
    readRequest(event, accepts, maxBytes),
    requestId,
  );
  if (!isText(contentType)) {
    return {
      statusCode: 200,
      headers: { 'content-type': contentType, [VARIANT_HEADER]: variant },
      body: Buffer.from(body).toString('base64'),
      isBase64Encoded: true,
    };
  }
  const text = Buffer.from(body).toString('utf8');
  const answer = parseAnswer(text);
  const isObject = typeof answer === 'object' && answer !== null && !Array.isArray(answer);
  return {
    statusCode: 200,
    headers: { 'content-type': contentType, ...(!isObject && { [VARIANT_HEADER]: variant }) },
    body: isObject ? JSON.stringify({ ...answer, variant }) : text,
  };
}

function isText(contentType: string): boolean {
  return /^(text\/|application\/([a-z.+-]+\+)?(json|xml)\b|application\/jsonlines\b)/.test(contentType);
}
