import type { APIGatewayProxyResult } from 'aws-lambda';

/** Errors of the API itself, with their HTTP status. */
export const API_ERRORS = {
  InvalidInput: 400,
  NotFound: 404,
  PayloadTooLarge: 413,
  UnsupportedMediaType: 415,
  TooManyRequests: 429,
  InternalError: 500,
  ModelError: 502,
  EndpointUnavailable: 503,
  ModelTimeout: 504,
} as const;

export type ApiErrorCode = keyof typeof API_ERRORS;

export class ApiError extends Error {
  constructor(
    readonly code: ApiErrorCode,
    message: string,
    /** Location in the request, e.g. `instances[3].radius_mean`. */
    readonly field?: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Returns the error body: `{"error": {"code", "message", "field"?}}`, as the serving program's. */
export function answerError(error: unknown): APIGatewayProxyResult {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError('InternalError', 'the request failed; see the function log for the cause');
  const { code, message, field } = known;
  return {
    statusCode: API_ERRORS[code],
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code, message, ...(field === undefined ? {} : { field }) } }),
  };
}
