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
  /** The same, for a function whose topic is that of the approvers; not set without automatic triggers. */
  TeamTopicArn: 'TEAM_TOPIC_ARN',
  HyperparameterPath: 'HYPERPARAMETER_PATH',
  /** Content hash by image, {@link ImageHashes}. */
  Images: 'IMAGE_HASHES',
  /** Images that no run builds, {@link PrebuiltImages}; not set where there are none. */
  PrebuiltImages: 'PREBUILT_IMAGES',
  MaxShards: 'MAX_SHARDS',
  /** `VolumeSettings` of ./volumes. */
  Volumes: 'VOLUMES',
  /** `GateSettings` of ./gate. */
  Gate: 'GATE',
  GitCommit: 'GIT_COMMIT',
  EndpointName: 'ENDPOINT_NAME',
  /** Name of the ECR repository of the inference images; not set for a prebuilt one, which no run deletes. */
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
  /** Queue of schedules that could not be delivered. */
  DeadLetterArn: 'DEAD_LETTER_ARN',
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

/** Images that every model has. */
export const IMAGES = ['preprocessing', 'training', 'inference'] as const;
/** `evaluation`: only of a model that is evaluated by a program of its own. */
export type ImageName = (typeof IMAGES)[number] | 'evaluation';
/** A value by image. */
export type ByImage<T> = Readonly<Record<(typeof IMAGES)[number], T> & { evaluation?: T }>;
/** Hash of an image's sources; of a prebuilt one its digest, or the version of a built-in algorithm. */
export type ImageHashes = ByImage<string>;

/** An image in ECR that no run builds, by its digest or, of a built-in algorithm, by its tag. */
export interface PrebuiltReference {
  /** Account of its registry. */
  readonly registryId: string;
  readonly repositoryName: string;
  /** Host name and repository, e.g. `123456789012.dkr.ecr.eu-west-1.amazonaws.com/name`. */
  readonly repositoryUri: string;
  readonly id: { readonly imageDigest: string } | { readonly imageTag: string };
  /** Field of the configuration, for messages. */
  readonly field: string;
}
export type PrebuiltImages = Readonly<Partial<Record<ImageName, PrebuiltReference>>>;
