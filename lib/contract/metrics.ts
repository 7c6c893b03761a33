/** Direction in which a metric is better. */
export type Direction = 'higher' | 'lower';

/** A metric that the model's evaluation measures on the holdout. */
export interface EvaluationMetric {
  readonly direction: Direction;
  /** Unit for people, e.g. `ms`; absent where the metric has none, or the label's. */
  readonly unit?: string;
  /** True if the naive answer has a value of it: a model must beat it. */
  readonly naive: boolean;
  /** True for metrics of one class: the evaluation names them `<metric>:<class>`. */
  readonly perClass?: boolean;
  /** True if it is measured only where the gate requires it: the evaluation starts the serving program for it. */
  readonly onRequest?: boolean;
  /** Least and greatest value that it can have; absent: no limit. */
  readonly min?: number;
  readonly max?: number;
}

/** A metric that the training job logs. */
export interface TrainingMetric {
  /** SageMaker's name, e.g. `validation:loss`. */
  readonly name: string;
  /** Regular expression over the job's log; its first group is the value. */
  readonly expression: string;
}

/** A metric that the training job and the serving code both measure on the validation rows. */
export interface AgreeingMetric {
  /** Name in the evaluation's `agreement`. */
  readonly evaluation: string;
  /** Name of the training metric. */
  readonly training: string;
  /** The tolerance is an absolute difference, or a share of the greater value. */
  readonly difference: 'absolute' | 'relative';
}

/** The metrics of a model, as its configuration lists them. */
export interface ModelMetrics {
  readonly training: readonly TrainingMetric[];
  readonly evaluation: Readonly<Record<string, EvaluationMetric>>;
  /** Metric that mails, lists and the dashboard show; null: the first one that the gate requires. */
  readonly headline: string | null;
  /** Metrics in which training and evaluation must agree; null: they are not compared. */
  readonly agreement: readonly AgreeingMetric[] | null;
}

type Evaluated = Pick<ModelMetrics, 'evaluation'>;

/** Returns the metric; undefined if the evaluation never has one of this name. */
export function metricOf(name: string, { evaluation }: Evaluated): EvaluationMetric | undefined {
  const own = Object.hasOwn(evaluation, name) ? evaluation[name] : undefined;
  if (own) return own.perClass ? undefined : own;
  const colon = name.indexOf(':');
  if (colon < 1 || colon === name.length - 1) return undefined;
  const kind = name.slice(0, colon);
  return Object.hasOwn(evaluation, kind) && evaluation[kind]!.perClass ? evaluation[kind] : undefined;
}

/** Returns the allowed metric names, for messages: `f1, recall:<class>`. */
export function metricNames({ evaluation }: Evaluated): string {
  return Object.entries(evaluation)
    .map(([name, { perClass }]) => (perClass ? `${name}:<class>` : name))
    .join(', ');
}

/** Returns true for a metric of one class. The classes themselves are only known from the evaluation. */
export function isClassMetric(name: string, metrics: Evaluated): boolean {
  return metricOf(name, metrics)?.perClass ?? false;
}

/** Returns the names of the metrics of the whole holdout that are measured in any case. */
export function wholeMetrics({ evaluation }: Evaluated): string[] {
  return Object.entries(evaluation)
    .filter(([, { perClass, onRequest }]) => !perClass && !onRequest)
    .map(([name]) => name);
}
