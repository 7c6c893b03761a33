import { PRICES, trainingCost, type TrainingInstances } from '../../lib/contract/prices';
import type { RunCost } from '../../lib/contract/run';
import type { MetricValues } from '../shared/metrics';
import type { TrainingUsage } from './record';

/** What Spot saved of the training's price, percent; undefined for a job without training time. */
export function spotSavings({ trainingSeconds, billableSeconds }: TrainingUsage): number | undefined {
  if (trainingSeconds <= 0) return undefined;
  return Math.max(0, 100 * (1 - billableSeconds / trainingSeconds));
}

/** @returns undefined where the price table does not have the instance type */
export function runCost(instances: TrainingInstances, training: TrainingUsage): RunCost | undefined {
  const trainingUsd = trainingCost(instances, training.billableSeconds);
  if (trainingUsd === undefined) return undefined;
  return { trainingUsd, spotSavings: spotSavings(training) ?? 0, pricesOf: PRICES.date };
}

/** The metrics of a run that ended well. */
export function successMetrics(
  testing: boolean,
  accuracy: number | undefined,
  training: TrainingUsage,
  cost: RunCost | undefined,
): MetricValues {
  return {
    [testing ? 'RunsTesting' : 'RunsDeployed']: 1,
    RunsCompleted: 1,
    GateAccuracy: accuracy,
    TrainingSeconds: training.trainingSeconds,
    BillableSeconds: training.billableSeconds,
    SpotSavings: spotSavings(training),
    TrainingCost: cost?.trainingUsd,
  };
}
