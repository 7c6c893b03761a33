/**
 * Environment variables of the Lambdas: a construct sets them, a handler reads them, both through these names. JSON
 * values have the types named here.
 */
export const LambdaVariable = {
  /** Values of the configuration for this function, by name, as JSON: a new one needs no name here. */
  Settings: 'SETTINGS',
  /** Resource prefix, e.g. `mlops-dev`. */
  Prefix: 'RESOURCE_PREFIX',
  Environment: 'ENVIRONMENT_NAME',
  Model: 'MODEL_NAME',
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
  /** `VolumeSettings` of ./volumes. */
  Volumes: 'VOLUMES',
  /** `GateSettings` of ./gate. */
  Gate: 'GATE',
  GitCommit: 'GIT_COMMIT',
  EndpointName: 'ENDPOINT_NAME',
  /** Name of the ECR repository of the inference images. */
  InferenceRepository: 'INFERENCE_REPOSITORY',
  /** `kind` of the configuration's `endpoint.serving`. */
  ServingKind: 'SERVING_KIND',
  /** Name of the production variant that a shadow is compared with. */
  VariantName: 'VARIANT_NAME',
  StateMachineArn: 'STATE_MACHINE_ARN',
  /** Group of EventBridge Scheduler that holds the next run's schedule. */
  ScheduleGroup: 'SCHEDULE_GROUP',
  /** Role under which Scheduler calls the function. */
  SchedulerRoleArn: 'SCHEDULER_ROLE_ARN',
  /** Base URL of the links of an approval. */
  ApprovalUrl: 'APPROVAL_URL',
  /** ARN of the KMS key that signs those links. */
  ApprovalKey: 'APPROVAL_KEY_ARN',
  /** `WorkingHours` of schedules/. */
  WorkingHours: 'WORKING_HOURS',
  /** The function that sets up scaling. */
  ScaleFunction: 'SCALE_FUNCTION',
  PollSeconds: 'POLL_SECONDS',
  /** `RunTag[]` of ./tags. */
  Tags: 'RESOURCE_TAGS',
} as const;

/** Environment variable of the containers and builds: the run's id, which each line of their logs repeats. */
export const RUN_ID = 'RUN_ID';

export const IMAGES = ['preprocessing', 'training', 'inference'] as const;
export type ImageName = (typeof IMAGES)[number];
export type ImageHashes = Record<ImageName, string>;
