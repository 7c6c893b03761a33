/** Namespace of all metrics that the pipeline publishes. */
export const METRIC_NAMESPACE = 'MLOps/Pipeline';

/** Their only dimension: the environment's resource prefix, e.g. `mlops-dev`. */
export const ENVIRONMENT_DIMENSION = 'Environment';

/** Metrics of runs, with CloudWatch's units. A run without a value publishes no data point. */
export const PIPELINE_METRICS = {
  /** A run has something to do. */
  RunsStarted: 'Count',
  /** A run found nothing to do. */
  RunsUnchanged: 'Count',
  RunsDeployed: 'Count',
  /** A challenger is being tested against the champion. */
  RunsTesting: 'Count',
  RunsRejected: 'Count',
  RunsFailed: 'Count',
  RunsAborted: 'Count',
  /** A run brought the champion's endpoint back, and trained nothing. */
  RunsRestored: 'Count',
  /** 1 where the endpoint was found not to serve the champion, 0 where it serves it. */
  EndpointFaults: 'Count',
  /** A run ended normally, whatever its decision: deployed, testing, rejected, restored or nothing to do. */
  RunsCompleted: 'Count',
  /** The candidate's value of the gate's first metric, in the metric's unit. */
  GateMetric: 'None',
  /** Duration of the training job; Spot's time without an instance is excluded. */
  TrainingSeconds: 'Seconds',
  BillableSeconds: 'Seconds',
  /** Share of the training's price that Spot saved. */
  SpotSavings: 'Percent',
  /** Cost of the run's training, USD, by the price table. */
  TrainingCost: 'None',
  /** Cost of all jobs and builds of the run, USD, as far as known. */
  RunCost: 'None',
} as const;

export type PipelineMetric = keyof typeof PIPELINE_METRICS;
