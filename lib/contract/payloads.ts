/**
 * Largest request and answer of a Lambda, bytes: of the whole event or answer as JSON, where a quote in the body takes
 * two bytes ("Lambda quotas", Developer Guide: 6 MB; its errors name this number).
 */
export const LAMBDA_PAYLOAD_BYTES = 6_291_556;

/** Largest body of InvokeEndpoint, request and answer, bytes ("Endpoints and quotas", Amazon SageMaker AI). */
export const ENDPOINT_BODY_BYTES = {
  realtime: 6_291_456,
  /** "Serverless Inference", Developer Guide: 4 MB each way. */
  serverless: 4_194_304,
  /** The request is stored in S3, but the API still receives it as a Lambda's event. */
  asynchronous: 6_291_456,
  batch: 6_291_456,
} as const;

export type ServingKind = keyof typeof ENDPOINT_BODY_BYTES;

/**
 * Returns the largest body of a request, bytes. The function receives a binary body as base64, which takes four bytes for
 * three ("Content type conversions in API Gateway", Developer Guide), so that Lambda's limit comes before the endpoint's.
 */
export function bodyLimit(kind: ServingKind, binary: boolean): number {
  const limit = ENDPOINT_BODY_BYTES[kind];
  return binary ? Math.min(limit, Math.floor((LAMBDA_PAYLOAD_BYTES * 3) / 4)) : limit;
}
