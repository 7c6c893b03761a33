import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  type DescribeExecutionOutput,
} from '@aws-sdk/client-sfn';
import type { Headline } from '../lib/contract/run';
import { OperatorError } from './errors';
import { executionArnOf } from './execution';
import type { Pipeline } from './pipeline';

/** One run in a list. Seconds are so far, while it runs. */
export interface RunSummary {
  readonly runId: string;
  readonly status: string;
  readonly decision: string | null;
  readonly headline: Headline | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly seconds: number;
}

/** @throws OperatorError where there is no such run; Step Functions forgets them 90 days after their end */
export async function describeRun(
  { sfn, outputs, environment }: Pipeline,
  runId: string,
): Promise<DescribeExecutionOutput> {
  try {
    const executionArn = executionArnOf(outputs.StateMachineArn, runId);
    return await sfn.send(new DescribeExecutionCommand({ executionArn }));
  } catch (error) {
    if (!/^(ExecutionDoesNotExist|InvalidArn)$/.test((error as Error).name)) throw error;
    throw new OperatorError(
      `RUN is "${runId}", which environment "${environment}" has not; take one that mlops runs lists.`,
    );
  }
}

/** @throws OperatorError where there has been none */
export async function latestRun({ sfn, outputs, environment }: Pipeline): Promise<string> {
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn: outputs.StateMachineArn, maxResults: 1 }),
  );
  if (executions[0]) return executions[0].name!;
  throw new OperatorError(`environment "${environment}" has had no run; start one with mlops run.`);
}

/** Seconds that an execution took, or has taken until `now`. */
export function secondsOf(
  { startDate, stopDate }: { startDate?: Date; stopDate?: Date },
  now = new Date(),
): number {
  return ((stopDate ?? now).getTime() - startDate!.getTime()) / 1000;
}
