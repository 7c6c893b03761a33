import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type DescribeExecutionOutput,
} from '@aws-sdk/client-sfn';
import type { Headline } from '../lib/contract/run';
import { OperatorError } from './errors';
import { executionArnOf } from './execution';
import type { Pipeline } from './pipeline';

/** One run in a list. `seconds` grows while it is running. */
export interface RunSummary {
  readonly runId: string;
  readonly status: string;
  readonly decision: string | null;
  readonly headline: Headline | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
}

/** @throws OperatorError if there is no such run; Step Functions deletes executions 90 days after their end */
export async function describeRun(
  { sfn, outputs, id }: Pipeline,
  runId: string,
): Promise<DescribeExecutionOutput> {
  try {
    const executionArn = executionArnOf(outputs.StateMachineArn, runId);
    return await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (!/^(ExecutionDoesNotExist|InvalidArn)$/.test((error as Error).name)) throw error;
    throw new OperatorError(
      `RUN is "${runId}"; pipeline "${id}" has no such run; use an id that mlops runs lists.`,
    );
  }
}

/** Returns the id of the latest run. @throws OperatorError if there is none */
export async function latestRun({ sfn, outputs, id }: Pipeline): Promise<string> {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: outputs.StateMachineArn, maxResults: 1 }),
  );
  if (executions[0]) return executions[0].name!;
  throw new OperatorError(`pipeline "${id}" has no runs yet; start one with mlops run.`);
}

/** Returns the duration of an execution in seconds; up to `now` while it is running. */
export function secondsOf(
  { startDate, stopDate }: { startDate?: Date; stopDate?: Date },
  now = new Date(),
): number {
  return ((stopDate ?? now).getTime() - startDate!.getTime()) / 1000;
}
