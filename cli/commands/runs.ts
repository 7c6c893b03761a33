import { DescribeExecutionCommand, ListExecutionsCommand, type ExecutionListItem } from '@aws-sdk/client-sfn';
import { showHeadline } from '../../lib/contract/metric-text';
import { whole, type CommandDescription, type CommonOptions } from '../command';
import { ExitCode } from '../errors';
import { runOutcome } from '../outcome';
import { duration, moment, table } from '../output';
import type { Pipeline } from '../pipeline';
import { secondsOf, type RunSummary } from '../runs';

interface RunsOptions extends CommonOptions {
  limit: number;
}

export const runs: CommandDescription<RunsOptions> = {
  usage: 'runs',
  summary: 'Lists the latest runs with decision, first metric of the gate, start time and duration.',
  examples: [
    ['runs', 'the latest ten runs'],
    ['runs --limit 50 --json', 'for a script'],
  ],
  options: (command) => command.option('--limit <number>', 'number of runs, 1 to 100', whole(1, 100), 10),
  action: async (pipeline, out, { limit }) => {
    const { executions = [] } = await pipeline.sfn.send(
      new ListExecutionsCommand({ stateMachineArn: pipeline.outputs.StateMachineArn, maxResults: limit }),
    );
    const summaries = await Promise.all(executions.map((execution) => summarise(pipeline, execution)));
    out.result(summaries, () => (summaries.length === 0 ? 'No run yet.' : render(summaries)));
    return ExitCode.Ok;
  },
};

async function summarise(
  { sfn, s3, outputs }: Pipeline,
  { executionArn, name, status, startDate, stopDate }: ExecutionListItem,
): Promise<RunSummary> {
  const outcome =
    status === 'RUNNING'
      ? {}
      : await runOutcome(
          s3,
          outputs.ArtifactsBucketName,
          await sfn.send(new DescribeExecutionCommand({ executionArn })),
          0,
        );
  return {
    runId: name!,
    status: status!,
    decision: outcome.decision ?? null,
    // A run with nothing to do evaluated no model: its outcome has the champion's numbers.
    headline: outcome.decision === 'nothing-to-do' ? null : (outcome.headline ?? null),
    startedAt: startDate!.toISOString(),
    seconds: secondsOf({ startDate, stopDate }),
  };
}

function render(summaries: readonly RunSummary[]): string {
  return table(
    ['RUN', 'STATUS', 'DECISION', 'GATE METRIC', 'STARTED (UTC)', 'TOOK'],
    summaries.map(({ runId, status, decision, headline, startedAt, seconds }) => [
      runId,
      status,
      decision,
      showHeadline(headline),
      moment(startedAt),
      duration(seconds),
    ]),
  );
}
