import { ServiceError } from '../../../local/core/errors';
import { eventbridge } from '../../../local/services/eventbridge';
import { logs } from '../../../local/services/logs';
import { s3 } from '../../../local/services/s3';
import { sns } from '../../../local/services/sns';
import { ssm } from '../../../local/services/ssm';
import { stepfunctions } from '../../../local/services/stepfunctions';
import { Deployer } from '../../../local/templates/deployer';
import { roleStore } from '../../../local/templates/resources/iam';
import type { Template, TemplateResource } from '../../../local/templates/template';
import { playground, type Playground } from '../services/playground';

let here: Playground;
let deployer: Deployer;

beforeEach(async () => {
  here = await playground([s3, ssm, sns, logs, eventbridge, stepfunctions]);
  deployer = new Deployer(here.cloud);
});
afterEach(() => here.close());

const operator = () => ({ principal: here.cloud.principals.operator });
const parameter = (Value: unknown, more: object = {}): TemplateResource => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value, ...more },
});
const bucket = (more: Partial<TemplateResource> = {}): TemplateResource => ({
  Type: 'AWS::S3::Bucket',
  ...more,
});
const deploy = (Resources: Template['Resources'], more: Partial<Template> = {}, stack = 'Stack') =>
  deployer.deploy(stack, { Resources, ...more });

/** Calls since the last look, of operations that change something. */
let seen = 0;
function changes(): string[] {
  const calls = here.cloud.journal.entries().slice(seen);
  seen += calls.length;
  return calls.map(({ operation }) => operation).filter((name) => !/^(Get|List|Describe)/.test(name));
}
beforeEach(() => (seen = 0));

async function valueOf(Name: string): Promise<string | undefined> {
  const found = await here.cloud.call('ssm', 'GetParameter', { Name }, operator()).catch((error: unknown) => {
    if (error instanceof ServiceError && error.code === 'ParameterNotFound') return undefined;
    throw error;
  });
  return found?.Parameter?.Value;
}

test('resources are made in order, with what they refer to, and outputs tell of them', async () => {
  const result = await deploy(
    {
      Note: parameter(
        { 'Fn::Join': ['/', [{ Ref: 'Data' }, { 'Fn::GetAtt': ['Data', 'Arn'] }]] },
        { Name: '/note' },
      ),
      Data: bucket({ Properties: { VersioningConfiguration: { Status: 'Enabled' } } }),
    },
    { Outputs: { Bucket: { Value: { Ref: 'Data' } }, Region: { Value: { Ref: 'AWS::Region' } } } },
  );
  expect(result).toMatchObject({ created: 2, updated: 0, deleted: 0, outputs: { Region: 'us-east-1' } });
  const name = result.outputs.Bucket!;
  expect(name).toMatch(/^stack-data-[a-z0-9]{12}$/);
  expect(await valueOf('/note')).toBe(`${name}/arn:aws:s3:::${name}`);
  expect(await here.cloud.call('s3', 'GetBucketVersioning', { Bucket: name }, operator())).toEqual({
    Status: 'Enabled',
  });
  expect(deployer.outputs('Stack')).toEqual(result.outputs);
});

test('the same template again changes nothing, also after a restart', async () => {
  const resources = { A: parameter('1', { Name: '/a' }), B: parameter({ Ref: 'A' }), C: bucket() };
  await deploy(resources);
  changes();
  expect(await deploy(resources)).toMatchObject({ created: 0, updated: 0, deleted: 0 });
  expect(changes()).toEqual([]);
  await here.restart();
  deployer = new Deployer(here.cloud);
  seen = 0;
  expect(await deploy(resources)).toMatchObject({ created: 0, updated: 0, deleted: 0 });
  expect(changes()).toEqual([]);
});

test('a changed property updates in place, and what refers to it follows', async () => {
  const resources = (value: string) => ({
    A: parameter(value, { Name: '/a' }),
    B: parameter({ 'Fn::GetAtt': ['A', 'Value'] }, { Name: '/b' }),
    C: parameter('same', { Name: '/c' }),
  });
  await deploy(resources('1'));
  changes();
  expect(await deploy(resources('2'))).toMatchObject({ created: 0, updated: 2, deleted: 0 });
  expect(changes()).toEqual(['PutParameter', 'PutParameter']);
  expect([await valueOf('/a'), await valueOf('/b')]).toEqual(['2', '2']);
});

