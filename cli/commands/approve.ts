import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import {
  decideOnce,
  reasonOf,
  type ApprovalAction,
  type ApprovalAnswer,
  type Ruling,
} from '../../lib/contract/approval';
import { OperatorDesk } from '../approval-desk';
import type { Action, CommandDescription, CommonOptions } from '../command';
import { ExitCode, OperatorError } from '../errors';
import { moment } from '../output';
import type { Pipeline } from '../pipeline';
import { describeRun } from '../runs';

interface RejectOptions extends CommonOptions {
  reason?: string;
}

export const approve: CommandDescription<CommonOptions> = {
  usage: 'approve <RUN>',
  summary: 'Approves the model of a run that waits for approval: the run continues and deploys it.',
  examples: [['approve run-20261120151725910', 'the run deploys its model']],
  action: deciding('approve'),
};

export const reject: CommandDescription<RejectOptions> = {
  usage: 'reject <RUN>',
  summary: 'Rejects the model of a run that waits for approval: the run ends, the champion stays.',
  examples: [
    ['reject run-20261120151725910', 'the run ends as rejected'],
    ['reject run-20261120151725910 --reason "biased data"', 'with a reason for the record and the mail'],
  ],
  options: (command) => command.option('--reason <text>', 'reason, one sentence'),
  action: deciding('reject'),
};

function deciding(action: ApprovalAction): Action<RejectOptions> {
  return async (pipeline, out, { reason }, run) => {
    const runId = run!;
    const { status } = await describeRun(pipeline, runId);
    if (status !== 'RUNNING')
      throw new OperatorError(
        `run "${runId}" has ended with status ${status}; it can no longer be approved or rejected.`,
      );
    const decision = { action, by: await callerArn(pipeline), reason: reasonOf(reason) };
    const ruling = await decideOnce(new OperatorDesk(pipeline), runId, decision, new Date());
    const answer = settled(ruling, runId);
    out.result({ runId, ...answer }, () => `${runId}: ${answer.message}`);
    return ExitCode.Ok;
  };
}

/** Returns the answer. @throws OperatorError if the decision had no effect */
export function settled(ruling: Ruling, runId: string): ApprovalAnswer {
  switch (ruling.kind) {
    case 'decided':
      return ruling.answer;
    case 'answered':
      throw new OperatorError(
        `run "${runId}" was already answered at ${moment(ruling.answer.at)} UTC: ${ruling.answer.message}; the first answer is valid.`,
      );
    case 'late':
      throw new OperatorError(`run "${runId}" has ended; it can no longer be approved or rejected.`);
    case 'expired':
      throw new OperatorError(
        `the approval of run "${runId}" expired at ${moment(ruling.expiresAt)} UTC; its model is rejected.`,
      );
    case 'unknown':
      throw new OperatorError(
        `run "${runId}" does not wait for approval; a run asks for it after the gate, if the configuration requires it; see mlops status ${runId}.`,
      );
  }
}

/** Returns the ARN of the command line's caller. */
export async function callerArn({ sts }: Pipeline): Promise<string> {
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  return Arn!;
}
