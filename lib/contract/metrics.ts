/** Direction in which a metric is better. */
export type Direction = 'higher' | 'lower';

export interface Metric {
  readonly direction: Direction;
  /** True if the naive answer has a value of it: a model must beat it. */
  readonly naive: boolean;
}

const higher: Metric = { direction: 'higher', naive: true };
const lower: Metric = { direction: 'lower', naive: true };
const measured: Metric = { direction: 'lower', naive: false };

/** Metrics of the evaluation, by task; `f1`, `auc` and `averagePrecision` of several classes are macro means. */
const EVALUATION_METRICS: Readonly<Record<string, Metric>> = {
  accuracy: higher,
  balancedAccuracy: higher,
  f1: higher,
  auc: higher,
  averagePrecision: higher,
  logLoss: lower,
  brier: lower,
  rmse: lower,
  mae: lower,
  r2: higher,
  mape: lower,
  /** 99th percentile of the serving program's latency, one row per request, milliseconds. */
  latencyP99Ms: measured,
  /** Peak memory of one serving process, MiB. */
  memoryMb: measured,
};

/** Metrics of one class: `recall:<class>`. The naive answer has 0 or 1 for them, which is not a comparison. */
const CLASS_METRICS = ['recall', 'precision'];

/** Allowed metric names, for messages. */
export const METRIC_NAMES = [
  ...Object.keys(EVALUATION_METRICS),
  ...CLASS_METRICS.map((name) => `${name}:<class>`),
].join(', ');

/** Returns the metric; undefined if the evaluation never has one of this name. */
export function metricOf(name: string): Metric | undefined {
  if (isClassMetric(name)) return { direction: 'higher', naive: false };
  return Object.hasOwn(EVALUATION_METRICS, name) ? EVALUATION_METRICS[name] : undefined;
}

/** Returns true for a metric of one class. The classes themselves are only known from the evaluation. */
export function isClassMetric(name: string): boolean {
  return CLASS_METRICS.some((kind) => name.startsWith(`${kind}:`) && name.length > kind.length + 1);
}

/** Returns true for a metric that is measured on request only: the evaluation starts the serving program for it. */
export function isServingMetric(name: string): boolean {
  return name === 'latencyP99Ms' || name === 'memoryMb';
}

/** Training metrics by SageMaker name. */
export const TRAINING_METRICS = [
  'train:loss',
  'validation:loss',
  'validation:accuracy',
  'validation:rmse',
] as const;
export type TrainingMetric = (typeof TRAINING_METRICS)[number];

/**
 * Metrics that the training job and the serving code both measure on the validation rows, by the evaluation's name; the
 * one that the training job reported is compared.
 */
export const AGREEING_METRICS: Readonly<Record<string, TrainingMetric>> = {
  accuracy: 'validation:accuracy',
  rmse: 'validation:rmse',
};

/**
 * Metric definitions of the training job. Lines read `train:loss=0.1234; validation:accuracy=0.9712;`. The expression
 * does not match `nan`, so that a diverged training has no metric rather than a wrong one.
 */
export const metricDefinitions = TRAINING_METRICS.map((name) => ({
  Name: name,
  Regex: `${name}=([-+0-9.eE]+);`,
}));
