import { StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { RunInput } from '../lib/contract/run';
import { OperatorError, UsageError } from './errors';

/** An execution's name says when it started, and is legal in every place that it becomes part of. */
export function runName(now: Date): string {
  return `run-${now.toISOString().replace(/\D/g, '').slice(0, 17)}`;
}

/**
 * Names that Step Functions takes and that stay readable in the names of jobs.
 *
 * @throws UsageError
 */
export function checkRunName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(name)) return name;
  throw new UsageError(
    `--name is "${name}"; allowed are 1 to 80 letters, digits, hyphens and underscores; leave it out to have one made from the time.`,
  );
}

/**
 * Starts a run, as anybody may with `aws stepfunctions start-execution`. The same name and input again, while that
 * run goes on, start no second one (StartExecution is idempotent).
 *
 * @returns ARN of the execution
 * @throws OperatorError where another run has had this name
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
      `--name is "${name}", which an earlier run has; look at it with mlops status ${name}, or choose another name.`,
    );
  }
}
