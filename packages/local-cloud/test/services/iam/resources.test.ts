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

test('a policy must belong to something', async () => {
  const PolicyDocument = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
  };
  await expect(
    RESOURCE_TYPES['AWS::IAM::Policy']!.create({ PolicyName: 'p', PolicyDocument }, context),
  ).rejects.toThrow('At least one of [Groups,Roles,Users] must be non-empty.');
});
