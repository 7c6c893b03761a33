import type { RunCost } from '../../lib/contract/run';
import type { MetricValues } from '../shared/metrics';
import type { TrainingUsage } from './record';

/** Returns the metrics of a successful run. */
export function successMetrics(
  testing: boolean,
  gateMetric: number | undefined,
  training: TrainingUsage,
  cost: RunCost,
  trainingUsd: number | undefined,
): MetricValues {
  return {
    [testing ? 'RunsTesting' : 'RunsDeployed']: 1,
    RunsCompleted: 1,
    EndpointFaults: 0,
    GateMetric: gateMetric,
    TrainingSeconds: training.trainingSeconds,
    BillableSeconds: training.billableSeconds,
    SpotSavings: cost.spotSavings ?? undefined,
    TrainingCost: trainingUsd,
    RunCost: cost.usd,
  };
}
