import type { GateSettings } from '../../lib/contract/gate';
import { ErrorName, PipelineError } from '../../lib/contract/errors';
import type { AgreeingMetric } from '../../lib/contract/metrics';
import type { Evaluation } from './evaluation';
import { showNumber as show } from '../../lib/contract/metric-text';

/** An entry of SageMaker's `FinalMetricDataList`; only the fields that are used. */
export interface FinalMetric {
  readonly MetricName?: string;
  readonly Value?: number;
}

/**
 * Compares the training job's last metric with the serving code's on the same rows, those of the validation split.
 *
 * @param finalMetrics chosen by name, since their order is not documented
 * @param agreeing metrics of the model that are compared; null: none
 * @returns the reason for a disagreement, a sentence without a full stop; undefined if they agree
 * @throws PipelineError `MetricsMissing` if the training job reported none
 */
export function objectToTraining(
  { agreement }: Evaluation,
  finalMetrics: readonly FinalMetric[],
  { trainingTolerance }: GateSettings,
  agreeing: readonly AgreeingMetric[] | null,
): string | undefined {
  if (agreeing === null) return undefined;
  const measured = agreeing.filter((pair) => Object.hasOwn(agreement?.metrics ?? {}, pair.evaluation));
  if (measured.length === 0) {
    const names = agreeing.map((pair) => pair.evaluation).join(' and no ');
    return `the evaluation has no ${names} of the validation rows, so training and serving cannot be compared`;
  }
  for (const { evaluation: name, training: trainingName, difference } of measured) {
    const trained = finalMetrics.find(({ MetricName }) => MetricName === trainingName)?.Value;
    if (trained === undefined || !Number.isFinite(trained)) {
      throw new PipelineError(
        ErrorName.MetricsMissing,
        `the training job reported no ${trainingName}; its output must hold a line such as ${trainingName}=0.97;`,
      );
    }
    const served = agreement.metrics[name];
    if (served === null || served === undefined || !Number.isFinite(served)) {
      return `the serving code has no finite ${name} on the ${agreement.rows} validation rows, but the training job reported ${show(trained)}`;
    }
    const scale = difference === 'absolute' ? 1 : Math.max(Math.abs(served), Math.abs(trained));
    if (Math.abs(served - trained) > trainingTolerance * scale + ROUNDING) {
      return (
        `on the same ${agreement.rows} validation rows the serving code's ${name} is ${show(served)} and the training ` +
        `job's ${trainingName} ${show(trained)}, which differ by more than ${trainingTolerance}: training and serving ` +
        'do not agree'
      );
    }
  }
  return undefined;
}

/** Training logs print six significant digits. */
const ROUNDING = 1e-6;
