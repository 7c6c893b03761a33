/** Further properties of a {@link ServiceError}. */
export interface ServiceErrorOptions {
  /** The HTTP status; by default, the one in the SDK's schema of that error, otherwise 400 (client) or 500 (server). */
  status?: number;
  fault?: 'client' | 'server';
  /** Further members of the error's shape, such as `MessageRejected`'s or S3's `Key`. */
  members?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  /** The message for records of calls, if the error's own may repeat a payload. */
  recorded?: string;
}

/** An error in the wire form of the called service: the code is the SDKs' name of the exception. */
export class ServiceError extends Error {
  readonly status: number | undefined;
  readonly fault: 'client' | 'server';
  readonly members: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly recorded: string | undefined;

  constructor(
    readonly code: string,
    message: string,
    options: ServiceErrorOptions = {},
  ) {
    super(message);
    this.name = code;
    this.status = options.status;
    this.fault =
      options.fault ?? (options.status !== undefined && options.status >= 500 ? 'server' : 'client');
    this.members = options.members ?? {};
    this.headers = options.headers ?? {};
    this.recorded = options.recorded;
  }
}

/** Returns the error for a feature of the real service that this one does not have: never a silent success. */
export function notSupported(what: string, instead: string): ServiceError {
  return new ServiceError('NotImplemented', `The local cloud does not support ${what}. ${instead}`, {
    status: 501,
    fault: 'server',
  });
}
