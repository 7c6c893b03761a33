import { SERVICES } from '../../../src/services';
import { testCloud, type TestCloud } from '../../support/test-cloud';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { policyAuthorizer } from '../../../src/access/authorizer';

/**
 * Templates that AWS refuses, each with one fault, and requests that each service's own API refuses in the same way.
 */

const trust = (Service = 'lambda.amazonaws.com') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service } }],
});
const trusting = (AWS: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS } }],
});
const role = (more: object = {}) => ({ AssumeRolePolicyDocument: trust(), ...more });
const lifecycle = (rule: object) => ({ LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ...rule }] } });
const project = (more: object) => ({
  ServiceRole: 'arn:aws:iam::123456789012:role/build',
  Artifacts: { Type: 'NO_ARTIFACTS' },
  Environment: { Type: 'LINUX_CONTAINER', Image: 'image', ComputeType: 'BUILD_GENERAL1_SMALL' },
  Source: { Type: 'NO_SOURCE', BuildSpec: 'version: 0.2' },
  ...more,
});
const alarm = (more: object) => ({
  ...{ ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1, Threshold: 1 },
  ...{ MetricName: 'm', Namespace: 'n', Period: 60, Statistic: 'Sum' },
  ...more,
});
const statements = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    Effect: 'Allow',
    Action: 's3:GetObject',
    Resource: `arn:aws:s3:::bucket-${index}/${'x'.repeat(200)}`,
  }));
const inline = (count: number) => [
  { PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: statements(count) } },
];

