import { DescribeExecutionCommand, ExecutionDoesNotExist, SFNClient } from '@aws-sdk/client-sfn';

const client = new SFNClient();

/** Returns true while an execution runs; false for one that Step Functions has deleted (after 90 days). */
export async function isRunning(executionArn: string): Promise<boolean> {
  try {
    return (await client.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING';
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return false;
    throw error;
  }
}
