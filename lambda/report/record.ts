import type { DataSummary, Decision, RunPlan, RunRecord } from '../../lib/contract/run';

export interface ReportRequest {
  readonly executionArn: string;
  readonly plan: Pick<RunPlan, 'runId' | 'fingerprint' | 'uris' | 'champion'>;
  readonly data: DataSummary;
  readonly decision: Decision;
  readonly training: TrainingUsage;
  readonly endpointName: string;
}

/** From the training job's description; seconds. */
export interface TrainingUsage {
  readonly jobName: string;
  readonly trainingSeconds: number;
  readonly billableSeconds: number;
}

export function successRecord(request: ReportRequest, environment: string, now: Date): RunRecord {
  const { plan, decision, data, training } = request;
  return {
    runId: plan.runId,
    executionArn: request.executionArn,
    environment,
    decision: 'deployed',
    message: `${decision.reason}.${data.note ? ` ${data.note}.` : ''}`,
    metrics: decision.metrics,
    accuracyInterval: decision.accuracyInterval,
    championBefore: plan.champion?.runId ?? null,
    championAfter: plan.runId,
    recordedAt: now.toISOString(),
    details: {
      endpointName: request.endpointName,
      fingerprint: plan.fingerprint,
      manifest: plan.uris.manifest,
      rows: data.rows,
      rejectedRows: data.rejected,
      trainingJob: training.jobName,
      trainingSeconds: training.trainingSeconds,
      billableSeconds: training.billableSeconds,
    },
  };
}
