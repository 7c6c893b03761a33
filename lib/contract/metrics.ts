/** Whether more or less of a metric is better. */
export type Direction = 'higher' | 'lower';

export interface Metric {
  readonly direction: Direction;
  /** Whether the naive answer has a value of it: a model has to do better. */
  readonly naive: boolean;
}

const higher: Metric = { direction: 'higher', naive: true };
const lower: Metric = { direction: 'lower', naive: true };
const measured: Metric = { direction: 'lower', naive: false };

/** What the evaluation measures, by task; `f1`, `auc` and `averagePrecision` of several classes are macro means. */
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
  /** Of the serving program, asked for one row after the other: the slowest hundredth, milliseconds. */
  latencyP99Ms: measured,
  /** Of one of its processes, MiB. */
  memoryMb: measured,
};

/** Metrics of one class: `recall:<class>`. A naive answer has them at 0 or 1, which says nothing. */
const CLASS_METRICS = ['recall', 'precision'];

/** For messages. */
export const METRIC_NAMES = [
  ...Object.keys(EVALUATION_METRICS),
  ...CLASS_METRICS.map((name) => `${name}:<class>`),
].join(', ');

/** Returns undefined if the evaluation has no such metric, whatever the classes are. */
export function metricOf(name: string): Metric | undefined {
  if (isClassMetric(name)) return { direction: 'higher', naive: false };
  return Object.hasOwn(EVALUATION_METRICS, name) ? EVALUATION_METRICS[name] : undefined;
}

/** Which classes there are is known from the evaluation alone. */
export function isClassMetric(name: string): boolean {
  return CLASS_METRICS.some((kind) => name.startsWith(`${kind}:`) && name.length > kind.length + 1);
}

/** Metrics that the evaluation measures only where it is asked to: it starts the serving program for them. */
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
 * What the training job and the serving code both measure on the validation rows, by the evaluation's name of it: the
 * one that the training job reported is compared.
 */
export const AGREEING_METRICS: Readonly<Record<string, TrainingMetric>> = {
  accuracy: 'validation:accuracy',
  rmse: 'validation:rmse',
};

/**
 * Lines read `train:loss=0.1234; validation:accuracy=0.9712;`. The expression does not match `nan`, so that a
 * diverged training has no metric rather than a wrong one.
 */
export const metricDefinitions = TRAINING_METRICS.map((name) => ({
  Name: name,
  Regex: `${name}=([-+0-9.eE]+);`,
}));
