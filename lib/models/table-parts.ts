import type { GateByData } from '../contract/gate';
import type { HyperparameterDefinitions } from '../contract/hyperparameters';
import type { EvaluationMetric } from '../contract/metrics';

/** Hyperparameters of the shipped preprocessing program. */
export const TABLE_PREPROCESSING: HyperparameterDefinitions = {
  max_bad_row_fraction: {
    kind: 'number',
    min: 0,
    max: 1,
    default: 0,
    description: 'share of rows that may be set aside before a run fails',
  },
};

const share: EvaluationMetric = { direction: 'higher', naive: true, min: 0, max: 1 };
const loss: EvaluationMetric = { direction: 'lower', naive: true, min: 0 };
/** The naive answer has 0 or 1 for them, which is not a comparison. */
const ofClass: EvaluationMetric = { direction: 'higher', naive: false, perClass: true, min: 0, max: 1 };

/** Metrics of classes and of numbers; `f1`, `auc` and `averagePrecision` of several classes are macro means. */
export const TABLE_METRICS: Readonly<Record<string, EvaluationMetric>> = {
  accuracy: share,
  balancedAccuracy: share,
  f1: share,
  auc: share,
  averagePrecision: share,
  logLoss: loss,
  brier: loss,
  rmse: loss,
  mae: loss,
  r2: { direction: 'higher', naive: true, max: 1 },
  mape: loss,
  recall: ofClass,
  precision: ofClass,
};

/** Metrics of the shipped serving program, which its evaluation starts. */
export const SERVING_METRICS: Readonly<Record<string, EvaluationMetric>> = {
  /** 99th percentile of the serving program's latency, one row per request. */
  latencyP99Ms: { direction: 'lower', unit: 'ms', naive: false, onRequest: true, min: 0 },
  /** Peak memory of one serving process. */
  memoryMb: { direction: 'lower', unit: 'MiB', naive: false, onRequest: true, min: 0 },
};

/** Requirement for a table, by its label. */
export const TABLE_GATE: GateByData = {
  classes: { name: 'accuracy', threshold: 0.85, tolerance: 0.03 },
  // No threshold suits every table with a rare class, or every numeric label.
  rareClasses: { name: 'averagePrecision', threshold: null, tolerance: 0.05 },
  numbers: { name: 'r2', threshold: null, tolerance: 0.03 },
};
