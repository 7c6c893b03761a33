import type { APIGatewayProxyEvent } from 'aws-lambda';
import { ApiError } from './errors';

export interface PredictionRequest {
  /** Media type with its parameters, such as `header=present`. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

const CONTENT_TYPES = ['application/json', 'text/csv'] as const;

/**
 * Reads a prediction request.
 *
 * @param maxBytes of the endpoint
 * @throws ApiError for a content type, a size or an empty body that no model can answer
 */
export function readRequest(
  { headers, body, isBase64Encoded }: Pick<APIGatewayProxyEvent, 'headers' | 'body' | 'isBase64Encoded'>,
  maxBytes: number,
): PredictionRequest {
  const given = header(headers, 'content-type');
  const mediaType = given?.split(';')[0]!.trim().toLowerCase();
  if (!CONTENT_TYPES.some((known) => known === mediaType)) {
    throw new ApiError(
      'UnsupportedMediaType',
      `header content-type is ${JSON.stringify(given ?? null)}; must be ${CONTENT_TYPES.join(' or ')}`,
      'content-type',
    );
  }
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) {
    throw new ApiError(
      'InvalidInput',
      'the body is empty; send {"instances": [{feature: value, …}]} or CSV rows',
      'body',
    );
  }
  if (bytes.length > maxBytes) {
    throw new ApiError(
      'PayloadTooLarge',
      `the body has ${bytes.length} bytes; at most ${maxBytes} are allowed: send fewer rows per request`,
      'body',
    );
  }
  return { contentType: given!, body: bytes };
}

/** Returns a header by its name, in any case. */
function header(headers: APIGatewayProxyEvent['headers'] | null, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
