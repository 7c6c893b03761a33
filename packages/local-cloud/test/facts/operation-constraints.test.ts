import { constraintProblems, refusal } from '../../src/facts/operation-constraints';

const messages = (service: string, operation: string, input: object) =>
  constraintProblems(service, operation, input).map(({ message }) => message);

const answer = (service: string, operation: string, input: object) =>
  refusal(service, operation, constraintProblems(service, operation, input));

const member = (rule: string) => `failed to satisfy constraint: Member must ${rule}`;

/** Inputs with one violation each. */
test.each<[string, string, object, string]>([
  ['cloudwatchlogs', 'CreateLogGroup', {}, `Value null at 'logGroupName' ${member('not be null')}`],
  [
    'cloudwatchlogs',
    'CreateLogGroup',
    { logGroupName: 'a b' },
    `Value 'a b' at 'logGroupName' ${member('satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+')}`,
  ],
  [
    'cloudwatchlogs',
    'CreateLogGroup',
    { logGroupName: 'x'.repeat(513) },
    `Value '${'x'.repeat(513)}' at 'logGroupName' ${member('have length less than or equal to 512')}`,
  ],
  [
    'cloudwatchlogs',
    'PutRetentionPolicy',
    { logGroupName: 'a', retentionInDays: 2 },
    `Value '2' at 'retentionInDays' ${member('satisfy enum value set: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]')}`,
  ],
  [
    'codebuild',
    'UpdateProject',
    { name: 'build', timeoutInMinutes: 3 },
    `Value '3' at 'timeoutInMinutes' ${member('have value greater than or equal to 5')}`,
  ],
  [
    'kms',
    'ScheduleKeyDeletion',
    { KeyId: 'k', PendingWindowInDays: 31 },
    `Value '31' at 'pendingWindowInDays' ${member('have value less than or equal to 30')}`,
  ],
  [
    'kms',
    'GenerateMac',
    { KeyId: 'k', MacAlgorithm: 'HMAC_SHA_256', Message: new Uint8Array(4097) },
    `Value at 'message' ${member('have length less than or equal to 4096')}`,
  ],
  [
    'lambda',
    'UpdateFunctionConfiguration',
    { FunctionName: 'f', Timeout: 3000 },
    `Value '3000' at 'timeout' ${member('have value less than or equal to 900')}`,
  ],
  [
    'sagemaker',
    'StopTrainingJob',
    { TrainingJobName: 'a_b' },
    `Value 'a_b' at 'trainingJobName' ${member('satisfy regular expression pattern: [a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}')}`,
  ],
  [
    'sagemaker',
    'AddTags',
    {
      ResourceArn: 'arn:aws:sagemaker:us-east-1:123456789012:model/m',
      Tags: [
        { Key: 'a', Value: 'b' },
        { Key: '', Value: '' },
      ],
    },
    `Value '' at 'tags.2.member.key' ${member('have length greater than or equal to 1')}`,
  ],
  [
    'scheduler',
    'GetSchedule',
    { Name: 'a b' },
    `Value 'a b' at 'name' ${member('satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$')}`,
  ],
  [
    'ssm',
    'GetParameters',
    { Names: Array.from({ length: 11 }, (_, i) => `p${i}`) },
    `Value '[p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10]' at 'names' ${member('have length less than or equal to 10')}`,
  ],
  [
    'cloudwatch',
    'PutMetricData',
    {
      Namespace: 'N',
      MetricData: [
        { MetricName: 'm', Value: 1, Unit: 'Count' },
        { MetricName: '', Value: 1 },
      ],
    },
    `Value '' at 'metricData.2.member.metricName' ${member('have length greater than or equal to 1')}`,
  ],
  [
    'applicationautoscaling',
    'RegisterScalableTarget',
    {
      ServiceNamespace: 'maker',
      ResourceId: 'r',
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    },
    `Value 'maker' at 'serviceNamespace' ${member('satisfy enum value set: [')}`,
  ],
])('%s:%s %j', (service, operation, input, expected) => {
  const found = messages(service, operation, input);
  expect(found).toEqual([expect.stringContaining(expected)]);
});

test('members of a list are reported together, with all of their rules', () => {
  const input = { FileSystemType: 'LUSTRE', SubnetIds: ['subnet-02dd4dbb726318783', 'subnet-0'] };
  expect(messages('fsx', 'CreateFileSystem', input)).toEqual([
    "Value '[subnet-02dd4dbb726318783, subnet-0]' at 'subnetIds' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 24, Member must have length greater than or equal to 15, Member must satisfy regular expression pattern: ^(subnet-[0-9a-f]{8,})$]",
  ]);
});

