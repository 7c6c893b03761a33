/**
 * Environment variables of the Lambdas: a construct sets them, a handler reads them, both through these names.
 * JSON values are written and read by the types beside them.
 */
export const LambdaVariable = {
  /** Resource prefix, e.g. `mlops-dev`. */
  Prefix: 'RESOURCE_PREFIX',
  Environment: 'ENVIRONMENT_NAME',
  DataBucket: 'DATA_BUCKET',
  DataPrefix: 'DATA_PREFIX',
  SchemaKey: 'SCHEMA_KEY',
  ArtifactsBucket: 'ARTIFACTS_BUCKET',
  /** The team's topic. */
  TopicArn: 'TOPIC_ARN',
  HyperparameterPath: 'HYPERPARAMETER_PATH',
  /** Content hash by image, {@link ImageHashes}. */
  Images: 'IMAGE_HASHES',
  MaxShards: 'MAX_SHARDS',
  /** {@link GateSettings} */
  Gate: 'GATE',
  GitCommit: 'GIT_COMMIT',
  EndpointName: 'ENDPOINT_NAME',
} as const;

export const IMAGES = ['preprocessing', 'training', 'inference'] as const;
export type ImageName = (typeof IMAGES)[number];
export type ImageHashes = Record<ImageName, string>;

/** What a candidate has to reach. Shares between 0 and 1. */
export interface GateSettings {
  /** Least accuracy on the holdout. */
  readonly threshold: number;
  /** How much worse than the champion's its accuracy may be. */
  readonly championTolerance: number;
  /** How far the training job's own accuracy may lie from the evaluation's. */
  readonly trainingTolerance: number;
}
