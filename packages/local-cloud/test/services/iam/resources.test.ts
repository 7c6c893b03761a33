import { STS } from '@aws-sdk/client-sts';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { RESOURCE_TYPES } from '../../../src/services';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { iam } from '../../../src/services/iam';
import { sts } from '../../../src/services/sts';
import { testCloud, type TestCloud } from '../../support/test-cloud';

const type = RESOURCE_TYPES['AWS::IAM::Role']!;
let here: TestCloud;
let client: STS;
let context: ResourceContext;
beforeAll(async () => {
  here = await testCloud([iam, sts], { authorizer: policyAuthorizer });
  client = new STS(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'Stack', logicalId: 'Role', made: () => undefined };
});
afterAll(() => here.close());

const role = (more: Properties = {}): Properties => ({
  AssumeRolePolicyDocument: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: `arn:aws:iam::${here.cloud.account}:root` },
      },
    ],
  },
  ...more,
});

test('a session lasts at most as long as the role allows', async () => {
  const properties = role({ MaxSessionDuration: 7200 });
  const created = await type.create(properties, context);
  const assume = (DurationSeconds: number) =>
    client.assumeRole({
      RoleArn: created.attributes!.Arn as string,
      RoleSessionName: 'session',
      DurationSeconds,
    });
  const refused = {
    name: 'ValidationError',
    message: 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
  };
  await assume(7200);
  await expect(assume(7201)).rejects.toMatchObject(refused);
  await type.update!(role(), context, { ...created, properties });
  await assume(3600);
  await expect(assume(3601)).rejects.toMatchObject(refused);
});

test('a permissions boundary limits what the policies of a role allow', async () => {
  const policies = RESOURCE_TYPES['AWS::IAM::ManagedPolicy']!;
  const allowing = (...Action: string[]) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });
  const limit = {
    Path: '/team/',
    ManagedPolicyName: 'Limit',
    PolicyDocument: allowing('s3:ListAllMyBuckets'),
  };
  const unknown = `arn:aws:iam::${here.cloud.account}:policy/team/Limit`;
  const properties = role({
    PermissionsBoundary: unknown,
    Path: '/team/',
    Policies: [{ PolicyName: 'all', PolicyDocument: allowing('s3:ListAllMyBuckets', 's3:CreateBucket') }],
  });
  const named = { ...context, logicalId: 'Limited' };
  await expect(type.create(properties, named)).rejects.toThrow(`Scope ARN: ${unknown} does not exist`);

  const { physicalId } = await policies.create(limit, context);
  expect(physicalId).toBe(unknown);
  const created = await type.create(properties, named);
  const arn = created.attributes!.Arn as string;
  expect(arn).toContain(':role/team/Stack-Limited-');
  const may = (action: string) =>
    here.cloud.authorize(
      { principal: here.cloud.principals.role(arn, 'session') },
      { action, resources: ['*'] },
      's3',
    );
  expect(() => may('s3:ListAllMyBuckets')).not.toThrow();
  expect(() => may('s3:CreateBucket')).toThrow(
    /because no permissions boundary allows the s3:CreateBucket action/,
  );
  await expect(policies.delete({ physicalId, properties: limit }, context)).rejects.toThrow(
    'Cannot delete a policy attached to entities.',
  );

  const { PermissionsBoundary: _, ...unlimited } = properties;
  await type.update!(unlimited, named, { ...created, properties });
  expect(() => may('s3:CreateBucket')).not.toThrow();
  await policies.delete({ physicalId, properties: limit }, context);
});

test('a policy must belong to something', async () => {
  const PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
  };
  await expect(
    RESOURCE_TYPES['AWS::IAM::Policy']!.create({ PolicyName: 'p', PolicyDocument }, context),
  ).rejects.toThrow('At least one of [Groups,Roles,Users] must be non-empty.');
});
