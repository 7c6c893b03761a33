import { escapeText } from '../table/escape.ts';

/** Everything that can go wrong with a request, in one place: its code, its HTTP status and who can mend it. */
const CATALOGUE = {
  /** The body is of the right kind, but something in it is not allowed; `field` says where. */
  InvalidInput: 400,
  /** There is no such path. */
  NotFound: 404,
  /** The path exists, the method does not. */
  MethodNotAllowed: 405,
  /** The body, or the answer to it, is larger than SageMaker lets through. */
  PayloadTooLarge: 413,
  /** The body is neither JSON nor CSV. */
  UnsupportedMediaType: 415,
  /** A bug. Its details are in the log, not in the answer. */
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

  /** The answer's body. */
  toJSON(): { error: { code: ErrorCode; message: string; field?: string } } {
    return { error: { code: this.code, message: this.message, field: this.field } };
  }
}

/** The error of a request with something in it that is not allowed. */
export function invalid(field: string, problem: string): RequestError {
  const shown = escapeText(field);
  return new RequestError('InvalidInput', `${shown}: ${problem}`, shown);
}

/** Something whoever started the program can put right: its files or its environment. Ends it with status 1. */
export class UserError extends Error {
  override name = 'UserError';
}
