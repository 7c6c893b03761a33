import type { CommandDescription, CommonOptions } from '../command';
import { ExitCode } from '../errors';
import { executionHistory, HistoryFollower } from '../execution';
import { followRun } from '../follow';
import { findNextRun, nextRunText } from '../next-run';
import { runOutcome } from '../outcome';
import { duration, fields, moment } from '../output';
import { describeRun, latestRun, secondsOf } from '../runs';
import { showVerdict } from '../../lib/contract/metric-text';
import { openStates } from '../states';

interface StatusOptions extends CommonOptions {
  watch?: boolean;
}

export const status: CommandDescription<StatusOptions> = {
  usage: 'status [RUN]',
  summary: 'Shows one run, by default the latest: its current states, or its result.',
  examples: [
    ['status', 'the latest run'],
    ['status --watch', 'follow it to its end, and exit with its code'],
    ['status run-20261120151725910 --json', 'one run, for a script'],
  ],
  options: (command) => command.option('--watch', 'follow the run to its end'),
  action: async (pipeline, out, { watch }, run) => {
    const runId = run ?? (await latestRun(pipeline));
    const description = await describeRun(pipeline, runId);
    if (watch) return followRun(pipeline, out, runId);
    const { sfn, s3, outputs } = pipeline;
    const running = description.status === 'RUNNING';
    const outcome = running ? {} : await runOutcome(s3, outputs.ArtifactsBucketName, description, 0);
    const events = await executionHistory(sfn, description.executionArn!);
    const follower = new HistoryFollower(() => undefined);
    follower.add(events);
    const found = {
      runId,
      status: description.status!,
      decision: outcome.decision ?? null,
      error: description.error ?? null,
      message: outcome.message ?? description.cause ?? null,
      headline: outcome.headline ?? null,
      verdicts: outcome.verdicts ?? [],
      warnings: outcome.warnings ?? [],
      startedAt: description.startDate!.toISOString(),
      seconds: secondsOf(description),
      states: running ? openStates(events) : [],
      secondsByState: follower.secondsByState,
      nextRun: await findNextRun(sfn, outputs.StateMachineArn, outputs.ScheduleGroup),
    };
    out.result(found, () =>
      fields([
        ['Run', runId],
        ['Status', found.status],
        ['Decision', found.decision],
        ...(found.message ? [['Reason', found.message] as const] : []),
        ...found.verdicts.map((verdict) => [verdict.name, showVerdict(verdict)] as const),
        ...found.warnings.map((warning) => ['Warning', warning] as const),
        ['Started', `${moment(found.startedAt)} UTC`],
        ['Took', duration(found.seconds)],
        ...(running ? [['Now', found.states.join(', ')] as const] : []),
        ...(found.nextRun ? [['Next run', nextRunText(found.nextRun)] as const] : []),
      ]),
    );
    return ExitCode.Ok;
  },
};
