/**
 * Permissions that no test verifies: review this file. `npm run test:permissions` revokes every other grant, one at a time,
 * and checks that a run then fails. It fails for an entry without such a grant, too.
 */

/** Permissions that no run on this machine can need. */
export interface Unexercised {
  /** Construct path of the holder, without slashes. */
  holder: RegExp;
  actions: readonly string[];
  reason: string;
}

/** Permissions of each function's role; the roles of jobs and of the state machine have other names. */
export const FUNCTION_TRACES: Unexercised = {
  holder: /^(?!Run\w+(Job|Model)Role$|RunStateMachineRole$).*Role$/,
  actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  reason:
    'Lambda sends the traces of a function with active tracing in its role’s name (Developer Guide, "Visualize Lambda function invocations using AWS X-Ray"); the local cloud has no traces',
};

/** Permissions of jobs and models. */
export const MODEL_LOGS: Unexercised = {
  holder: /^Run\w+(Job|Model)Role$/,
  actions: ['logs:DescribeLogStreams'],
  reason:
    'AWS lists it among what an execution role needs (Developer Guide, "How to use SageMaker AI execution roles"); what happens without it is not documented, so nothing can fail here',
};

/** Permission to create what the run has created before. */
export const JOB_LOG_GROUPS: Unexercised = {
  holder: /^Run\w+(Job|Model)Role$/,
  actions: ['logs:CreateLogGroup'],
  reason:
    'the run creates the log groups of its jobs before them; it is needed where that failed, or if the group was deleted meanwhile',
};

/** Permissions of builds. */
export const OTHER_BUILDS: Unexercised = {
  holder: /^RunBuildImagesRole$/,
  actions: ['ecr:DescribeImages'],
  reason:
    'a build looks for the image of another build whose push came first; no two builds of a test have the same content',
};

/** Permissions of the models that transform jobs evaluate. */
export const PREDICTION_METRICS: Unexercised = {
  holder: /^RunEvaluatePredictionsModelRole$/,
  actions: ['cloudwatch:PutMetricData'],
  reason:
    'SageMaker publishes the use of processors, memory and disks of its instances in the role’s name; processes of this machine have no instances',
};

/** Permissions of a private network and its file system. */
export const NETWORK: readonly Unexercised[] = [
  {
    holder: /Role$/,
    actions: ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses', 'ec2:DescribeSubnets'],
    reason:
      'AWS lists them among what a function in a network needs (Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"); AWS does not document how Lambda uses them',
  },
  {
    holder: /^NetworkFlowLogRole$/,
    actions: ['sts:AssumeRole', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    reason:
      'the network writes the log of refused connections with them (VPC User Guide, "Publish flow logs to CloudWatch Logs"); the local cloud has no network connections',
  },
  {
    holder: /^StoreKey$/,
    actions: ['kms:DescribeKey', 'kms:GenerateDataKey'],
    reason:
      'AWS lists them among what a file system needs of the key of its bucket (FSx for Lustre User Guide, "Working with server-side encrypted Amazon S3 buckets"); nothing is exported to the bucket, and AWS does not document which calls an import needs besides reading',
  },
];

const UNDELIVERED =
  'Scheduler adds to the dead-letter queue what it could not deliver for an hour or more; no scenario removes a function that a schedule calls';

/** Permission of the schedules of working hours. */
export const WORKING_HOURS_DEAD_LETTERS: Unexercised = {
  holder: /^WorkingHoursSchedulerRole$/,
  actions: ['sqs:SendMessage'],
  reason: UNDELIVERED,
};

export const UNEXERCISED: readonly Unexercised[] = [
  {
    holder: /^RunEvaluateDecideRole$/,
    actions: ['s3:ListBucket'],
    reason:
      'without it S3 denies reading an evaluation that was not written, where the function says what is missing; the programs of the scenarios write one',
  },
  {
    holder: /^TriggersTriggerSchedulerRole$/,
    actions: ['sqs:SendMessage'],
    reason: UNDELIVERED,
  },
  {
    holder: /^RunBuildImagesRole$/,
    actions: ['kms:Decrypt'],
    reason:
      'an account that was bootstrapped with a key of its own encrypts container folders with it; the bucket of the local cloud has none',
  },
  {
    holder: /^Run(PreprocessJob|EvaluateJob|DeployModel)Role$/,
    actions: ['cloudwatch:PutMetricData'],
    reason:
      'SageMaker publishes the use of processors, memory and disks of its instances in the role’s name; processes of this machine have no instances',
  },
  MODEL_LOGS,
  JOB_LOG_GROUPS,
  {
    holder: /^RunStateMachineRole$/,
    actions: [
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ],
    reason:
      'Step Functions sends its traces with them (Developer Guide, "Trace requests"); the local cloud has no traces',
  },
  FUNCTION_TRACES,
  {
    holder: /^RunStateMachineRole$/,
    actions: ['logs:DeleteLogDelivery'],
    reason:
      'Step Functions ends the delivery of the log with it when the state machine is deleted; AWS does not document if the deletion fails without it',
  },
  {
    holder: /^RunReportRetireRole$/,
    actions: ['ecr:BatchDeleteImage'],
    reason:
      'the image of a former champion is removed once the inference code has changed since; it does not change during a test',
  },
  OTHER_BUILDS,
];

const LOG_DELIVERY = 'log delivery does not support resource-level permissions';
const TRACES = 'X-Ray does not support resource-level permissions';

/** Actions that may be allowed on every resource, with the reason. Nothing else may. */
export const ON_EVERYTHING: Readonly<Record<string, string>> = {
  'ecr:GetAuthorizationToken': 'a token is for the registry, not for a repository',
  'cloudwatch:PutMetricData': 'does not support resource-level permissions; a condition limits the namespace',
  'logs:CreateLogDelivery': LOG_DELIVERY,
  'logs:DeleteLogDelivery': LOG_DELIVERY,
  'logs:DescribeLogGroups': LOG_DELIVERY,
  'logs:DescribeResourcePolicies': LOG_DELIVERY,
  'logs:GetLogDelivery': LOG_DELIVERY,
  'logs:ListLogDeliveries': LOG_DELIVERY,
  'logs:PutResourcePolicy': LOG_DELIVERY,
  'logs:UpdateLogDelivery': LOG_DELIVERY,
  'xray:GetSamplingRules': TRACES,
  'xray:GetSamplingTargets': TRACES,
  'xray:PutTelemetryRecords': TRACES,
  'xray:PutTraceSegments': TRACES,
};

/** AWS managed policies that roles may have. */
export const MANAGED_POLICIES: Readonly<Record<string, string>> = {
  AmazonAPIGatewayPushToCloudWatchLogs:
    'the logging role of API Gateway is a setting of the account, for every API in it; API Gateway refuses a role that may not write every log',
};
