import type { Template } from '../../../src/templates/template';
import { Account, bucket, parameter, type Resources } from './account';

let account: Account;
beforeEach(async () => (account = await Account.open()));
afterEach(() => account.close());

const deploy = (Resources: Resources, more: Partial<Template> = {}, stack = 'Stack') =>
  account.deploy(stack, { Resources, ...more });

const outputsOf = ({ Outputs = [] }: { Outputs?: { OutputKey?: string; OutputValue?: string }[] }) =>
  Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey!, OutputValue!]));

test('resources are created in order, with their references; events and outputs show them', async () => {
  const stack = await deploy(
    {
      Note: parameter({ 'Fn::Join': ['/', [{ Ref: 'Data' }, { 'Fn::GetAtt': ['Data', 'Arn'] }]] }, '/note'),
      Data: bucket({ VersioningConfiguration: { Status: 'Enabled' } }),
    },
    {
      Description: 'A test',
      Outputs: {
        Bucket: { Value: { Ref: 'Data' }, Description: 'the data' },
        Id: { Value: { Ref: 'AWS::StackId' } },
      },
    },
  );
  expect(stack).toMatchObject({
    StackName: 'Stack',
    StackStatus: 'CREATE_COMPLETE',
    Description: 'A test',
    EnableTerminationProtection: false,
  });
  expect(stack.StackId).toMatch(
    /^arn:aws:cloudformation:us-east-1:123456789012:stack\/Stack\/[-0-9a-f]{36}$/,
  );
  const { Bucket, Id } = outputsOf(stack);
  expect(Bucket).toMatch(/^stack-data-[a-z0-9]{12}$/);
  expect(Id).toBe(stack.StackId);
  expect(await account.value('/note')).toBe(`${Bucket}/arn:aws:s3:::${Bucket}`);
  expect(await account.events('Stack', true)).toEqual([
    'Stack REVIEW_IN_PROGRESS (User Initiated)',
    'Stack CREATE_IN_PROGRESS (User Initiated)',
    'Data CREATE_IN_PROGRESS',
    'Data CREATE_IN_PROGRESS (Resource creation Initiated)',
    'Data CREATE_COMPLETE',
    'Note CREATE_IN_PROGRESS',
    'Note CREATE_IN_PROGRESS (Resource creation Initiated)',
    'Note CREATE_COMPLETE',
    'Stack CREATE_COMPLETE',
  ]);
  const { StackResources } = await account.cfn.describeStackResources({ StackName: 'Stack' });
  expect(StackResources).toMatchObject([
    { LogicalResourceId: 'Data', PhysicalResourceId: Bucket, ResourceStatus: 'CREATE_COMPLETE' },
    { LogicalResourceId: 'Note', PhysicalResourceId: '/note', ResourceType: 'AWS::SSM::Parameter' },
  ]);
  expect((await account.cfn.listStackResources({ StackName: 'Stack' })).StackResourceSummaries).toHaveLength(
    2,
  );
});

test('the same template changes nothing, also after a restart', async () => {
  const resources = { A: parameter('1', '/a'), B: parameter({ Ref: 'A' }), C: bucket() };
  await deploy(resources);
  account.changes();
  await deploy(resources);
  expect(account.changes()).toEqual([]);
  await account.restart();
  const stack = await deploy(resources);
  expect(account.changes()).toEqual([]);
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  const body = JSON.stringify({ Resources: resources });
  await expect(account.cfn.updateStack({ StackName: 'Stack', TemplateBody: body })).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'No updates are to be performed.',
  });
});

test('a changed property updates in place with its dependents, and other resources stay', async () => {
  const resources = (value: string) => ({
    A: parameter(value, '/a'),
    B: parameter({ 'Fn::GetAtt': ['A', 'Value'] }, '/b'),
    C: parameter('same', '/c'),
  });
  await deploy(resources('1'));
  await account.here.cloud.call(
    'ssm',
    'PutParameter',
    { Name: '/c', Value: 'set by hand', Overwrite: true },
    account.operator,
  );
  account.changes();
  expect((await deploy(resources('2'))).StackStatus).toBe('UPDATE_COMPLETE');
  expect(account.changes()).toEqual(['PutParameter', 'PutParameter']);
  expect(await Promise.all(['/a', '/b', '/c'].map((name) => account.value(name)))).toEqual([
    '2',
    '2',
    'set by hand',
  ]);
  expect((await account.events('Stack')).slice(-7)).toEqual([
    'Stack UPDATE_IN_PROGRESS',
    'A UPDATE_IN_PROGRESS',
    'A UPDATE_COMPLETE',
    'B UPDATE_IN_PROGRESS',
    'B UPDATE_COMPLETE',
    'Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'Stack UPDATE_COMPLETE',
  ]);
});

test('a removed property returns to its default', async () => {
  await deploy({
    A: bucket({
      BucketName: 'the-bucket',
      VersioningConfiguration: { Status: 'Enabled' },
      LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 1 }] },
    }),
  });
  await deploy({ A: bucket({ BucketName: 'the-bucket' }) });
  const Bucket = 'the-bucket';
  const { call } = account.here.cloud;
  const get = call.bind(account.here.cloud);
  expect(await get('s3', 'GetBucketVersioning', { Bucket }, account.operator)).toEqual({
    Status: 'Suspended',
  });
  await expect(
    get('s3', 'GetBucketLifecycleConfiguration', { Bucket }, account.operator),
  ).rejects.toMatchObject({ code: 'NoSuchLifecycleConfiguration' });
});

