import type { APIGatewayProxyResult } from 'aws-lambda';
import { isText } from '../../lib/contract/model';

/** Returns the model's answer as API Gateway takes it: text as it is, all else as base64. */
export function answerOf(body: Uint8Array, contentType: string): APIGatewayProxyResult {
  const isBase64Encoded = !isText(contentType);
  return {
    statusCode: 200,
    headers: { 'content-type': contentType },
    body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}
