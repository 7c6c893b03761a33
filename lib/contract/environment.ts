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
  /** `GateSettings` of ./gate. */
  Gate: 'GATE',
  GitCommit: 'GIT_COMMIT',
  EndpointName: 'ENDPOINT_NAME',
  /** Name of the ECR repository of the inference images. */
  InferenceRepository: 'INFERENCE_REPOSITORY',
  /** Where the links of an approval lead to. */
  ApprovalUrl: 'APPROVAL_URL',
  /** ARN of the KMS key that signs those links. */
  ApprovalKey: 'APPROVAL_KEY_ARN',
  /** Days that an approval is waited for. */
  ApprovalDays: 'APPROVAL_DAYS',
  /** Champions whose model stays in SageMaker, the one in service among them. */
  KeepModels: 'KEEP_MODELS',
} as const;

export const IMAGES = ['preprocessing', 'training', 'inference'] as const;
export type ImageName = (typeof IMAGES)[number];
export type ImageHashes = Record<ImageName, string>;
