/**
 * The permissions that stand on somebody's word: read this file before you sign. `npm run test:permissions` takes
 * every other grant away, one at a time, and shows that a run then fails. An entry that excuses nothing fails it too.
 */

/** What is allowed although no run on this machine can need it. */
export interface Unexercised {
  /** Beginning of the construct's path, without slashes, of who is allowed it. */
  holder: RegExp;
  actions: readonly string[];
  reason: string;
}

/** Of each function's role; those of jobs and of the state machine begin otherwise. */
export const FUNCTION_TRACES: Unexercised = {
  holder: /^(?!Roles|Training).*Role$/,
  actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
  reason:
    'Lambda sends the traces of a function with active tracing in its role’s name (Developer Guide, "Visualize Lambda function invocations using AWS X-Ray"); traces are not played here',
};

/** Of jobs and models. */
export const MODEL_LOGS: Unexercised = {
  holder: /^Roles\w+Role$/,
  actions: ['logs:DescribeLogStreams'],
  reason:
    'AWS lists it among what an execution role needs (Developer Guide, "How to use SageMaker AI execution roles"); what happens without it is not documented, so nothing can fail here',
};

/** Of a private network and the file system in it. */
export const NETWORK: readonly Unexercised[] = [
  {
    holder: /Role$/,
    actions: ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses', 'ec2:DescribeSubnets'],
    reason:
      'AWS lists them among what a function in a network needs (Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC"); what Lambda asks with them, and when, is not documented',
  },
  {
    holder: /^NetworkFlowLogRole$/,
    actions: ['sts:AssumeRole', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
    reason:
      'the network writes the log of refused connections with them (VPC User Guide, "Publish flow logs to CloudWatch Logs"); connections are not played here',
  },
  {
    holder: /^StoreKey$/,
    actions: ['kms:DescribeKey', 'kms:GenerateDataKey'],
    reason:
      'AWS lists them among what a file system needs of the key of its bucket (FSx for Lustre User Guide, "Working with server-side encrypted Amazon S3 buckets"); nothing is written back from it, and what it asks beside reading is not documented',
  },
];

export const UNEXERCISED: readonly Unexercised[] = [
  {
    holder: /^Roles(Preprocessing|Evaluation|Model)Role$/,
    actions: ['cloudwatch:PutMetricData'],
    reason:
      'SageMaker publishes the use of processors, memory and disks of its instances in the role’s name; processes of this machine have no instances',
  },
  MODEL_LOGS,
  {
    holder: /^RolesEvaluationRole$/,
    actions: ['logs:CreateLogGroup'],
    reason:
      'preprocessing jobs make the same log group before; it is needed where someone deleted it meanwhile',
  },
  {
    holder: /^TrainingStateMachineRole$/,
    actions: [
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:PutTelemetryRecords',
      'xray:PutTraceSegments',
    ],
    reason:
      'Step Functions sends its traces with them (Developer Guide, "Trace requests"); traces are not played here',
  },
  FUNCTION_TRACES,
  {
    holder: /^TrainingStateMachineRole$/,
    actions: ['logs:DeleteLogDelivery'],
    reason:
      'Step Functions ends the delivery of the log with it when the state machine is deleted; whether it would refuse otherwise is not documented',
  },
  {
    holder: /^DeploymentRetireRole$/,
    actions: ['ecr:BatchDeleteImage'],
    reason:
      'the image of a former champion is removed once the inference code has changed since; it does not change during a test',
  },
];

const LOG_DELIVERY = 'log delivery of Step Functions knows no resources';
const TRACES = 'X-Ray knows no resources';

/** Actions that may be allowed on every resource, with the reason. Nothing else may. */
export const ON_EVERYTHING: Readonly<Record<string, string>> = {
  'ecr:GetAuthorizationToken': 'a token is for the registry, not for a repository',
  'cloudwatch:PutMetricData': 'knows no resources; its namespace is a condition',
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

/** Policies of AWS that roles may hold: their statements are not ours to narrow. */
export const MANAGED_POLICIES: Readonly<Record<string, string>> = {
  AmazonAPIGatewayPushToCloudWatchLogs:
    'the logging role of API Gateway is a setting of the account, for every API in it; API Gateway refuses a role that may not write every log',
};
