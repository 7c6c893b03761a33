import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { Account, parameter } from './account';

let account: Account;
beforeAll(async () => {
  account = await Account.open();
  await account.deploy('Existing', { Resources: { A: parameter('1') } });
});
afterAll(() => account.close());

test.each<[string, () => Promise<unknown>, object]>([
  [
    'an operation that the local cloud does not support',
    () => account.cfn.createStackSet({ StackSetName: 'x' }),
    {
      name: 'NotImplemented',
      message: expect.stringMatching(/does not support cloudformation:CreateStackSet/) as string,
    },
  ],
  [
    'a stack that exists',
    () => account.cfn.createStack({ StackName: 'Existing', TemplateBody: '{}' }),
    { name: 'AlreadyExistsException', message: 'Stack [Existing] already exists' },
  ],
  [
    'a missing change set',
    () => account.cfn.describeChangeSet({ StackName: 'Existing', ChangeSetName: 'gone' }),
    { name: 'ChangeSetNotFoundException', message: 'ChangeSet [gone] does not exist' },
  ],
  [
    'events of a missing stack',
    () => account.cfn.describeStackEvents({ StackName: 'Gone' }),
    { name: 'ValidationError', message: 'Stack [Gone] does not exist' },
  ],
  [
    'the template of a missing stack',
    () => account.cfn.getTemplate({ StackName: 'Gone' }),
    { name: 'ValidationError', message: 'Stack with id Gone does not exist' },
  ],
  [
    'a missing resource',
    () => account.cfn.describeStackResource({ StackName: 'Existing', LogicalResourceId: 'X' }),
    { name: 'ValidationError', message: 'Resource X does not exist for stack Existing' },
  ],
  [
    'imports of an export that no stack imports',
    () => account.cfn.listImports({ ExportName: 'x' }),
    { name: 'ValidationError', message: "Export 'x' is not imported by any stack." },
  ],
  [
    'to continue a rollback of a stack that has not failed',
    () => account.cfn.continueUpdateRollback({ StackName: 'Existing' }),
    { name: 'ValidationError' },
  ],
])('refused: %s', async (_, send, error) => {
  await expect(send()).rejects.toMatchObject(error);
});

test.each<[string, string, number, string]>([
  ['an operation that does not exist', 'Action=Fly&Version=2010-05-15', 400, 'InvalidAction'],
  ['another version', 'Action=DescribeStacks&Version=2000-01-01', 400, 'InvalidAction'],
  ['no operation', 'Version=2010-05-15', 400, 'MissingAction'],
  ['a body above 16 MiB', `Action=${'x'.repeat(17 * 1024 * 1024)}`, 413, 'RequestEntityTooLarge'],
  ['an unknown member', 'Action=DescribeStacks&Version=2010-05-15&Stack=x', 400, 'ValidationError'],
  [
    'an invalid number',
    'Action=CreateStack&Version=2010-05-15&StackName=x&TimeoutInMinutes=soon',
    400,
    'ValidationError',
  ],
])('a malformed request gets an answer in its protocol: %s', async (_, body, status, name) => {
  const client = new CloudFormation(account.here.client);
  // The signature is computed later, so that it is correct for the body that is sent.
  client.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as { body: string; headers: Record<string, string> };
      Object.assign(request, { body });
      request.headers['content-length'] = String(body.length);
      return next(args);
    },
    { step: 'build', priority: 'low' },
  );
  await expect(client.listStacks()).rejects.toMatchObject({ name, $metadata: { httpStatusCode: status } });
});
