import type { ApprovalAnswer } from '../../lib/contract/approval';
import type { GateDecision } from '../../lib/contract/gate';
import { describeComparison, type ComparisonSummary } from '../../lib/contract/shadow';
import type { DataSummary, RunPlan, RunRecord } from '../../lib/contract/run';

export interface ReportRequest {
  readonly executionArn: string;
  readonly plan: Pick<RunPlan, 'runId' | 'fingerprint' | 'uris' | 'champion' | 'trigger'>;
  readonly data: DataSummary;
  readonly decision: GateDecision;
  readonly training: TrainingUsage;
  readonly retired: Retirement;
  readonly endpointName: string;
  /** True if the model is tested against the champion and no decision has been made. */
  readonly testing: boolean;
  /** Comparison of a shadow's answers, or the reason for its failure. */
  readonly comparison: ComparisonSummary | { readonly failure: string } | null;
  /** ARN of its version in the registry. */
  readonly modelPackage: string;
  /** Approval, where the configuration requires one. */
  readonly approval?: ApprovalAnswer;
}

/** The request of a run that restored the endpoint; it may go on to train. */
export interface RestoredRequest {
  readonly executionArn: string;
  readonly plan: Pick<RunPlan, 'runId' | 'champion' | 'trigger' | 'restore' | 'changed' | 'warnings'>;
  readonly endpointName: string;
}

/** Times in the training job's description, seconds. */
export interface TrainingUsage {
  readonly jobName: string;
  readonly trainingSeconds: number;
  readonly billableSeconds: number;
}

/** The result of `Retire old models`. */
export interface Retirement {
  /** Runs whose model is no longer in SageMaker. */
  readonly runs: readonly string[];
  /** Reason of a failure; null without one. */
  readonly failure: string | null;
}

/** Returns the record of a run that restored the endpoint. */
export function restoredRecord(
  { executionArn, plan, endpointName }: RestoredRequest,
  pipeline: { readonly environment: string; readonly model: string },
  now: Date,
): RunRecord {
  const champion = plan.champion!;
  return {
    ...{ runId: plan.runId, executionArn, ...pipeline, decision: 'restored' },
    message:
      `Champion ${champion.runId} was restored without training: ${plan.restore!.reason}.` +
      (plan.changed ? ' The run goes on and trains.' : ''),
    trigger: plan.trigger,
    ...{ metrics: champion.metrics, headline: champion.headline, warnings: plan.warnings },
    ...{ championBefore: champion.runId, championAfter: champion.runId },
    recordedAt: now.toISOString(),
    details: { endpointName, restored: plan.restore },
  };
}

export function successRecord(
  request: ReportRequest,
  pipeline: { readonly environment: string; readonly model: string },
  now: Date,
): RunRecord {
  const { plan, decision, data, training, retired, approval, testing, comparison } = request;
  const champion = plan.champion?.runId ?? null;
  return {
    runId: plan.runId,
    executionArn: request.executionArn,
    ...pipeline,
    decision: testing ? 'testing' : 'deployed',
    message: [
      `${decision.reason}.`,
      ...(approval ? [`Then ${approval.message}.`] : []),
      ...(comparison ? [describeComparison(comparison)] : []),
      ...(data.note ? [`\n${data.note}`] : []),
      ...(retired.failure ? [`Old models could not be removed: ${retired.failure}`] : []),
    ].join(' '),
    trigger: plan.trigger,
    metrics: decision.metrics,
    headline: decision.headline,
    verdicts: decision.verdicts,
    warnings: [...(decision.warnings ?? []), ...data.warnings],
    championBefore: champion,
    championAfter: testing ? champion : plan.runId,
    recordedAt: now.toISOString(),
    details: {
      endpointName: request.endpointName,
      fingerprint: plan.fingerprint,
      manifest: plan.uris.manifest,
      modelPackage: request.modelPackage,
      ...(comparison ? { comparison } : {}),
      ...(approval && { approval }),
      rows: data.rows,
      rejectedRows: data.rejected,
      trainingJob: training.jobName,
      trainingSeconds: training.trainingSeconds,
      billableSeconds: training.billableSeconds,
      retired: retired.runs,
    },
  };
}
