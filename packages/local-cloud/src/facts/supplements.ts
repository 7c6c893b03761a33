import type { ShapeFacts } from './operation-facts';
import type { ResourceSchema } from './resource-facts';

/**
 * Rules that AWS documents and that no model contains. Each entry names its documentation. Rules over several fields do
 * not belong in this file: they are in the services' own code.
 */
export interface ResourceSupplement {
  type: string;
  /** The schema's position in `resource-types.json`, below the type. */
  at: string;
  rules: NonNullable<ResourceSchema['documented']>;
  source: string;
}

/** A property that the type's schema requires although it has a default, which CloudFormation fills in. */
export interface DefaultedProperty {
  type: string;
  /** The object's schema in `resource-types.json`, below the type. */
  at: string;
  property: string;
  source: string;
}

/** Values that are text for the service, although the type's schema allows every type. */
export interface TextValue {
  type: string;
  /** The value's schema in `resource-types.json`, below the type. */
  at: string;
  source: string;
}

/** Rules of a request's shape. An undefined rule removes the model's. */
export interface ShapeSupplement {
  service: string;
  shape: string;
  /** A member of the structure `shape`; by default, the shape itself. */
  member?: string;
  rules: Pick<ShapeFacts, 'enum' | 'min' | 'max' | 'pattern' | 'says'>;
  source: string;
}

const DOCS = 'https://docs.aws.amazon.com';
const TEMPLATES = `${DOCS}/AWSCloudFormation/latest/TemplateReference`;
const S3_API = `${DOCS}/AmazonS3/latest/API`;
const CREATE_FUNCTION = `${DOCS}/lambda/latest/api/API_CreateFunction.html`;

/**
 * S3's answers to numbers of days that it does not allow; those of Expiration, NoncurrentVersionExpiration and
 * AbortIncompleteMultipartUpload as reproduced in https://github.com/scality/Arsenal/pull/2648.
 */
const DAYS = {
  expiration: { min: 1, says: "'Days' for Expiration action must be a positive integer" },
  noncurrent: {
    min: 1,
    says: "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer",
  },
  abort: {
    min: 1,
    says: "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer",
  },
  transition: { min: 0, says: "'Days' in Transition action must be nonnegative" },
} as const;

const inTemplates = ({ min, says }: { min: number; says: string }) => ({ minimum: min, says });

export const DEFAULTED_PROPERTIES: readonly DefaultedProperty[] = [
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/EventBridgeConfiguration',
    property: 'EventBridgeEnabled',
    source: `${TEMPLATES}/aws-properties-s3-bucket-eventbridgeconfiguration.html`,
  },
];

export const TEXT_VALUES: readonly TextValue[] = [
  {
    type: 'AWS::Lambda::Function',
    at: 'definitions/Environment/properties/Variables/values',
    source: `${DOCS}/lambda/latest/api/API_Environment.html`,
  },
];

const RETENTION = [
  ...[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922],
  ...[3288, 3653],
];