const REFUSED: [type: string, properties: object, reason: RegExp][] = [
  [
    'AWS::Logs::LogGroup',
    { RetentionInDays: 2 },
    /#\/RetentionInDays: failed validation constraint for keyword \[enum\]/,
  ],
  [
    'AWS::Logs::LogGroup',
    { LogGroupName: 'x'.repeat(513) },
    /#\/LogGroupName: failed validation constraint for keyword \[pattern\]/,
  ],
  [
    'AWS::Logs::LogGroup',
    { LogGroupClass: 'CHEAP' },
    /#\/LogGroupClass: failed validation constraint for keyword \[enum\]/,
  ],
  ['AWS::IAM::Role', role({ MaxSessionDuration: 50_000 }), /maxSessionDuration.*43200/],
  ['AWS::IAM::Role', role({ MaxSessionDuration: 60 }), /maxSessionDuration.*3600/],
  ['AWS::IAM::Role', role({ RoleName: 'r'.repeat(65) }), /roleName.*64/],
  ['AWS::IAM::Role', role({ RoleName: 'a b' }), /roleName/],
  ['AWS::IAM::Role', role({ Description: 'x'.repeat(1_001) }), /1000/],
  [
    'AWS::IAM::Role',
    role({ Policies: inline(50) }),
    /^Maximum policy size of 10240 bytes exceeded for role /,
  ],
  [
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: trust('nosuch.amazonaws.com') },
    /Invalid principal in policy: "SERVICE":"nosuch.amazonaws.com"/,
  ],
  [
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: trusting('arn:aws:iam::123456789012:role/nobody') },
    /Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role\/nobody"/,
  ],
  ['AWS::IAM::Role', {}, /required key \[AssumeRolePolicyDocument\] not found/],
  ['AWS::CodeBuild::Project', project({ TimeoutInMinutes: 3 }), /timeoutInMinutes|TimeoutInMinutes/i],
  ['AWS::CodeBuild::Project', project({ QueuedTimeoutInMinutes: 481 }), /QueuedTimeoutInMinutes/i],
  [
    'AWS::S3::Bucket',
    lifecycle({ ExpirationInDays: -1 }),
    /'Days' for Expiration action must be a positive integer/,
  ],
  [
    'AWS::S3::Bucket',
    lifecycle({ Status: 'On', ExpirationInDays: 1 }),
    /#\/LifecycleConfiguration\/Rules\/0\/Status: failed validation constraint for keyword \[enum\]/,
  ],
  [
    'AWS::S3::Bucket',
    lifecycle({ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 0 } }),
    /DaysAfterInitiation/,
  ],
  ['AWS::S3::Bucket', { BucketName: 'Upper' }, /The specified bucket is not valid/],
  ['AWS::S3::Bucket', { Oops: 1 }, /Encountered unsupported property Oops/],
  [
    'AWS::KMS::Key',
    { KeySpec: 'AES_1', KeyPolicy: {} },
    /#\/KeySpec: failed validation constraint for keyword \[enum\]/,
  ],
  ['AWS::KMS::Key', { PendingWindowInDays: 5 }, /pendingWindowInDays/i],
  ['AWS::CloudWatch::Alarm', alarm({ ComparisonOperator: 'MoreThan' }), /MoreThan/],
  ['AWS::CloudWatch::Alarm', alarm({ Statistic: 'Median' }), /Median/],
  ['AWS::CloudWatch::Alarm', alarm({ TreatMissingData: 'ignored' }), /ignored/],
  ['AWS::CloudWatch::Alarm', alarm({ EvaluationPeriods: 0 }), /evaluationPeriods/i],
  [
    'AWS::ECR::Repository',
    { ImageTagMutability: 'FIXED' },
    /#\/ImageTagMutability: failed validation constraint for keyword \[enum\]/,
  ],
  ['AWS::ECR::Repository', { RepositoryName: 'a' }, /repositoryName/i],
  [
    'AWS::SSM::Parameter',
    { Type: 'Text', Value: 'x' },
    /#\/Type: failed validation constraint for keyword \[enum\]/,
  ],
  ['AWS::SSM::Parameter', { Type: 'String' }, /required key \[Value\] not found/],
  ['AWS::SNS::Topic', { TopicName: 'a b' }, /Topic Name/],
  ['AWS::Events::Rule', { Name: 'a b', EventPattern: { source: ['a'] } }, /name/i],
  [
    'AWS::Events::Rule',
    { State: 'ON', EventPattern: { source: ['a'] } },
    /#\/State: failed validation constraint for keyword \[enum\]/,
  ],
  [
    'AWS::Scheduler::Schedule',
    { ScheduleExpression: 'rate(1 hour)', FlexibleTimeWindow: { Mode: 'SOMETIMES' }, Target: {} },
    /FlexibleTimeWindow\/Mode: failed validation/,
  ],
  ['AWS::SageMaker::ModelPackageGroup', { ModelPackageGroupName: 'a_b' }, /ModelPackageGroupName/i],
  [
    'AWS::StepFunctions::StateMachine',
    { RoleArn: 'arn:aws:iam::123456789012:role/r', StateMachineType: 'FAST', DefinitionString: '{}' },
    /#\/StateMachineType: failed validation constraint for keyword \[enum\]/,
  ],
  [
    'AWS::Lambda::Function',
    {
      ...{ Handler: 'index.handler', Runtime: 'nodejs24.x', Role: 'arn:aws:iam::123456789012:role/r' },
      ...{ Code: { ZipFile: 'x' }, Timeout: 901 },
    },
    /timeout.*900/i,
  ],
  [
    'AWS::Lambda::Function',
    {
      ...{ Handler: 'index.handler', Runtime: 'nodejs99.x', Role: 'arn:aws:iam::123456789012:role/r' },
      Code: { ZipFile: 'x' },
    },
    /nodejs99/,
  ],
  ['AWS::ApiGateway::GatewayResponse', { RestApiId: 'a', ResponseType: 'SOME_4XX' }, /SOME_4XX/],
  ['AWS::EC2::VPC', { CidrBlock: 'ten' }, /ten/],
];

let here: TestCloud;
let client: CloudFormation;
let count = 0;
beforeAll(async () => {
  here = await testCloud(SERVICES, { authorizer: policyAuthorizer });
  client = new CloudFormation(here.client);
});
afterAll(() => here.close());

/** Returns the reason why the stack of one resource was not created; undefined if it was. */
async function refusalOf(Type: string, Properties: object): Promise<string | undefined> {
  const StackName = `stack-${++count}`;
  const TemplateBody = JSON.stringify({ Resources: { X: { Type, Properties } } });
  try {
    await client.createStack({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] });
  } catch (error) {
    return (error as Error).message;
  }
  const settled = async (): Promise<string> => {
    const { Stacks } = await client.describeStacks({ StackName });
    const status = Stacks![0]!.StackStatus!;
    return status.endsWith('_IN_PROGRESS') ? settled() : status;
  };
  if ((await settled()) === 'CREATE_COMPLETE') return undefined;
  const { StackEvents = [] } = await client.describeStackEvents({ StackName });
  return StackEvents.find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED')?.ResourceStatusReason;
}

