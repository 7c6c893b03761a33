import { ErrorName } from '../../lib/contract/errors';
import type { GateDecision } from '../../lib/contract/gate';
import type { Champion, RunCost, RunDecision, RunRecord } from '../../lib/contract/run';
import { BY_HAND, type RunTrigger } from '../../lib/contract/triggers';
import type { MetricValues } from '../shared/metrics';
import { parseRunInput } from '../shared/run-input';
import type { EndedExecution } from './sfn';

export interface FailedRun {
  readonly runId: string;
  readonly executionArn: string;
  readonly environment: string;
  readonly model: string;
  readonly execution: EndedExecution;
  /** Decision of the gate, if the run came that far. */
  readonly decision: GateDecision | null;
  readonly champion: Champion | null;
  /** Cost of the run up to its end. */
  readonly cost: RunCost;
}

export function failureRecord(run: FailedRun, now: Date): RunRecord {
  const { execution, decision, champion } = run;
  return {
    runId: run.runId,
    executionArn: run.executionArn,
    environment: run.environment,
    model: run.model,
    decision: outcome(execution),
    error: execution.error,
    message: message(execution),
    trigger: triggerOf(execution.input),
    metrics: decision?.metrics ?? {},
    headline: decision?.headline ?? null,
    verdicts: decision?.verdicts,
    warnings: decision?.warnings,
    championBefore: champion?.runId ?? null,
    championAfter: champion?.runId ?? null,
    cost: run.cost,
    recordedAt: now.toISOString(),
  };
}

/** Returns the run's metrics. A rejected model is a normal outcome; a failure and an abort are not. */
export function failureMetrics({
  decision,
  headline,
  cost,
}: Pick<RunRecord, 'decision' | 'headline' | 'cost'>): MetricValues {
  const measured = { GateMetric: headline?.value ?? undefined, RunCost: cost?.usd };
  if (decision === 'rejected') return { RunsRejected: 1, RunsCompleted: 1, ...measured };
  return { [decision === 'aborted' ? 'RunsAborted' : 'RunsFailed']: 1, ...measured };
}

/** Returns the trigger in the execution's input, which may itself be the reason of the failure. */
function triggerOf(input: string | undefined): RunTrigger {
  try {
    return parseRunInput(JSON.parse(input ?? '{}')).trigger ?? BY_HAND;
  } catch {
    return BY_HAND;
  }
}

function outcome({ status, error }: EndedExecution): RunDecision {
  if (status === 'ABORTED') return 'aborted';
  return isRejection(error) ? 'rejected' : 'failed';
}

/** Returns true for a rejection by the gate or by a person. */
function isRejection(error: string | undefined): boolean {
  return error === ErrorName.ModelRejected || error === ErrorName.ApprovalDenied;
}

function message(execution: EndedExecution): string {
  const { status, error, cause, state } = execution;
  const where = state ? `State "${state}": ` : '';
  const end = { TIMED_OUT: 'timed out', ABORTED: 'was stopped' }[status];
  if (end) return `${where}the execution ${end}.${cause ? ` Cause: ${readableCause(cause)}` : ''}`;
  if (error === 'States.Timeout' && !cause)
    return `${where}no answer within its time limit (TimeoutSeconds); the execution's history and the log of what it called show how far it came. Start another run.`;
  return isRejection(error) ? readableCause(cause) : `${where}${readableCause(cause)}`;
}

/**
 * Returns the sentence in a cause. A Lambda's is JSON with `errorMessage`; that of a `.sync` job is the job's whole
 * description, with the program's message in `ExitMessage` or `FailureReason`.
 */
export function readableCause(cause: string | undefined): string {
  if (!cause) return 'no cause was given';
  let value: unknown;
  try {
    value = JSON.parse(cause);
  } catch {
    return cause;
  }
  if (typeof value !== 'object' || value === null) return cause;
  const { errorMessage, ExitMessage, FailureReason, Build = value } = value as Record<string, unknown>;
  const sentence = [errorMessage, ExitMessage, FailureReason, buildFailure(Build as BuildDescription)].find(
    (text): text is string => typeof text === 'string' && text.trim() !== '',
  );
  return sentence?.trim() ?? cause;
}

/** The part of CodeBuild's description that holds the error. */
interface BuildDescription {
  readonly BuildStatus?: string;
  readonly Phases?: readonly {
    readonly PhaseType?: string;
    readonly PhaseStatus?: string;
    readonly Contexts?: readonly { readonly Message?: string }[];
  }[];
}

function buildFailure({ BuildStatus, Phases = [] }: BuildDescription): string | undefined {
  if (BuildStatus === undefined) return undefined;
  const phase = Phases.find(({ PhaseStatus }) => PhaseStatus !== undefined && PhaseStatus !== 'SUCCEEDED');
  const words = phase?.Contexts?.map(({ Message }) => Message).join('; ');
  return `image build ${BuildStatus}${phase ? ` in phase ${phase.PhaseType}: ${words}` : ''}`;
}