test('some properties replace: the new one is made first, then the old one goes', async () => {
  await deploy({ A: parameter('1', { Name: '/old' }), B: parameter({ Ref: 'A' }, { Name: '/b' }) });
  changes();
  const result = await deploy({
    A: parameter('1', { Name: '/new' }),
    B: parameter({ Ref: 'A' }, { Name: '/b' }),
  });
  expect(result).toMatchObject({ created: 0, updated: 2, deleted: 1 });
  expect(changes()).toEqual(['PutParameter', 'PutParameter', 'DeleteParameter']);
  expect([await valueOf('/old'), await valueOf('/new'), await valueOf('/b')]).toEqual([
    undefined,
    '1',
    '/new',
  ]);
});

test('another type under the same id replaces', async () => {
  await deploy({ A: parameter('1', { Name: '/a' }) });
  expect(await deploy({ A: bucket() })).toMatchObject({ updated: 1, deleted: 1 });
  expect(await valueOf('/a')).toBeUndefined();
});

test('what left the template is deleted, last made first, unless it is to be kept', async () => {
  await deploy({
    A: parameter('1', { Name: '/a' }),
    B: parameter({ Ref: 'A' }, { Name: '/b' }),
    Kept: { ...parameter('1', { Name: '/kept' }), DeletionPolicy: 'Retain' },
  });
  changes();
  expect(await deploy({ C: parameter('3', { Name: '/c' }) })).toMatchObject({ created: 1, deleted: 3 });
  const deleted = here.cloud.journal.entries().filter(({ operation }) => operation === 'DeleteParameter');
  expect(deleted).toHaveLength(2);
  expect([await valueOf('/a'), await valueOf('/b'), await valueOf('/kept')]).toEqual([
    undefined,
    undefined,
    '1',
  ]);
});

test('conditions decide on resources, properties and outputs', async () => {
  const conditions = (stage: string) => ({
    Parameters: { Stage: { Type: 'String', Default: stage } },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    Outputs: { Extra: { Value: 'x', Condition: 'IsProd' } },
  });
  const resources = {
    Always: parameter({ 'Fn::If': ['IsProd', 'big', 'small'] }, { Name: '/size' }),
    Extra: { ...parameter('1', { Name: '/extra' }), Condition: 'IsProd' },
  };
  expect((await deploy(resources, conditions('dev'))).outputs).toEqual({});
  expect([await valueOf('/size'), await valueOf('/extra')]).toEqual(['small', undefined]);
  expect((await deploy(resources, conditions('prod'))).outputs).toEqual({ Extra: 'x' });
  expect([await valueOf('/size'), await valueOf('/extra')]).toEqual(['big', '1']);
  await deploy(resources, conditions('dev'));
  expect(await valueOf('/extra')).toBeUndefined();
});

