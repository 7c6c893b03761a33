/** What the process ends with; `mlops --help` says the same. */
export const ExitCode = {
  /** Done; of a run: deployed, or nothing to do. */
  Ok: 0,
  /** The command or the run failed. */
  Failed: 1,
  /** The run's model was rejected. */
  Rejected: 2,
  /** The run was aborted. */
  Aborted: 3,
  /** The command line cannot be understood (`EX_USAGE` of sysexits.h). */
  Usage: 64,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  Interrupted: 130,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** How a run ended, as an exit code. Whatever is not known to be good is a failure. */
export function exitCodeOf(decision: string): ExitCode {
  switch (decision) {
    case 'deployed':
    case 'nothing-to-do':
      return ExitCode.Ok;
    case 'rejected':
      return ExitCode.Rejected;
    case 'aborted':
      return ExitCode.Aborted;
    default:
      return ExitCode.Failed;
  }
}

/** What an operator can mend: its message is one sentence with field, value, what is allowed and what to do. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';

  constructor(
    message: string,
    readonly exitCode: ExitCode = ExitCode.Failed,
  ) {
    super(message);
  }
}

/** A wrong argument that only the values can show. */
export class UsageError extends OperatorError {
  constructor(message: string) {
    super(message, ExitCode.Usage);
  }
}

/** SageMaker has no error name for what does not exist: its message says so. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && error.message.includes('Could not find');
}

/** @returns one line for standard error */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof OperatorError) return error.message;
  if (error.message.includes('Region is missing'))
    return 'AWS_REGION is not set; set it, or AWS_PROFILE, as for the AWS CLI.';
  if (error.name === 'CredentialsProviderError')
    return `no AWS credentials were found (${oneLine(error.message)}); set AWS_PROFILE, or sign in as for the AWS CLI.`;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED')
    return `nothing answers at AWS_ENDPOINT_URL "${process.env.AWS_ENDPOINT_URL ?? ''}"; start the local cloud (npm run cloud), or unset it to reach AWS.`;
  return `${error.name}: ${oneLine(error.message)}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
