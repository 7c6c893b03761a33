/** Namespace of every metric of the pipeline's own. */
export const METRIC_NAMESPACE = 'MLOps/Pipeline';

/** The one dimension of them all: the environment's resource prefix, e.g. `mlops-dev`. */
export const ENVIRONMENT_DIMENSION = 'Environment';

/** What runs report, with CloudWatch's units. A run that reports nothing of a kind has no data point. */
export const PIPELINE_METRICS = {
  /** A run has something to do. */
  RunsStarted: 'Count',
  /** A run found nothing to do. */
  RunsUnchanged: 'Count',
  RunsDeployed: 'Count',
  /** A challenger is tested beside the champion. */
  RunsTesting: 'Count',
  RunsRejected: 'Count',
  RunsFailed: 'Count',
  RunsAborted: 'Count',
  /** A run ended as runs should, whatever it decided: deployed, testing, rejected or nothing to do. */
  RunsCompleted: 'Count',
  /** The candidate's value of the gate's first metric, in the metric's unit. */
  GateMetric: 'None',
  /** Of the training job; Spot's time without an instance is not in it. */
  TrainingSeconds: 'Seconds',
  BillableSeconds: 'Seconds',
  /** Share of the training's price that Spot saved. */
  SpotSavings: 'Percent',
  /** What the run's training cost, USD, by the price table. */
  TrainingCost: 'None',
  /** What all jobs and builds of the run cost, USD, as far as it is known. */
  RunCost: 'None',
} as const;

export type PipelineMetric = keyof typeof PIPELINE_METRICS;
