import type { APIGatewayProxyResult } from 'aws-lambda';
import { LAMBDA_PAYLOAD_BYTES } from '../../lib/contract/payloads';
import { ApiError } from './errors';

/**
 * Returns the answer if it fits Lambda's limit. A larger one would reach the caller as a bare 502.
 *
 * @throws ApiError `PayloadTooLarge`
 */
export function limited(answer: APIGatewayProxyResult, limit = LAMBDA_PAYLOAD_BYTES): APIGatewayProxyResult {
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  if (bytes <= limit) return answer;
  throw new ApiError(
    'PayloadTooLarge',
    `the answer takes ${bytes} bytes as JSON within JSON; at most ${limit} are allowed: send less per request`,
    'body',
  );
}
