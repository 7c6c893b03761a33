/**
 * Error names that operators and state machines see. A Lambda throws an error of this name; a state names it in
 * `ErrorEquals` or in a Fail; the notification repeats it.
 */
export const ErrorName = {
  /** The execution's input is malformed, or a hyperparameter is unknown or out of range. */
  InvalidRunInput: 'InvalidRunInput',
  /** The training data or its schema are not valid. */
  InvalidData: 'InvalidData',
  /** An image does not exist, may not be pulled, or is none that SageMaker hosts. */
  ImageUnavailable: 'ImageUnavailable',
  /** A pinned object was overwritten or deleted while the run read it. */
  DataChanged: 'DataChanged',
  /** The file system that training reads did not import the run's data. */
  ImportFailed: 'ImportFailed',
  /** A job that an earlier attempt of its state had started failed. */
  JobFailed: 'JobFailed',
  /** A job ended, but not as `Completed`. */
  JobIncomplete: 'JobIncomplete',
  /** The training job ended, but not as `Completed`. */
  TrainingIncomplete: 'TrainingIncomplete',
  /** The training job or the evaluation did not write a metric that is needed. */
  MetricsMissing: 'MetricsMissing',
  /** The batch transform of the holdout with the candidate failed. */
  PredictionFailed: 'PredictionFailed',
  /** The candidate missed the gate. Not a failure of the pipeline: production is unchanged. */
  ModelRejected: 'ModelRejected',
  /** Another run deploys, or an operator changes the endpoint. */
  DeploymentInProgress: 'DeploymentInProgress',
  /** The endpoint is being started or stopped for its working hours; the state is retried. */
  EndpointChanging: 'EndpointChanging',
  /** The champion is not the one that the candidate was compared with. */
  ChampionChanged: 'ChampionChanged',
  /** A challenger is being tested against the champion, and no decision has been made. */
  ChallengerUndecided: 'ChallengerUndecided',
  /** A person rejected the candidate, or the question expired. Production is unchanged. */
  ApprovalDenied: 'ApprovalDenied',
  /** The endpoint did not reach `InService` on the new configuration. */
  DeploymentFailed: 'DeploymentFailed',
  /** An alarm was raised while the new model baked; the previous model serves again. */
  DeploymentRolledBack: 'DeploymentRolledBack',
  /** The endpoint, or the model behind it, cannot answer yet; the state is retried. */
  EndpointNotReady: 'EndpointNotReady',
  /** The champion could not be brought back into service. */
  EndpointNotRestored: 'EndpointNotRestored',
  /** The endpoint answered a golden request wrongly. */
  SmokeTestFailed: 'SmokeTestFailed',
} as const;

export type ErrorName = (typeof ErrorName)[keyof typeof ErrorName];

/** An error whose `name` Step Functions reports as the task's error name. */
export class PipelineError extends Error {
  constructor(name: ErrorName, message: string) {
    super(message);
    this.name = name;
  }
}