test('a stack uses what another exports', async () => {
  await deploy(
    { A: parameter('1') },
    { Outputs: { O: { Value: 'shared', Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Key' } } } } },
    'First',
  );
  await deploy({ B: parameter({ 'Fn::ImportValue': 'First:Key' }, { Name: '/b' }) }, {}, 'Second');
  expect(await valueOf('/b')).toBe('shared');
  const again = { Outputs: { O: { Value: 'x', Export: { Name: 'First:Key' } } } };
  await expect(deploy({}, again, 'Third')).rejects.toThrow(
    'Export with name First:Key is already exported by stack First.',
  );
});

test.each<[string, Template['Resources'], Partial<Template>, string | RegExp]>([
  [
    'an unknown type',
    { X: { Type: 'AWS::EC2::Instance' } },
    {},
    /^stack Stack, resource X: the type AWS::EC2::Instance is not supported.*AWS::S3::Bucket/,
  ],
  [
    'an unknown property',
    { X: bucket({ Properties: { ObjectLockEnabled: true } }) },
    {},
    'stack Stack, resource X: the property ObjectLockEnabled of AWS::S3::Bucket is not supported by the local cloud',
  ],
  [
    'a missing export',
    { X: parameter({ 'Fn::ImportValue': 'Gone' }) },
    {},
    'stack Stack, resource X (AWS::SSM::Parameter): No export named Gone found.',
  ],
  [
    'an unknown attribute',
    { A: bucket(), X: parameter({ 'Fn::GetAtt': ['A', 'Url'] }) },
    {},
    /resource X .*AWS::S3::Bucket "A" has no attribute Url/,
  ],
  ['a circle', { A: parameter({ Ref: 'B' }), B: parameter({ Ref: 'A' }) }, {}, /Circular dependency/],
  [
    'a parameter without value',
    { A: parameter({ Ref: 'P' }) },
    { Parameters: { P: { Type: 'String' } } },
    /Parameters: \[P\] must have values/,
  ],
  [
    'a parameter from SSM',
    { A: parameter({ Ref: 'P' }) },
    { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' } } },
    /parameter type AWS::SSM::Parameter::Value<String> of P is not supported/,
  ],
  [
    'a notification that is not played',
    { X: bucket({ Properties: { NotificationConfiguration: { LambdaConfigurations: [] } } }) },
    {},
    /NotificationConfiguration\.LambdaConfigurations is not supported/,
  ],
  [
    "the service's own refusal",
    { X: bucket({ Properties: { BucketName: 'Not_A_Name' } }) },
    {},
    /resource X \(AWS::S3::Bucket\): .*bucket/i,
  ],
])('refused: %s', async (_, resources, more, message) => {
  await expect(deploy(resources, more)).rejects.toThrow(message);
});

test('an unknown type is found before anything is made', async () => {
  await expect(deploy({ A: parameter('1'), X: { Type: 'AWS::EC2::Instance' } })).rejects.toThrow();
  expect(changes()).toEqual([]);
});

test('after a failure, the next deployment goes on from there', async () => {
  const resources = (name: string) => ({
    A: parameter('1', { Name: '/a' }),
    B: bucket({ DependsOn: 'A', Properties: { BucketName: name } }),
  });
  await expect(deploy(resources('Not_A_Name'))).rejects.toThrow();
  expect(await deploy(resources('a-name'))).toMatchObject({ created: 1, updated: 0 });
});

test('roles have the policies that are attached to them', async () => {
  const policy = (action: string) => ({ Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] });
  const resources = (...actions: string[]): Template['Resources'] => ({
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: policy('sts:AssumeRole'),
        Policies: [{ PolicyName: 'Inline', PolicyDocument: policy('s3:GetObject') }],
      },
    },
    ...Object.fromEntries(
      actions.map((action) => [
        `Policy${action}`,
        {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: action, PolicyDocument: policy(action), Roles: [{ Ref: 'Role' }] },
        },
      ]),
    ),
  });
  const { outputs } = await deploy(resources('A', 'B'), {
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } }, Name: { Value: { Ref: 'Role' } } },
  });
  expect(outputs.Arn).toBe(`arn:aws:iam::123456789012:role/${outputs.Name}`);
  const policies = () => Object.keys(roleStore(here.cloud).data[outputs.Name!]!.policies).sort();
  expect(policies()).toEqual(['A', 'B', 'Inline']);
  await deploy(resources('B'));
  expect(policies()).toEqual(['B', 'Inline']);
});

test('a rule loses the targets that left it, and a state machine keeps its ARN when its definition changes', async () => {
  const resources = (seconds: number, targets: string[]): Template['Resources'] => ({
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        RoleArn: 'arn:aws:iam::123456789012:role/Machine',
        DefinitionString: JSON.stringify({
          StartAt: 'W',
          States: { W: { Type: 'Wait', Seconds: seconds, End: true } },
        }),
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { DisplayName: 'News' } },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventPattern: { source: ['test'] },
        Targets: targets.map((id) => ({ Id: id, Arn: { Ref: 'Topic' } })),
      },
    },
  });
  const outputs = { Outputs: { Machine: { Value: { Ref: 'Machine' } }, Rule: { Value: { Ref: 'Rule' } } } };
  const before = await deploy(resources(1, ['a', 'b']), outputs);
  const after = await deploy(resources(2, ['b']), outputs);
  expect(after).toMatchObject({ created: 0, updated: 2, deleted: 0, outputs: before.outputs });
  const { Targets } = await here.cloud.call(
    'eventbridge',
    'ListTargetsByRule',
    { Rule: after.outputs.Rule! },
    operator(),
  );
  expect(Targets!.map(({ Id }) => Id)).toEqual(['b']);
  const machine = { stateMachineArn: after.outputs.Machine! };
  expect((await here.cloud.call('sfn', 'DescribeStateMachine', machine, operator())).definition).toContain(
    '"Seconds":2',
  );
});
