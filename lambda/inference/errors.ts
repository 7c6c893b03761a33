import type { APIGatewayProxyResult } from 'aws-lambda';

/** Every error the API answers by itself, with its HTTP status. */
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
    /** Where in the request, e.g. `instances[3].radius_mean`. */
    readonly field?: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Shape of every error body: `{"error": {"code", "message", "field"?}}`, as the serving program's. */
export function answerError(error: unknown): APIGatewayProxyResult {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError('InternalError', 'the request could not be answered; the function log says why');
  const { code, message, field } = known;
  return {
    statusCode: API_ERRORS[code],
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ error: { code, message, ...(field === undefined ? {} : { field }) } }),
  };
}
