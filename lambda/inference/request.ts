import type { APIGatewayProxyEvent } from 'aws-lambda';
import { mediaTypeOf, type AcceptedContent } from '../../lib/contract/model';
import { bodyLimit, type ServingKind } from '../../lib/contract/payloads';
import { shown } from '../../lib/contract/shown';
import { ApiError } from './errors';

export interface PredictionRequest {
  /** Media type with its parameters, such as `header=present`. */
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * Reads a prediction request.
 *
 * @param accepts content types of the model
 * @param kind of serving, which limits the size
 * @throws ApiError for a content type, a size or an empty body that no model can answer
 */
export function readRequest(
  { headers, body, isBase64Encoded }: Pick<APIGatewayProxyEvent, 'headers' | 'body' | 'isBase64Encoded'>,
  accepts: readonly AcceptedContent[],
  kind: ServingKind,
): PredictionRequest {
  const given = header(headers, 'content-type');
  const mediaType = given && mediaTypeOf(given);
  const allowed = accepts.map(({ contentType }) => contentType).join(' or ');
  const accepted = accepts.find(({ contentType }) => contentType === mediaType);
  if (!accepted) {
    throw new ApiError(
      'UnsupportedMediaType',
      `header content-type is ${shown(given ?? null)}; must be ${allowed}`,
      'content-type',
    );
  }
  const encoding = header(headers, 'content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ApiError(
      'UnsupportedMediaType',
      `header content-encoding is ${shown(encoding)}; must be absent or identity: send the body uncompressed`,
      'content-encoding',
    );
  }
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length === 0) {
    throw new ApiError('InvalidInput', `the body is empty; send ${allowed}`, 'body');
  }
  const maxBytes = bodyLimit(kind, accepted.binary);
  if (bytes.length > maxBytes) {
    throw new ApiError(
      'PayloadTooLarge',
      `the body has ${bytes.length} bytes; at most ${maxBytes} are allowed: send less per request`,
      'body',
    );
  }
  return { contentType: given!, body: bytes };
}

/** Returns a header by its name, in any case. */
function header(headers: APIGatewayProxyEvent['headers'] | null, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}
