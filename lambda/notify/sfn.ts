import { DescribeExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';

/** How an execution ended. */
export interface EndedExecution {
  readonly status: string;
  readonly error?: string;
  readonly cause?: string;
  /** JSON. */
  readonly input?: string;
  /** State in which it ended, where the last events tell. */
  readonly state?: string;
}

/** All but the state, which the history tells. */
export async function describeEnd(
  executionArn: string,
  client = new SFNClient(),
): Promise<Omit<EndedExecution, 'state'>> {
  const { status, error, cause, input } = await client.send(new DescribeExecutionCommand({ executionArn }));
  return { status: status!, error, cause, input };
}
