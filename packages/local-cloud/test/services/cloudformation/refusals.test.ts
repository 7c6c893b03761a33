import type { CreateChangeSetCommandInput } from '@aws-sdk/client-cloudformation';
import type { Template } from '../../../src/templates/template';
import { Account, bucket, parameter, type Resources } from './account';

let account: Account;
beforeAll(async () => {
  account = await Account.open();
  await account.deploy('Existing', { Resources: { A: parameter('1') } });
  await account.here.cloud.call('s3', 'CreateBucket', { Bucket: 'templates' }, account.operator);
  for (const [Key, Body] of [
    ['fine.json', JSON.stringify({ Resources: { A: parameter('1') } })],
    ['huge.json', JSON.stringify({ Resources: { A: parameter('x'.repeat(1_000_000)) } })],
  ] as const)
    await account.here.cloud.call('s3', 'PutObject', { Bucket: 'templates', Key, Body }, account.operator);
  account.changes();
});
afterAll(() => account.close());

const role = (RoleName?: string) => ({
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: {}, ...(RoleName && { RoleName }) },
});
const refer = (Ref: string) => parameter({ Ref });
const many = (count: number): Resources =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`R${i}`, parameter('1')]));

const REFUSED: [string, Partial<Template>, RegExp | string][] = [
  [
    'no resources',
    { Resources: {} },
    'Template format error: At least one Resources member must be defined.',
  ],
  [
    'a type that is not known, by name',
    { Resources: { X: { Type: 'AWS::EC2::Instance' } } },
    /^Template format error: Unrecognized resource types: \[AWS::EC2::Instance\] \(resource X\).*AWS::S3::Bucket/,
  ],
  [
    'a property that is not known, by name',
    { Resources: { A: parameter('1'), X: bucket({ ObjectLockEnabled: true }) } },
    /resource X: the property ObjectLockEnabled of AWS::S3::Bucket is not supported/,
  ],
  [
    'a circle',
    { Resources: { A: refer('B'), B: refer('C'), C: refer('B') } },
    'Circular dependency between resources: [B, C]',
  ],
  [
    'a reference to nothing',
    { Resources: { A: refer('Gone') } },
    'Template format error: Unresolved resource dependencies [Gone] in the Resources block of the template',
  ],
  [
    'a dependency on nothing',
    { Resources: { A: parameter('1', undefined, { DependsOn: 'Gone' }) } },
    /Unresolved resource dependencies \[Gone\]/,
  ],
  [
    'an output of nothing',
    { Outputs: { O: { Value: { 'Fn::GetAtt': ['Gone', 'Arn'] } } } },
    'Template format error: Unresolved resource dependencies [Gone] in the Outputs block of the template',
  ],
  [
    'an attribute that the type does not have',
    { Resources: { A: bucket(), B: parameter({ 'Fn::GetAtt': ['A', 'BucketName'] }) } },
    'Template error: resource A does not support attribute type BucketName in Fn::GetAtt',
  ],
  [
    'such an attribute in Fn::Sub',
    { Resources: { A: bucket(), B: parameter({ 'Fn::Sub': 'x-${A.Name.Text}' }) } },
    'Template error: resource A does not support attribute type Name.Text in Fn::GetAtt',
  ],
  [
    'such an attribute in an output',
    { Resources: { A: bucket() }, Outputs: { O: { Value: { 'Fn::GetAtt': 'A.Id' } } } },
    'Template error: resource A does not support attribute type Id in Fn::GetAtt',
  ],
  [
    'a condition on a resource',
    { Conditions: { C: { 'Fn::Equals': [{ Ref: 'A' }, 'x'] } } },
    /Unresolved dependencies \[A\]\. Cannot reference resources in the Conditions block/,
  ],
  [
    'more than 500 resources',
    { Resources: many(501) },
    'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
  ],
  [
    'a section that is not known',
    { Resourcez: {} } as Partial<Template>,
    /Invalid template property or properties \[Resourcez\]/,
  ],
  [
    'a transform',
    { Transform: 'AWS::Serverless-2016-10-31' } as Partial<Template>,
    /Transform is not supported by the local cloud/,
  ],
  [
    'a resource without type',
    { Resources: { A: {} } as unknown as Resources },
    /\[\/Resources\/A\] Every Resources object must contain a Type member/,
  ],
  [
    'a name with a dash',
    { Resources: { 'A-B': parameter('1') } },
    'Template format error: Resource name A-B is non alphanumeric.',
  ],
  [
    'a policy that is not known',
    { Resources: { A: { ...parameter('1'), DeletionPolicy: 'Snapshot' } as never } },
    /Unrecognized DeletionPolicy Snapshot for resource A/,
  ],
  [
    'a parameter without a value',
    { Parameters: { P: { Type: 'String' } } },
    'Parameters: [P] must have values',
  ],
  [
    'a parameter in SSM that is not there',
    { Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/gone' } } },
    'Unable to fetch parameters [/gone] from parameter store for this account.',
  ],
  [
    'a rule that does not hold',
    {
      Parameters: { P: { Type: 'String', Default: 'x' } },
      Rules: {
        R: {
          Assertions: [
            { Assert: { 'Fn::Contains': [['a', 'b'], { Ref: 'P' }] }, AssertDescription: 'P is a or b' },
          ],
        },
      },
    },
    /rule R: P is a or b/,
  ],
];

describe.each([
  ['CreateStack', (request: object) => account.cfn.createStack({ StackName: 'New', ...request })],
  ['UpdateStack', (request: object) => account.cfn.updateStack({ StackName: 'Existing', ...request })],
])('%s refuses', (_, send) => {
  test.each(REFUSED)('%s', async (_title, template, message) => {
    const TemplateBody = JSON.stringify({ Resources: { A: parameter('1') }, ...template });
    await expect(send({ TemplateBody })).rejects.toMatchObject({
      name: 'ValidationError',
      message: typeof message === 'string' ? message : (expect.stringMatching(message) as string),
      $metadata: { httpStatusCode: 400 },
    });
    expect(account.changes()).toEqual([]);
    expect(await account.status('New')).toBeUndefined();
  });
});

const REQUESTS: [string, Partial<CreateChangeSetCommandInput>, object][] = [
  [
    'no template',
    { TemplateBody: undefined },
    { message: 'Either Template URL or Template Body must be specified.' },
  ],
  [
    'a body above 51,200 bytes',
    { TemplateBody: 'x'.repeat(51_201) },
    {
      message: expect.stringMatching(
        /'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200$/,
      ),
    },
  ],
  [
    'a template in S3 above 1 MB',
    { TemplateURL: 'https://s3.us-east-1.amazonaws.com/templates/huge.json' },
    { message: 'Template may not exceed 1000000 bytes in size.' },
  ],
  [
    'a template that is not in S3',
    { TemplateURL: 'https://templates.s3.amazonaws.com/gone.json' },
    { message: expect.stringMatching(/^S3 error: .*does not exist/) },
  ],
  [
    'an address outside of S3',
    { TemplateURL: 'https://example.com/a/b' },
    { message: 'S3 error: Domain name specified in example.com is not a valid S3 domain' },
  ],
  [
    'an address that is none',
    { TemplateURL: 'templates/fine.json' },
    { message: 'TemplateURL must be a supported URL.' },
  ],
  [
    'broken JSON',
    { TemplateBody: '{"Resources": ' },
    { message: expect.stringMatching(/JSON not well-formed/) },
  ],
  [
    'broken YAML',
    { TemplateBody: 'Resources:\n  A: [' },
    { message: expect.stringMatching(/YAML not well-formed\. \(line 2, column/) },
  ],
  ['text', { TemplateBody: 'hello' }, { message: 'Template format error: unsupported structure.' }],
  [
    'a parameter that the template lacks',
    { Parameters: [{ ParameterKey: 'X', ParameterValue: '1' }] },
    { message: 'Parameters: [X] do not exist in the template' },
  ],
  [
    'roles without consent',
    { TemplateBody: JSON.stringify({ Resources: { R: role() } }) },
    { name: 'InsufficientCapabilitiesException', message: 'Requires capabilities : [CAPABILITY_IAM]' },
  ],
  [
    'named roles with half the consent',
    { TemplateBody: JSON.stringify({ Resources: { R: role('name') } }), Capabilities: ['CAPABILITY_IAM'] },
    { name: 'InsufficientCapabilitiesException', message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]' },
  ],
  [
    'a name of the wrong form',
    { StackName: 'a_b' },
    { message: expect.stringMatching(/Value 'a_b' at 'stackName'.*\[a-zA-Z\]\[-a-zA-Z0-9\]\*/) },
  ],
  [
    'the creation of what exists',
    { StackName: 'Existing' },
    { message: expect.stringMatching(/^Stack \[Existing\] already exists/) },
  ],
  [
    'the update of what does not exist',
    { ChangeSetType: 'UPDATE' },
    { message: 'Stack [New] does not exist' },
  ],
  [
    'an import of resources',
    { ChangeSetType: 'IMPORT' },
    { message: expect.stringMatching(/ResourcesToImport is empty/) },
  ],
  [
    'rollback triggers',
    { RollbackConfiguration: { RollbackTriggers: [{ Arn: 'a', Type: 't' }] } },
    { name: 'NotImplemented' },
  ],
  ['express mode', { DeploymentConfig: { Mode: 'EXPRESS' } }, { name: 'NotImplemented' }],
  ['notifications', { NotificationARNs: ['arn'] }, { name: 'NotImplemented' }],
];

test.each(REQUESTS)('CreateChangeSet refuses %s', async (_, request, error) => {
  const TemplateBody =
    'TemplateURL' in request ? undefined : JSON.stringify({ Resources: { A: parameter('1') } });
  await expect(
    account.cfn.createChangeSet({
      ...{ StackName: 'New', ChangeSetName: 'c', ChangeSetType: 'CREATE', TemplateBody },
      ...request,
    }),
  ).rejects.toMatchObject({ name: 'ValidationError', ...error });
  expect(await account.status('New')).toBeUndefined();
});

test('templates can be read from S3, and are returned unchanged', async () => {
  const { StackId } = await account.cfn.createStack({
    ...{ StackName: 'FromS3', TemplateURL: 'https://templates.s3.us-east-1.amazonaws.com/fine.json' },
  });
  expect((await account.settled(StackId!)).StackStatus).toBe('CREATE_COMPLETE');
  const url = `${account.here.client.endpoint}/templates/fine.json`;
  await expect(account.cfn.updateStack({ StackName: 'FromS3', TemplateURL: url })).rejects.toThrow(
    'No updates are to be performed.',
  );
  const { TemplateBody } = await account.cfn.getTemplate({ StackName: 'FromS3' });
  expect(JSON.parse(TemplateBody!)).toEqual({ Resources: { A: parameter('1') } });
});
