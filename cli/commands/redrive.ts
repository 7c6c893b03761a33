import { RedriveExecutionCommand, type HistoryEvent } from '@aws-sdk/client-sfn';
import type { CommandDescription, CommonOptions } from '../command';
import { ExitCode, OperatorError } from '../errors';
import { executionHistory } from '../execution';
import { followRun } from '../follow';
import { describeRun, latestRun } from '../runs';

interface RedriveOptions extends CommonOptions {
  wait?: boolean;
}

export const redrive: CommandDescription<RedriveOptions> = {
  usage: 'redrive [RUN]',
  summary: 'Continues a failed or stopped run, by default the latest, from the states that failed.',
  examples: [
    ['redrive', 'the latest run, after its cause is mended, such as a missing permission'],
    ['redrive run-20261120151725910 --wait', 'show the progress, exit with the run’s code'],
  ],
  options: (command) => command.option('--wait', 'show the run until it has ended'),
  action: async (pipeline, out, { wait }, run) => {
    const runId = run ?? (await latestRun(pipeline));
    const { executionArn, redriveStatus, redriveStatusReason } = await describeRun(pipeline, runId);
    const another = 'start another run: mlops run';
    if (redriveStatus !== 'REDRIVABLE') {
      throw new OperatorError(
        `RUN is "${runId}"; Step Functions does not continue it: ${redriveStatusReason ?? 'no reason given'}; ${another}.`,
      );
    }
    const end = failState(await executionHistory(pipeline.sfn, executionArn!));
    if (end !== undefined) {
      throw new OperatorError(
        `RUN is "${runId}"; it ended in the state "${end}", which would fail again: ${another}, which resumes from the checkpoints.`,
      );
    }
    await pipeline.sfn.send(new RedriveExecutionCommand({ executionArn }));
    if (!wait) {
      out.result({ runId, executionArn }, () => runId);
      return ExitCode.Ok;
    }
    out.event({ event: 'redriven', runId, executionArn }, runId);
    return followRun(pipeline, out, runId);
  },
};

/**
 * Returns the Fail state in which the run ended: a redrive begins with the state that failed, and a Fail state only
 * fails (Step Functions Developer Guide, "Redrive behavior of individual states").
 *
 * @param events oldest first
 */
export function failState(events: readonly HistoryEvent[]): string | undefined {
  const failed = events.findLast(({ type }) => type?.endsWith('StateEntered'));
  return failed?.type === 'FailStateEntered' ? failed.stateEnteredEventDetails!.name : undefined;
}
