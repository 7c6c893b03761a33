import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';

/** The end of an execution. */
export interface EndedExecution {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
  /** JSON. */
  readonly input?: string;
  /** State in which it ended, if the last events name it. */
  readonly state?: string;
}

/** Returns all but the state, which the history holds. */
export async function describeEnd(
  executionArn: string,
  client = new SFNClient(),
): Promise<Omit<EndedExecution, 'state'>> {
  const { status, error, cause, input } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return { status: status!, error, cause, input };
}
