/**
 * Error names that people and state machines meet. A Lambda throws a class of this name; a state names it in
 * `ErrorEquals` or in a Fail; the notification repeats it.
 */
export const ErrorName = {
  /** The execution's input is malformed, or a hyperparameter is unknown or out of range. */
  InvalidRunInput: 'InvalidRunInput',
  /** The training data or its schema cannot be used as they are. */
  InvalidData: 'InvalidData',
  /** A pinned object was overwritten or deleted while the run read it. */
  DataChanged: 'DataChanged',
  /** The file system that training reads did not take the run's data over. */
  ImportFailed: 'ImportFailed',
  /** The training job ended, but not as `Completed`. */
  TrainingIncomplete: 'TrainingIncomplete',
  /** The training job reported no metric to compare with the serving code's. */
  MetricsMissing: 'MetricsMissing',
  /** The candidate missed the gate. Not a failure of the pipeline: production stays as it was. */
  ModelRejected: 'ModelRejected',
  /** Another run deploys, or an operator changes the endpoint. */
  DeploymentInProgress: 'DeploymentInProgress',
  /** The endpoint is started or stopped for its working hours at this moment: tried again. */
  EndpointChanging: 'EndpointChanging',
  /** The champion is another one than the candidate was compared with. */
  ChampionChanged: 'ChampionChanged',
  /** A challenger is tested beside the champion, and nobody has decided between them. */
  ChallengerUndecided: 'ChallengerUndecided',
  /** A person rejected the candidate, or nobody answered in time. Production stays as it was. */
  ApprovalDenied: 'ApprovalDenied',
  /** The endpoint did not reach `InService` on the new configuration. */
  DeploymentFailed: 'DeploymentFailed',
  /** An alarm was raised while the new model baked, and the one that served before serves on. */
  DeploymentRolledBack: 'DeploymentRolledBack',
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
