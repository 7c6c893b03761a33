/**
 * Largest request and answer of a Lambda, bytes: of the whole event or answer as JSON, in which a quote of the body
 * takes two bytes ("Lambda quotas", Developer Guide: 6 MB; its errors name this number).
 */
export const LAMBDA_PAYLOAD_BYTES = 6_291_556;

/** Largest body of InvokeEndpoint, request and answer, bytes ("Endpoints and quotas", Amazon SageMaker AI). */
export const ENDPOINT_BODY_BYTES = {
  realtime: 6_291_456,
  /** "Serverless Inference", Developer Guide: 4 MB each way. */
  serverless: 4_194_304,
  /** The request lies in S3; what the API takes is a Lambda's event all the same. */
  asynchronous: 6_291_456,
  batch: 6_291_456,
} as const;

export type ServingKind = keyof typeof ENDPOINT_BODY_BYTES;
