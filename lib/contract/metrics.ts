/** Whether more or less of a metric is better. */
export type Direction = 'higher' | 'lower';

/** What the evaluation measures, beside the recall of each class, `recall:<class>`. `f1` and `auc` are macro means. */
const EVALUATION_METRICS: Readonly<Record<string, Direction>> = {
  accuracy: 'higher',
  f1: 'higher',
  auc: 'higher',
  logLoss: 'lower',
};
const RECALL_PREFIX = 'recall:';

/** For messages. */
export const METRIC_NAMES = `${Object.keys(EVALUATION_METRICS).join(', ')} or ${RECALL_PREFIX}<class>`;

/** @returns undefined if the evaluation has no such metric, whatever the classes are */
export function metricDirection(name: string): Direction | undefined {
  if (isRecall(name)) return 'higher';
  return Object.hasOwn(EVALUATION_METRICS, name) ? EVALUATION_METRICS[name] : undefined;
}

/** Which classes there are is known from the evaluation alone. */
export function isRecall(name: string): boolean {
  return name.length > RECALL_PREFIX.length && name.startsWith(RECALL_PREFIX);
}

/** Training metrics by SageMaker name, with the expression that finds them in the program's output. */
export const TRAINING_METRICS = ['train:loss', 'validation:loss', 'validation:accuracy'] as const;
export type TrainingMetric = (typeof TRAINING_METRICS)[number];

/** The metric that must agree with the evaluation's accuracy. */
export const ACCURACY_METRIC: TrainingMetric = 'validation:accuracy';

/**
 * Lines read `train:loss=0.1234; validation:accuracy=0.9712;`. The expression does not match `nan`, so that a
 * diverged training has no metric rather than a wrong one.
 */
export const metricDefinitions = TRAINING_METRICS.map((name) => ({
  Name: name,
  Regex: `${name}=([-+0-9.eE]+);`,
}));
