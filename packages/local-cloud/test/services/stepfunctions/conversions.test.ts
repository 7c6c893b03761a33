import { findModel } from '../../../src/services';
import type { ServiceId } from '../../../src/model/catalog';
import { ServiceError } from '../../../src/model/errors';
import { memberName, toTaskResult } from '../../../src/services/stepfunctions/pascal-case';
import { optimizedTaskError, sdkTaskError } from '../../../src/services/stepfunctions/task-errors';
import { taskInput } from '../../../src/services/stepfunctions/task-input';
import type { JsonValue } from '../../../src/states';

const operation = (service: ServiceId, name: string) => findModel(service)!.operations.get(name)!;

test.each([
  ['projectName', 'ProjectName'],
  ['Bucket', 'Bucket'],
  ['ETag', 'ETag'],
  ['ARN', 'Arn'],
  ['SSEKMSKeyId', 'SsekmsKeyId'],
  ['KMSMasterKeyID', 'KmsMasterKeyID'],
  ['VolumeSizeInGB', 'VolumeSizeInGB'],
])('the member %s is %s in Step Functions', (own, name) => {
  expect(memberName(own)).toBe(name);
});

test.each<[string, ServiceId, string, JsonValue, object]>([
  [
    'PascalCase in',
    'codebuild',
    'StartBuild',
    { ProjectName: 'p', EnvironmentVariablesOverride: [{ Name: 'A', Value: '1' }] },
    { projectName: 'p', environmentVariablesOverride: [{ name: 'A', value: '1' }] },
  ],
  [
    'a service that uses PascalCase',
    'ssm',
    'GetParameter',
    { Name: 'n', WithDecryption: true },
    { Name: 'n', WithDecryption: true },
  ],
  [
    'keys of maps are not changed',
    's3',
    'PutObject',
    { Bucket: 'b', Key: 'k', Metadata: { 'my-key': 'v' } },
    { Bucket: 'b', Key: 'k', Metadata: { 'my-key': 'v' } },
  ],
  [
    'an object for a blob',
    's3',
    'PutObject',
    { Bucket: 'b', Key: 'k', Body: { a: [1] } },
    { Bucket: 'b', Key: 'k', Body: Buffer.from('{"a":[1]}') },
  ],
  [
    'text for a blob',
    's3',
    'PutObject',
    { Bucket: 'b', Key: 'k', Body: 'text' },
    { Bucket: 'b', Key: 'k', Body: Buffer.from('text') },
  ],
  [
    'a time',
    's3',
    'GetObject',
    { Bucket: 'b', Key: 'k', IfModifiedSince: '2026-01-02T03:04:05Z' },
    { Bucket: 'b', Key: 'k', IfModifiedSince: new Date('2026-01-02T03:04:05Z') },
  ],
  [
    'JSON for text, where it is allowed',
    'sns',
    'Publish',
    { TopicArn: 't', Message: { a: 1 } },
    { TopicArn: 't', Message: '{"a":1}' },
  ],
])('arguments: %s', (_, service, name, args, input) => {
  expect(taskInput(operation(service, name), args, { jsonText: ['Message'] })).toEqual(input);
});

test.each<[string, ServiceId, string, JsonValue, RegExp]>([
  [
    "a member in the service's own case",
    'codebuild',
    'StartBuild',
    { projectName: 'p' },
    /\[The field "projectName" is not supported by Step Functions/,
  ],
  [
    'a misspelt member',
    'ssm',
    'GetParameter',
    { Name: 'n', Decrypt: true },
    /The field "Decrypt" is not supported by Step Functions\]$/,
  ],
  [
    'a deep misspelt member',
    'codebuild',
    'StartBuild',
    { ProjectName: 'p', EnvironmentVariablesOverride: [{ Nam: 'A' }] },
    /The field "Nam" is not supported/,
  ],
  ['a missing member', 'ssm', 'GetParameter', {}, /Name.*must not be null/],
  ['a number for text', 'ssm', 'GetParameter', { Name: 7 }, /Value 7 at 'Name' must be a string/],
  ['JSON for text', 'ssm', 'GetParameter', { Name: { a: 1 } }, /'Name' must be a string/],
])('arguments are refused for %s', (_, service, name, args, cause) => {
  expect(() => taskInput(operation(service, name), args, {})).toThrow(
    expect.objectContaining({ error: 'States.Runtime', errorCause: expect.stringMatching(cause) }),
  );
  expect(() => taskInput(operation(service, name), args, {})).toThrow(
    /^States\.Runtime: The Parameters '\{.*could not be used to start the Task/,
  );
});

