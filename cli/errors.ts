/** Exit codes of the process, as `mlops --help` lists them. */
export const ExitCode = {
  /** Success; of a run: deployed, restored, or nothing to do. */
  Ok: 0,
  /** The command or the run failed. */
  Failed: 1,
  /** The run's model was rejected. */
  Rejected: 2,
  /** The run was aborted. */
  Aborted: 3,
  /** The command line is invalid (`EX_USAGE` of sysexits.h). */
  Usage: 64,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Returns the exit code of a run's decision. An unknown decision is a failure. */
export function exitCodeOf(decision: string): ExitCode {
  switch (decision) {
    case 'deployed':
    case 'nothing-to-do':
    case 'restored':
      return ExitCode.Ok;
    case 'rejected':
      return ExitCode.Rejected;
    case 'aborted':
      return ExitCode.Aborted;
    default:
      return ExitCode.Failed;
  }
}

/** An error that the operator can correct. The message names the field, the value, what is allowed and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';

  constructor(
    message: string,
    readonly exitCode: ExitCode = ExitCode.Failed,
  ) {
    super(message);
  }
}

/** An invalid argument. */
export class UsageError extends OperatorError {
  constructor(message: string) {
    super(message, ExitCode.Usage);
  }
}

/** Names of the services' errors for credentials that are too old. */
const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired'];

/** Codes and names of errors without an answer. */
const UNREACHABLE = [
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ENOTFOUND',
    'EAI_AGAIN',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ],
  'TimeoutError',
];

/** Line for standard error after Ctrl-C. */
export const INTERRUPTED =
  'mlops: interrupted; what was requested before goes on; repeat the command to finish what was not.\n';

/** Returns one line for standard error. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof OperatorError) return error.message;
  if (error.message.includes('Region is missing'))
    return 'AWS_REGION is not set; set AWS_REGION or AWS_PROFILE, as for the AWS CLI.';
  if (error.name === 'CredentialsProviderError')
    return `no AWS credentials were found (${oneLine(error.message)}); set AWS_PROFILE, or sign in as for the AWS CLI.`;
  if (EXPIRED.includes(error.name))
    return `the AWS credentials have expired (${error.name}); sign in again, as for the AWS CLI, and repeat the command.`;
  const code = (error as NodeJS.ErrnoException).code ?? error.name;
  const endpoint = process.env.AWS_ENDPOINT_URL;
  if (code === 'ECONNREFUSED' && endpoint)
    return `AWS_ENDPOINT_URL "${endpoint}" refuses connections; start the local cloud (npm run cloud), or unset the variable to use AWS.`;
  if (UNREACHABLE.includes(code))
    return `${endpoint ? `AWS_ENDPOINT_URL "${endpoint}"` : 'AWS'} cannot be reached (${oneLine(error.message) || code}); check the network, the proxy and AWS_REGION, and repeat the command.`;
  // The answer to a HEAD request has no body.
  const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
  if (error.message === 'UnknownError' && status !== undefined)
    return `the service answered with HTTP status ${status} and no reason; check the credentials and AWS_REGION, and repeat the command.`;
  const said = `${error.name}: ${oneLine(error.message)}`;
  return /[.!?]$/.test(said) ? said : `${said}.`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
