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