test.each<[string, JsonValue, string]>([
  [
    'CreateTrainingJob',
    { TrainingJobName: 'n', RetryStrategy: { MaximumRetryAttempts: 3 } },
    'RetryStrategy',
  ],
  ['CreateProcessingJob', { ProcessingJobName: 'n', ProcessingStatus: 'x' }, 'ProcessingStatus'],
  ['CreateTransformJob', { TransformJobName: 'n', DataCaptureConfig: {} }, 'DataCaptureConfig'],
  ['CreateModel', { ModelName: 'n', InferenceExecutionConfig: {} }, 'InferenceExecutionConfig'],
  ['CreateEndpointConfig', { EndpointConfigName: 'n', DataCaptureConfig: {} }, 'DataCaptureConfig'],
  [
    'CreateEndpoint',
    { EndpointName: 'n', EndpointConfigName: 'c', DeploymentConfig: {} },
    'DeploymentConfig',
  ],
  [
    'UpdateEndpoint',
    { EndpointName: 'n', EndpointConfigName: 'c', DeploymentConfig: {} },
    'DeploymentConfig',
  ],
])('the optimized %s refuses a parameter that SageMaker has', (name, args, field) => {
  const why = `The field "${field}" is not supported by Step Functions`;
  const optimized = () => taskInput(operation('sagemaker', name), args, { optimized: name });
  expect(optimized).toThrow(
    expect.objectContaining({ error: 'States.Runtime', errorCause: expect.stringContaining(why) }),
  );
});

test.each<[string, JsonValue]>([
  [
    'CreateEndpoint',
    { EndpointName: 'n', EndpointConfigName: 'c', DeploymentConfig: { AutoRollbackConfiguration: {} } },
  ],
  ['UpdateEndpoint', { EndpointName: 'n', EndpointConfigName: 'c', RetainAllVariantProperties: true }],
])('the SDK’s %s has them all', (name, args) => {
  expect(taskInput(operation('sagemaker', name), args, {})).toEqual(args);
});

test('results: PascalCase, times in the integration’s format, plain JSON', async () => {
  const time = new Date('2026-01-02T03:04:05.678Z');
  const build = {
    build: { id: 'a', startTime: time, phases: [{ phaseType: 'BUILD', endTime: undefined }] },
    $metadata: {},
  };
  const { output } = operation('codebuild', 'StartBuild');
  expect(await toTaskResult(output, build, 'epochMilliseconds')).toEqual({
    Build: { Id: 'a', StartTime: time.getTime(), Phases: [{ PhaseType: 'BUILD' }] },
  });
  const parameter = { Parameter: { ARN: 'arn', Version: 3, LastModifiedDate: time } };
  expect(await toTaskResult(operation('ssm', 'GetParameter').output, parameter, 'iso8601')).toEqual({
    Parameter: { Arn: 'arn', Version: 3, LastModifiedDate: '2026-01-02T03:04:05.678Z' },
  });
});

test.each<[ServiceId, string, string, number]>([
  ['s3', 'NoSuchKey', 'S3.NoSuchKeyException', 404],
  ['s3', 'AccessDenied', 'S3.AccessDeniedException', 403],
  ['ssm', 'ParameterNotFound', 'Ssm.ParameterNotFoundException', 400],
  ['codebuild', 'ThrottlingException', 'CodeBuild.CodeBuildException', 400],
  ['ecr', 'RepositoryNotFoundException', 'Ecr.RepositoryNotFoundException', 400],
  ['sagemaker', 'ValidationException', 'SageMaker.SageMakerException', 400],
  ['sagemaker', 'ResourceInUse', 'SageMaker.ResourceInUseException', 400],
  ['sns', 'NotFound', 'Sns.NotFoundException', 404],
  ['sfn', 'ExecutionAlreadyExists', 'Sfn.ExecutionAlreadyExistsException', 400],
])('the error of an SDK task: %s %s is %s', (service, code, name, status) => {
  const { error, errorCause } = sdkTaskError(
    findModel(service)!,
    new ServiceError(code, 'why', status === 403 ? { status } : {}),
    'id',
  );
  const word = name.split('.')[0];
  expect([error, errorCause]).toEqual([
    name,
    `why (Service: ${word}, Status Code: ${status}, Request ID: id)`,
  ]);
});

test.each<[string, ServiceId, string, string]>([
  ['sagemaker', 'sagemaker', 'ValidationException', 'SageMaker.AmazonSageMakerException'],
  ['sagemaker', 'sagemaker', 'AccessDeniedException', 'SageMaker.AmazonSageMakerException'],
  ['sagemaker', 'sagemaker', 'ResourceLimitExceeded', 'SageMaker.ResourceLimitExceededException'],
  ['codebuild', 'codebuild', 'ResourceNotFoundException', 'CodeBuild.ResourceNotFoundException'],
  ['codebuild', 'codebuild', 'ThrottlingException', 'CodeBuild.AWSCodeBuildException'],
  ['lambda', 'lambda', 'TooManyRequestsException', 'Lambda.TooManyRequestsException'],
  ['lambda', 'lambda', 'AccessDeniedException', 'Lambda.AWSLambdaException'],
  ['states', 'sfn', 'ExecutionAlreadyExists', 'StepFunctions.ExecutionAlreadyExistsException'],
])('the error of an optimized task: %s %s %s is %s', (integration, service, code, name) => {
  const { error, errorCause } = optimizedTaskError(
    integration,
    findModel(service)!,
    new ServiceError(code, 'why', { status: 400 }),
    'id',
  );
  expect(error).toBe(name);
  expect(errorCause).toMatch(
    /^why \(Service: A\w+; Status Code: 400; Error Code: \w+; Request ID: id; Proxy: null\)$/,
  );
  expect(errorCause).toContain(`Error Code: ${code};`);
});
