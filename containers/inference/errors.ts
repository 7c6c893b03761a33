import { escapeText } from '../table/escape.ts';

/** Errors of requests, with their HTTP statuses. */
const CATALOGUE = {
  /** The body has the right type, but an invalid value; `field` says where. */
  InvalidInput: 400,
  /** The path does not exist. */
  NotFound: 404,
  /** The path exists, the method does not. */
  MethodNotAllowed: 405,
  /** The body, or the answer to it, is larger than SageMaker's limit. */
  PayloadTooLarge: 413,
  /** The body is neither JSON nor CSV. */
  UnsupportedMediaType: 415,
  /** A bug. The log has the details, the answer does not. */
  InternalError: 500,
  /** The model is still being loaded. */
  ModelNotReady: 503,
} as const;

export type ErrorCode = keyof typeof CATALOGUE;

/** A request that cannot be answered. The message tells the caller what to change. */
export class RequestError extends Error {
  readonly code: ErrorCode;
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, field?: string) {
    super(message);
    this.name = code;
    this.code = code;
    this.field = field;
  }

  get status(): number {
    return CATALOGUE[this.code];
  }

  /** Returns the answer's body. */
  toJSON(): { error: { code: ErrorCode; message: string; field?: string } } {
    return { error: { code: this.code, message: this.message, field: this.field } };
  }
}

/** Returns the error of a request with an invalid value. */
export function invalid(field: string, problem: string): RequestError {
  const shown = escapeText(field);
  return new RequestError('InvalidInput', `${shown}: ${problem}`, shown);
}

/** An error that the operator can fix: a file or an environment variable. The program exits with status 1. */
export class UserError extends Error {
  override name = 'UserError';
}
