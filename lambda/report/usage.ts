import type { MetricValues } from '../shared/metrics';
import type { TrainingUsage } from './record';

/** What Spot saved of the training's price, percent; undefined for a job without training time. */
export function spotSavings({ trainingSeconds, billableSeconds }: TrainingUsage): number | undefined {
  if (trainingSeconds <= 0) return undefined;
  return Math.max(0, 100 * (1 - billableSeconds / trainingSeconds));
}

/** The metrics of a run that ended well. */
export function successMetrics(
  testing: boolean,
  accuracy: number | undefined,
  training: TrainingUsage,
): MetricValues {
  return {
    [testing ? 'RunsTesting' : 'RunsDeployed']: 1,
    RunsCompleted: 1,
    GateAccuracy: accuracy,
    TrainingSeconds: training.trainingSeconds,
    BillableSeconds: training.billableSeconds,
    SpotSavings: spotSavings(training),
  };
}