test.each(
  REFUSED.map(
    ([type, properties, reason]) =>
      [type, JSON.stringify(properties).slice(0, 80), { properties, reason }] as const,
  ),
)('%s %s is refused', async (type, _, { properties, reason }) => {
  expect(await refusalOf(type, properties)).toMatch(reason);
});

test.each<[type: string, properties: object]>([
  ['AWS::Logs::LogGroup', { RetentionInDays: 7 }],
  ['AWS::Logs::LogGroup', { RetentionInDays: '7' }],
  ['AWS::IAM::Role', role({ MaxSessionDuration: 43_200, RoleName: 'r'.repeat(64) })],
  ['AWS::IAM::Role', { AssumeRolePolicyDocument: trusting('arn:aws:iam::210987654321:role/other') }],
  ['AWS::IAM::Role', { AssumeRolePolicyDocument: trust('sagemaker.application-autoscaling.amazonaws.com') }],
  ['AWS::IAM::Role', role({ Policies: inline(25) })],
  ['AWS::S3::Bucket', lifecycle({ ExpirationInDays: 1 })],
  ['AWS::ECR::Repository', { RepositoryName: 'ab', ImageTagMutability: 'IMMUTABLE' }],
  ['AWS::CloudWatch::Alarm', alarm({ TreatMissingData: 'ignore' })],
])('%s %j is created', async (type, properties) => {
  expect(await refusalOf(type, properties)).toBeUndefined();
});

test.each<[call: string, input: object, code: string, message: RegExp]>([
  [
    'cloudwatchlogs:PutRetentionPolicy',
    { logGroupName: 'g', retentionInDays: 2 },
    'InvalidParameterException',
    /'2' at 'retentionInDays'/,
  ],
  [
    's3:PutBucketLifecycleConfiguration',
    {
      Bucket: 'b',
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: {}, Expiration: { Days: -1 } }] },
    },
    'InvalidArgument',
    /'Days' for Expiration action must be a positive integer/,
  ],
  [
    'codebuild:CreateProject',
    {
      ...{ name: 'p', serviceRole: 'r' },
      source: { type: 'NO_SOURCE' },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: { type: 'LINUX_CONTAINER', image: 'i', computeType: 'BUILD_GENERAL1_SMALL' },
      timeoutInMinutes: 3,
    },
    'InvalidInputException',
    /'3' at 'timeoutInMinutes'.* 5/,
  ],
  [
    'kms:ScheduleKeyDeletion',
    { KeyId: 'k', PendingWindowInDays: 31 },
    'ValidationException',
    /'31' at 'pendingWindowInDays'.* 30/,
  ],
  ['ecr:CreateRepository', { repositoryName: 'a' }, 'InvalidParameterException', /at 'repositoryName'/],
  [
    'sagemaker:CreateModel',
    { ModelName: 'a_b', ExecutionRoleArn: 'x'.repeat(20) },
    'ValidationException',
    /'a_b' at 'modelName'/,
  ],
  [
    'sfn:CreateStateMachine',
    { name: 'm', definition: '{}', roleArn: '' },
    'ValidationException',
    /'' at 'roleArn'/,
  ],
  [
    'scheduler:CreateSchedule',
    {
      Name: 'a b',
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: 'a', RoleArn: 'b' },
    },
    'ValidationException',
    /'a b' at 'name'/,
  ],
  ['ssm:PutParameter', { Name: 'n', Value: 'v', Type: 'Text' }, 'ValidationException', /'Text' at 'type'/],
  ['sns:CreateTopic', { Name: 'a b' }, 'InvalidParameter', /Topic Name/],
])('%s %j is refused', async (call, input, code, message) => {
  const [service, operation] = call.split(':') as [string, string];
  const caller = { principal: here.cloud.principals.operator };
  await expect(here.cloud.callByName(service, operation, input, caller)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});
