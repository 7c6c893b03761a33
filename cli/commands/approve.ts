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
  summary: 'Approves the model of a run that waits for a person: the run goes on and deploys it.',
  examples: [['approve run-20261120151725910', 'the run deploys its model']],
  action: deciding('approve'),
};

export const reject: CommandDescription<RejectOptions> = {
  usage: 'reject <RUN>',
  summary: 'Rejects the model of a run that waits for a person: the run ends, production stays.',
  examples: [
    ['reject run-20261120151725910', 'the run ends as rejected'],
    ['reject run-20261120151725910 --reason "biased data"', 'and its record and mail say why'],
  ],
  options: (command) => command.option('--reason <text>', 'why, in a sentence'),
  action: deciding('reject'),
};

function deciding(action: ApprovalAction): Action<RejectOptions> {
  return async (pipeline, out, { reason }, run) => {
    const runId = run!;
    const { status } = await describeRun(pipeline, runId);
    if (status !== 'RUNNING')
      throw new OperatorError(`run "${runId}" has ended as ${status}; it waits for nobody any more.`);
    const decision = { action, by: await callerArn(pipeline), reason: reasonOf(reason) };
    const ruling = await decideOnce(new OperatorDesk(pipeline), runId, decision, new Date());
    const answer = settled(ruling, runId);
    out.result({ runId, ...answer }, () => `${runId}: ${answer.message}`);
    return ExitCode.Ok;
  };
}

/** @throws OperatorError where this decided nothing */
export function settled(ruling: Ruling, runId: string): ApprovalAnswer {
  switch (ruling.kind) {
    case 'decided':
      return ruling.answer;
    case 'answered':
      throw new OperatorError(
        `run "${runId}" has its answer already: ${ruling.answer.message}, at ${moment(ruling.answer.at)} UTC; that one stands.`,
      );
    case 'late':
      throw new OperatorError(`run "${runId}" has ended meanwhile; it waits for nobody any more.`);
    case 'expired':
      throw new OperatorError(
        `run "${runId}" waited until ${moment(ruling.expiresAt)} UTC; its model counts as rejected.`,
      );
    case 'unknown':
      throw new OperatorError(
        `run "${runId}" waits for nobody: it has not asked for approval, which it does after the gate and where the configuration wants it; see mlops status ${runId}.`,
      );
  }
}

async function callerArn({ sts }: Pipeline): Promise<string> {
  const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
  return Arn!;
}
