/** The reason why nobody but the SDK's schema and AWS's model judges something, and what remains open. */
interface Reason {
  /** Calls such as `s3:GetObject`, or resource types. */
  readonly of: readonly string[];
  readonly reason: string;
}

const sagemaker = (...operations: string[]) => operations.map((each) => `sagemaker:${each}`);

export const REASONS: readonly Reason[] = [
  {
    of: [
      ...['apigateway:GetApiKey', 'cloudformation:DescribeStackResources', 'cloudformation:DescribeStacks'],
      ...['lambda:GetFunctionConfiguration', 'scheduler:GetSchedule'],
      ...['sns:ListSubscriptionsByTopic', 'sts:GetCallerIdentity', 'ssm:GetParameter'],
      ...['cloudwatchlogs:DescribeLogGroups', 'fsx:DescribeDataRepositoryTasks', 'ecr:DescribeImages'],
      ...['ssm:GetParametersByPath', 's3:HeadBucket', 's3:GetBucketVersioning', 's3:ListObjectVersions'],
      's3:GetBucketNotificationConfiguration',
      ...['applicationautoscaling:DescribeScalableTargets', 'cloudformation:DescribeStackEvents'],
      ...[
        'cloudformation:GetTemplate',
        'cloudformation:ListStackResources',
        'cloudformation:ListStacks',
        'ecr:DescribeRepositories',
      ],
      ...['kms:DescribeKey', 'sfn:DescribeStateMachine', 's3:HeadObject', 'sns:GetTopicAttributes'],
    ],
    reason:
      'It only reads. The answer’s members are those of the SDK’s schema; delays of AWS are not recorded.',
  },
  {
    of: sagemaker(
      ...['DescribeEndpoint', 'DescribeEndpointConfig', 'DescribeModel', 'DescribeModelPackage'],
      ...['ListEndpointConfigs', 'ListModelPackages', 'ListModels', 'ListTags', 'ListModelPackageGroups'],
    ),
    reason:
      'It only reads. `npm run test:sparse` gives functions and state machine answers without the members that AWS’s model does not require; which ones AWS leaves out, and how late it shows a change, is not recorded.',
  },
  {
    of: sagemaker('CreateEndpoint'),
    reason:
      'A name that exists is refused, and the state machine waits for `InService`. Durations, and the reasons of AWS’s failures, are not recorded.',
  },
  {
    of: sagemaker('DeleteEndpoint', 'DeleteEndpointConfig', 'DeleteModel', 'DeleteModelPackage'),
    reason: 'An endpoint is polled until it is gone. AWS’s message for what does not exist is not recorded.',
  },
  {
    of: sagemaker('UpdateEndpointWeightsAndCapacities'),
    reason: 'The caller waits until the endpoint is `InService` again. How long AWS takes is not recorded.',
  },
  {
    of: ['cloudwatchlogs:CreateLogGroup'],
    reason:
      'The run goes on whether the group exists (`ResourceAlreadyExistsException` of AWS’s model) or cannot be created; SageMaker’s jobs then write to it, or create it. That SageMaker accepts a group that it did not create is not recorded.',
  },
  {
    of: ['kms:GenerateMac', 'kms:VerifyMac'],
    reason:
      'The MAC is the HMAC of the key’s specification, and one that is invalid is refused with the exception of AWS’s model. AWS’s key material cannot be compared.',
  },
  {
    of: ['ecr:BatchGetImage', 'ecr:BatchDeleteImage'],
    reason:
      'Absent images are in `failures`, by AWS’s model. With a registry of another account, AWS’s answers depend on that account’s policy.',
  },
  {
    of: ['ssm:PutParameter'],
    reason:
      'It writes the parameter of the last trial, which only the next trial reads. AWS’s answers for a parameter in use are not recorded.',
  },
  {
    of: ['sfn:StopExecution'],
    reason:
      'The execution is aborted with the cause, and its jobs are stopped. How long AWS takes to stop them is not recorded.',
  },
  {
    of: ['sfn:StartExecution', 'sfn:SendTaskSuccess'],
    reason:
      'The errors of AWS’s model are raised: an execution that exists, a token that timed out. AWS’s messages are not compared; the histories that follow are ([GetExecutionHistory](#sfn)).',
  },
  {
    of: ['applicationautoscaling:DeregisterScalableTarget', 'scheduler:DeleteSchedule'],
    reason: 'The callers accept `ObjectNotFoundException` and `ResourceNotFoundException` of AWS’s model.',
  },
  {
    of: ['cloudwatchlogs:DeleteLogGroup'],
    reason: 'The caller accepts `ResourceNotFoundException` of AWS’s model.',
  },
  {
    of: ['pricing:GetProducts', 'servicequotas:ListServiceQuotas'],
    reason:
      'Only the command line calls it, for prices and quotas of an account. The local cloud has no price list, and quotas of its own.',
  },
  {
    of: ['AWS::CodePipeline::Pipeline', 'AWS::KMS::Alias'],
    reason:
      'Only the delivery has it. CDK’s own rules check its template at synthesis; the local cloud does not have it.',
  },
];
