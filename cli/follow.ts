import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { escapeLines } from '../containers/table/escape.ts';
import type { Headline } from '../lib/contract/run';
import { exitCodeOf, type ExitCode } from './errors';
import { followExecution, type StateChange } from './execution';
import { LogReader } from './log-reader';
import type { Output } from './output';
import { RECORD_PATIENCE_MS, runOutcome } from './outcome';
import type { Pipeline } from './pipeline';
import { Progress } from './progress';
import { runTasks } from './run-tasks';
import { executionArnOf } from './execution';

/** A run that has ended. */
export interface EndedRun {
  readonly runId: string;
  readonly decision: string;
  readonly error: string | null;
  readonly message: string;
  /** First metric of the gate. */
  readonly headline: Headline | null;
}

/**
 * Shows a run's states, training epochs and decision until it has ended.
 *
 * @returns the exit code of the decision
 */
export async function followRun(pipeline: Pipeline, out: Output, runId: string): Promise<ExitCode> {
  return exitCodeOf((await followToEnd(pipeline, out, runId)).decision);
}

/**
 * Shows a run until it has ended, and returns its outcome.
 *
 * @param onLook called after each look, with the state that was entered last
 */
export async function followToEnd(
  pipeline: Pipeline,
  out: Output,
  runId: string,
  onLook?: (state: string | undefined) => Promise<void>,
): Promise<EndedRun> {
  const { sfn, s3, outputs, pollMs } = pipeline;
  const progress = new Progress(out.stream);
  const training = new TrainingLines(pipeline, (line) => {
    if (out.json) out.event({ event: 'training', runId, line });
    else progress.trainingLine(line);
  });
  let entered: string | undefined;
  const onChange = (change: StateChange) => {
    if (change.kind === 'entered') entered = change.name;
    if (out.json) out.event({ event: 'state', runId, ...change });
    else progress.state(change);
  };
  const { description } = await followExecution(sfn, executionArnOf(outputs.StateMachineArn, runId), {
    pollMs,
    onChange,
    onLook: async (events) => {
      await training.read(events);
      await onLook?.(entered);
    },
  }).finally(() => progress.end());
  const outcome = await runOutcome(s3, outputs.ArtifactsBucketName, description, RECORD_PATIENCE_MS);
  const decision = outcome.decision ?? (description.status === 'ABORTED' ? 'aborted' : 'failed');
  const message = outcome.message ?? description.cause ?? 'the run has no record';
  const headline = outcome.headline ?? null;
  const { error = null } = description;
  const ended = { runId, decision, error, message, headline };
  out.event({ event: 'ended', ...ended }, `${decision}: ${escapeLines(message)}`);
  return ended;
}

/** Reads the lines of this run's training jobs; other runs may train at the same time. */
class TrainingLines {
  private readonly readers = new Map<string, LogReader>();

  constructor(
    private readonly pipeline: Pipeline,
    private readonly onLine: (line: string) => void,
  ) {}

  async read(events: readonly HistoryEvent[]): Promise<void> {
    for (const task of runTasks(events)) {
      if (task.kind !== 'job' || !task.group.endsWith('/TrainingJobs')) continue;
      const { name, group, from } = task;
      const reader =
        this.readers.get(name) ??
        new LogReader(this.pipeline.logs, { name, group, streamPrefix: `${name}/`, from });
      this.readers.set(name, reader);
      for (const { text } of await reader.read()) this.onLine(text);
    }
  }
}
