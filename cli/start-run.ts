import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { RunInput } from '../lib/contract/run';
import { OperatorError, UsageError } from './errors';

/**
 * Returns the name if Step Functions accepts it and job names keep it readable.
 *
 * @throws UsageError for any other name
 */
export function checkRunName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name)) return name;
  throw new UsageError(
    `--name is "${name}"; allowed are 1 to 80 letters, digits, hyphens and underscores; without --name it is made from the time.`,
  );
}

/**
 * Starts a run, as `aws stepfunctions start-execution` does. StartExecution is idempotent: the same name and input
 * again, while that run is running, start no second one.
 *
 * @returns ARN of the execution
 * @throws OperatorError if an earlier run has this name
 */
export async function startRun(
  sfn: SFNClient,
  { stateMachineArn, name, input }: { stateMachineArn: string; name: string; input: RunInput },
): Promise<string> {
  try {
    const command = new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) });
    return (await sfn.send(command)).executionArn!;
  } catch (error) {
    if ((error as Error).name !== 'ExecutionAlreadyExists') throw error;
    throw new OperatorError(
      `--name is "${name}", the name of an earlier run (mlops status ${name} shows it); use another name.`,
    );
  }
}