test('some properties replace the resource: the new one is created first, then the old one is deleted', async () => {
  await deploy({ A: parameter('1', '/old'), B: parameter({ Ref: 'A' }, '/b') });
  account.changes();
  await deploy({ A: parameter('1', '/new'), B: parameter({ Ref: 'A' }, '/b') });
  expect(account.changes()).toEqual(['PutParameter', 'PutParameter', 'DeleteParameter']);
  expect([await account.value('/old'), await account.value('/b')]).toEqual([undefined, '/new']);
  expect((await account.events('Stack', true)).slice(-8)).toEqual([
    'A UPDATE_IN_PROGRESS (Requested update requires the creation of a new physical resource; hence creating one.)',
    'A UPDATE_COMPLETE',
    'B UPDATE_IN_PROGRESS',
    'B UPDATE_COMPLETE',
    'Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'A DELETE_IN_PROGRESS',
    'A DELETE_COMPLETE',
    'Stack UPDATE_COMPLETE',
  ]);
});

test('another type under the same id replaces the resource', async () => {
  await deploy({ A: parameter('1', '/a') });
  await deploy({ A: bucket() });
  expect(await account.value('/a')).toBeUndefined();
});

test('resources that the template no longer has are deleted, last created first, unless a policy retains them', async () => {
  await deploy({
    A: parameter('1', '/a'),
    B: parameter({ Ref: 'A' }, '/b'),
    Kept: parameter('1', '/kept', { DeletionPolicy: 'Retain' }),
    AlsoKept: parameter('1', '/also-kept', { DeletionPolicy: 'RetainExceptOnCreate' }),
    Replaced: parameter('1', '/replaced', { UpdateReplacePolicy: 'Retain' }),
  });
  await deploy({ Replaced: parameter('1', '/new') });
  const values = await Promise.all(
    ['/a', '/b', '/kept', '/also-kept', '/replaced', '/new'].map((name) => account.value(name)),
  );
  expect(values).toEqual([undefined, undefined, '1', '1', '1', '1']);
  expect((await account.events('Stack')).filter((event) => event.includes(' DELETE_'))).toEqual([
    'AlsoKept DELETE_SKIPPED',
    'Kept DELETE_SKIPPED',
    'B DELETE_IN_PROGRESS',
    'B DELETE_COMPLETE',
    'A DELETE_IN_PROGRESS',
    'A DELETE_COMPLETE',
    'Replaced DELETE_SKIPPED',
  ]);
});

test('a failed deletion in the clean-up does not fail the update', async () => {
  await deploy({ A: bucket({ BucketName: 'full' }), B: parameter('1') });
  const object = { Bucket: 'full', Key: 'k', Body: 'x' };
  await account.here.cloud.call('s3', 'PutObject', object, account.operator);
  expect(await deploy({ B: parameter('2') })).toMatchObject({
    StackStatus: 'UPDATE_COMPLETE',
    StackStatusReason: 'Update successful. One or more resources could not be deleted.',
  });
});

test('conditions apply to resources, properties and outputs', async () => {
  const more = {
    Parameters: { Stage: { Type: 'String', Default: 'dev' } },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    Outputs: { Extra: { Value: { Ref: 'Extra' }, Condition: 'IsProd' } },
  };
  const Resources = {
    Always: parameter({ 'Fn::If': ['IsProd', 'big', 'small'] }, '/size'),
    Extra: parameter('1', '/extra', { Condition: 'IsProd' }),
  };
  const stage = (ParameterValue: string) =>
    account.deploy(
      'Stack',
      { Resources, ...more },
      { Parameters: [{ ParameterKey: 'Stage', ParameterValue }] },
    );
  expect(outputsOf(await deploy(Resources, more))).toEqual({});
  expect([await account.value('/size'), await account.value('/extra')]).toEqual(['small', undefined]);
  expect(outputsOf(await stage('prod'))).toEqual({ Extra: '/extra' });
  expect([await account.value('/size'), await account.value('/extra')]).toEqual(['big', '1']);
  await stage('dev');
  expect(await account.value('/extra')).toBeUndefined();
});

test('targets that a rule no longer has are removed, and a state machine keeps its ARN when its definition changes', async () => {
  const resources = (seconds: number, targets: string[]): Resources => ({
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
  const before = outputsOf(await deploy(resources(1, ['a', 'b']), outputs));
  const after = outputsOf(await deploy(resources(2, ['b']), outputs));
  expect(after).toEqual(before);
  const { cloud } = account.here;
  const { Targets } = await cloud.call(
    'eventbridge',
    'ListTargetsByRule',
    { Rule: after.Rule },
    account.operator,
  );
  expect(Targets!.map(({ Id }) => Id)).toEqual(['b']);
  const machine = { stateMachineArn: after.Machine! };
  const { definition } = await cloud.call('sfn', 'DescribeStateMachine', machine, account.operator);
  expect(definition).toContain('"Seconds":2');
});