test('keys and values of a map are reported for the map', () => {
  const job = {
    ProcessingJobName: 'p',
    RoleArn: 'arn:aws:iam::123456789012:role/r-and-more',
    AppSpecification: { ImageUri: 'image' },
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
    },
  };
  expect(messages('sagemaker', 'CreateProcessingJob', job)).toEqual([]);
  const found = messages('sagemaker', 'CreateProcessingJob', {
    ...job,
    Environment: { '1A': 'x', B: 'y'.repeat(257) },
  });
  expect(found).toEqual([
    expect.stringContaining(
      "' at 'environment' failed to satisfy constraint: Map keys must satisfy constraint: [",
    ),
    expect.stringContaining(
      'Map value must satisfy constraint: [Member must have length less than or equal to 256, Member must satisfy regular expression pattern: [\\S\\s]*]',
    ),
  ]);
});

test('a text outside of its pattern and its length is two problems, the pattern first', () => {
  const kinds = constraintProblems('scheduler', 'GetSchedule', { Name: 'a '.repeat(40) });
  expect(kinds.map(({ constraint }) => constraint.kind)).toEqual(['pattern', 'maxLength']);
});

test.each<[string, string, object]>([
  ['s3', 'PutObject', { Bucket: 'bucket', Key: 'k', Body: 'text' }],
  ['sagemakerruntime', 'InvokeEndpoint', { EndpointName: 'e', ContentType: 'text/csv', Body: 'a,b' }],
  [
    'applicationautoscaling',
    'PutScalingPolicy',
    {
      PolicyName: 'target-tracking',
      ServiceNamespace: 'sagemaker',
      ResourceId: 'endpoint/E/variant/v',
      ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    },
  ],
  ['cloudwatchlogs', 'PutRetentionPolicy', { logGroupName: '/aws/lambda/f', retentionInDays: 3653 }],
  // The runtime checks the body's length itself.
  ['sagemakerruntime', 'InvokeEndpoint', { EndpointName: 'e', Body: new Uint8Array(6_291_457) }],
  // Unknown members and wrong types are checked elsewhere.
  ['sagemaker', 'StopTrainingJob', { TrainingJobName: 7, Other: 1 }],
  ['sagemaker', 'NoSuchOperation', {}],
])('no problem: %s:%s %j', (service, operation, input) => {
  expect(messages(service, operation, input)).toEqual([]);
  expect(answer(service, operation, input)).toBeUndefined();
});

test('a request with several problems names all of them', () => {
  expect(answer('fsx', 'CreateFileSystem', {})).toEqual({
    message:
      "2 validation errors detected: Value null at 'fileSystemType' failed to satisfy constraint: Member must not be null; Value null at 'subnetIds' failed to satisfy constraint: Member must not be null",
  });
});

const lifecycle = (rule: object) => ({
  Bucket: 'b',
  LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: {}, ...rule }] },
});

/** Services with their own codes or messages. */
test.each<[string, string, object, { code?: string; message: string }]>([
  [
    'ecr',
    'CreateRepository',
    { repositoryName: 'a' },
    {
      code: 'InvalidParameterException',
      message:
        "Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must have length greater than or equal to 2'",
    },
  ],
  [
    's3',
    'PutBucketLifecycleConfiguration',
    lifecycle({ Expiration: { Days: 0 } }),
    {
      code: 'InvalidArgument',
      message: "'Days' for Expiration action must be a positive integer",
    },
  ],
  [
    's3',
    'PutBucketLifecycleConfiguration',
    lifecycle({ Status: 'On' }),
    {
      code: 'MalformedXML',
      message: 'The XML you provided was not well-formed or did not validate against our published schema',
    },
  ],
  [
    's3',
    'PutObject',
    { Bucket: 'b', Key: 'k', StorageClass: 'COLD' },
    {
      code: 'InvalidStorageClass',
      message: 'The storage class you specified is not valid',
    },
  ],
  ['sns', 'CreateTopic', { Name: 'a b' }, { message: 'Invalid parameter: Topic Name' }],
  [
    'scheduler',
    'GetSchedule',
    { Name: 'a b' },
    {
      message:
        "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z-_.]+",
    },
  ],
  [
    'apigateway',
    'CreateRestApi',
    { name: 'n', apiKeySource: 'BODY' },
    {
      code: 'ValidationException',
      message:
        "1 validation error detected: Value 'BODY' at 'createRestApiInput.apiKeySource' failed to satisfy constraint: Member must satisfy enum value set: [HEADER, AUTHORIZER]",
    },
  ],
])('%s:%s answers %j', (service, operation, input, expected) => {
  expect(answer(service, operation, input)).toEqual(expected);
});
