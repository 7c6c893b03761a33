import { policyAuthorizer } from '../../../src/access/authorizer';
import type { TemplateResource } from '../../../src/templates/template';
import { Account, parameter } from './account';

/** A stack's resources are created with its role, if that role trusts CloudFormation. */

const CLOUDFORMATION = 'cloudformation.amazonaws.com';

const document = (statement: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', ...statement }],
});

const role = (RoleName: string, Service: string, ...Action: string[]): TemplateResource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName,
    AssumeRolePolicyDocument: document({ Principal: { Service }, Action: 'sts:AssumeRole' }),
    Policies: Action.map((action, i) => ({
      PolicyName: `p${i}`,
      PolicyDocument: document({ Action: action, Resource: '*' }),
    })),
  },
});

const arn = (name: string) => `arn:aws:iam::123456789012:role/${name}`;

let account: Account;
beforeAll(async () => {
  account = await Account.open({ authorizer: policyAuthorizer });
  const stack = await account.deploy('Roles', {
    Resources: {
      Maker: role('maker', CLOUDFORMATION, 'ssm:*'),
      Powerless: role('powerless', CLOUDFORMATION),
      Other: role('other', 'lambda.amazonaws.com', 'ssm:*'),
      Deployer: role('deployer', 'ec2.amazonaws.com', 'cloudformation:CreateChangeSet'),
    },
  });
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
});
afterAll(() => account.close());

test('calls use the role, also in later operations that do not name it', async () => {
  const RoleARN = arn('maker');
  const stack = await account.deploy('Stack', { Resources: { A: parameter('1', '/a') } }, { RoleARN });
  expect(stack).toMatchObject({ StackStatus: 'CREATE_COMPLETE', RoleARN });
  await account.deploy('Stack', { Resources: { A: parameter('2', '/a') } });
  await account.delete(stack);
  const calls = account.here.cloud.journal.entries().filter(({ service }) => service === 'ssm');
  expect(calls.map(({ operation, principal }) => [operation, principal])).toEqual(
    ['PutParameter', 'PutParameter', 'DeleteParameter'].map((operation) => [
      operation,
      'arn:aws:sts::123456789012:assumed-role/maker/AWSCloudFormation',
    ]),
  );
});

test("an action that the role may not do fails the resource, with IAM's message", async () => {
  const template = { Resources: { A: parameter('1', '/denied') } };
  const stack = await account.deploy('Denied', template, { RoleARN: arn('powerless') });
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect(await account.events('Denied', true)).toContainEqual(
    expect.stringMatching(
      /^A CREATE_FAILED \(User: arn:aws:sts::123456789012:assumed-role\/powerless\/AWSCloudFormation is not authorized to perform: ssm:PutParameter/,
    ),
  );
});

test.each([
  ['a role that trusts another service', arn('other')],
  ['a missing role', arn('gone')],
  ["an ARN that is not a role's", 'arn:aws:iam::123456789012:user/me'],
])('%s is refused before anything is created', async (_, RoleARN) => {
  await expect(
    account.deploy('Refused', { Resources: { A: parameter('1') } }, { RoleARN }),
  ).rejects.toMatchObject({
    name: 'ValidationError',
    message: `Role ${RoleARN} is invalid or cannot be assumed`,
  });
  expect(await account.status('Refused')).toBeUndefined();
});

test('the caller needs the action on the stack, and permission to pass the role', async () => {
  const { cloud } = account.here;
  const caller = { principal: cloud.principals.role(arn('deployer'), 'me') };
  const request = {
    ...{ StackName: 'Unfinished', ChangeSetName: 'c', ChangeSetType: 'CREATE' as const },
    TemplateBody: JSON.stringify({ Resources: { A: parameter('1') } }),
  };
  const passing = { ...request, RoleARN: arn('maker') };
  await expect(cloud.call('cloudformation', 'CreateChangeSet', passing, caller)).rejects.toThrow(
    /not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role\/maker/,
  );
  await cloud.call('cloudformation', 'CreateChangeSet', request, caller);
  const execution = { StackName: 'Unfinished', ChangeSetName: 'c' };
  await expect(cloud.call('cloudformation', 'ExecuteChangeSet', execution, caller)).rejects.toThrow(
    /not authorized to perform: cloudformation:ExecuteChangeSet on resource: arn:aws:cloudformation:us-east-1:123456789012:stack\/Unfinished\//,
  );
});