export const RESOURCE_SUPPLEMENTS: readonly ResourceSupplement[] = [
  {
    type: 'AWS::CloudWatch::Alarm',
    at: 'properties/TreatMissingData',
    rules: { enum: ['breaching', 'notBreaching', 'ignore', 'missing'] },
    source: `${TEMPLATES}/aws-resource-cloudwatch-alarm.html#cfn-cloudwatch-alarm-treatmissingdata`,
  },
  // The service's model has these numbers (`BuildTimeOut`, `TimeOut`); the resource's schema has none.
  {
    type: 'AWS::CodeBuild::Project',
    at: 'properties/TimeoutInMinutes',
    rules: { minimum: 5, maximum: 2160 },
    source: `${DOCS}/codebuild/latest/APIReference/API_CreateProject.html`,
  },
  {
    type: 'AWS::CodeBuild::Project',
    at: 'properties/QueuedTimeoutInMinutes',
    rules: { minimum: 5, maximum: 480 },
    source: `${DOCS}/codebuild/latest/APIReference/API_CreateProject.html`,
  },
  {
    type: 'AWS::EC2::SecurityGroup',
    at: 'properties/GroupDescription',
    rules: { maxLength: 255, pattern: '^[a-zA-Z0-9 ._\\-:/()#,@\\[\\]+=&;{}!$*]*$' },
    source: `${TEMPLATES}/aws-resource-ec2-securitygroup.html#cfn-ec2-securitygroup-groupdescription`,
  },
  {
    type: 'AWS::IAM::Policy',
    at: 'properties/PolicyName',
    rules: { minLength: 1, maxLength: 128 },
    source: `${DOCS}/IAM/latest/APIReference/API_PutRolePolicy.html`,
  },
  {
    type: 'AWS::IAM::Role',
    at: 'definitions/Policy/properties/PolicyName',
    rules: { minLength: 1, maxLength: 128, pattern: '^[\\w+=,.@-]+$' },
    source: `${DOCS}/IAM/latest/APIReference/API_PutRolePolicy.html`,
  },
  {
    type: 'AWS::KMS::Key',
    at: 'properties/PendingWindowInDays',
    rules: { minimum: 7, maximum: 30 },
    source: `${TEMPLATES}/aws-resource-kms-key.html#cfn-kms-key-pendingwindowindays`,
  },
  {
    type: 'AWS::Lambda::Function',
    at: 'properties/Description',
    rules: { maxLength: 256 },
    source: CREATE_FUNCTION,
  },
  {
    type: 'AWS::Lambda::Function',
    at: 'properties/FunctionName',
    rules: { minLength: 1, maxLength: 64 },
    source: `${TEMPLATES}/aws-resource-lambda-function.html#cfn-lambda-function-functionname`,
  },
  {
    type: 'AWS::Lambda::Function',
    at: 'properties/Handler',
    rules: { maxLength: 128 },
    source: CREATE_FUNCTION,
  },
  {
    type: 'AWS::Lambda::Function',
    at: 'properties/Timeout',
    rules: { minimum: 1, maximum: 900 },
    source: `${DOCS}/lambda/latest/dg/configuration-timeout.html`,
  },
  {
    type: 'AWS::Logs::LogGroup',
    at: 'properties/LogGroupName',
    rules: { minLength: 1, maxLength: 512 },
    source: `${TEMPLATES}/aws-resource-logs-loggroup.html#cfn-logs-loggroup-loggroupname`,
  },
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/AbortIncompleteMultipartUpload/properties/DaysAfterInitiation',
    rules: inTemplates(DAYS.abort),
    source: `${S3_API}/API_AbortIncompleteMultipartUpload.html`,
  },
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/NoncurrentVersionExpiration/properties/NewerNoncurrentVersions',
    rules: { minimum: 1, maximum: 100 },
    source: `${S3_API}/API_NoncurrentVersionExpiration.html`,
  },
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/NoncurrentVersionExpiration/properties/NoncurrentDays',
    rules: inTemplates(DAYS.noncurrent),
    source: `${S3_API}/API_NoncurrentVersionExpiration.html`,
  },
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/NoncurrentVersionTransition/properties/TransitionInDays',
    rules: inTemplates(DAYS.transition),
    source: `${S3_API}/API_NoncurrentVersionTransition.html`,
  },
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/Rule/properties/ExpirationInDays',
    rules: inTemplates(DAYS.expiration),
    source: `${S3_API}/API_LifecycleExpiration.html`,
  },
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/Rule/properties/NoncurrentVersionExpirationInDays',
    rules: inTemplates(DAYS.noncurrent),
    source: `${S3_API}/API_NoncurrentVersionExpiration.html`,
  },
  {
    type: 'AWS::S3::Bucket',
    at: 'definitions/Transition/properties/TransitionInDays',
    rules: inTemplates(DAYS.transition),
    source: `${S3_API}/API_Transition.html`,
  },
  {
    type: 'AWS::SNS::Topic',
    at: 'properties/TopicName',
    rules: {
      maxLength: 256,
      pattern: '^[A-Za-z0-9_-]+(\\.fifo)?$',
      says: 'Invalid parameter: Topic Name',
    },
    source: `${DOCS}/sns/latest/api/API_CreateTopic.html`,
  },
];

export const SHAPE_SUPPLEMENTS: readonly ShapeSupplement[] = [
  {
    service: 'cloudwatchlogs',
    shape: 'PutRetentionPolicyRequest',
    member: 'retentionInDays',
    rules: { enum: RETENTION },
    source: `${DOCS}/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html`,
  },
  {
    service: 'kms',
    shape: 'ScheduleKeyDeletionRequest',
    member: 'PendingWindowInDays',
    rules: { min: 7, max: 30 },
    source: `${DOCS}/kms/latest/APIReference/API_ScheduleKeyDeletion.html`,
  },
  // "Value '3000' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"
  // (https://github.com/covidatlas/li/pull/575).
  {
    service: 'lambda',
    shape: 'Timeout',
    rules: { max: 900 },
    source: `${DOCS}/lambda/latest/dg/configuration-timeout.html`,
  },
  // S3 answers InvalidLocationConstraint, not MalformedXML: CreateBucket checks it.
  {
    service: 's3',
    shape: 'BucketLocationConstraint',
    rules: { enum: undefined },
    source: `${S3_API}/API_CreateBucketConfiguration.html`,
  },
  {
    service: 's3',
    shape: 'LifecycleExpiration',
    member: 'Days',
    rules: DAYS.expiration,
    source: `${S3_API}/API_LifecycleExpiration.html`,
  },
  {
    service: 's3',
    shape: 'NoncurrentVersionExpiration',
    member: 'NoncurrentDays',
    rules: DAYS.noncurrent,
    source: `${S3_API}/API_NoncurrentVersionExpiration.html`,
  },
  {
    service: 's3',
    shape: 'AbortIncompleteMultipartUpload',
    member: 'DaysAfterInitiation',
    rules: DAYS.abort,
    source: `${S3_API}/API_AbortIncompleteMultipartUpload.html`,
  },
  {
    service: 's3',
    shape: 'Transition',
    member: 'Days',
    rules: DAYS.transition,
    source: `${S3_API}/API_Transition.html`,
  },
  // The service has its own message, with the numbers: "Body length … exceeds the limit of 6291456 bytes."
  {
    service: 'sagemakerruntime',
    shape: 'InvokeEndpointInput',
    member: 'Body',
    rules: { max: undefined },
    source: `${DOCS}/sagemaker/latest/APIReference/API_runtime_InvokeEndpoint.html`,
  },
  {
    service: 'sns',
    shape: 'CreateTopicInput',
    member: 'Name',
    rules: { max: 256, pattern: '[A-Za-z0-9_-]+(\\.fifo)?', says: 'Invalid parameter: Topic Name' },
    source: `${DOCS}/sns/latest/api/API_CreateTopic.html`,
  },
];
