import { EC2 } from '@aws-sdk/client-ec2';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { RESOURCE_TYPES } from '../../../src/services';
import { ec2 } from '../../../src/services/ec2';
import { testCloud, type TestCloud } from '../../support/test-cloud';

/** Rules of groups over EC2's own protocol, as CDK's function for the default group changes them. */

let here: TestCloud;
let client: EC2;
let context: ResourceContext;
let VpcId: string;
let GroupId: string;
beforeEach(async () => {
  here = await testCloud([ec2]);
  client = new EC2(here.client);
  const caller = { principal: here.cloud.principals.operator };
  context = { cloud: here.cloud, caller, stackName: 'S', logicalId: 'L', made: () => undefined };
  const vpc = await type('VPC').create({ CidrBlock: '10.0.0.0/16' }, context);
  VpcId = vpc.physicalId;
  GroupId = vpc.attributes!.DefaultSecurityGroup as string;
});
afterEach(() => here.close());

const type = (name: string) => RESOURCE_TYPES[`AWS::EC2::${name}`]!;
const create = async (name: string, properties: Properties) =>
  (await type(name).create(properties, context)).physicalId;

/** The permissions of the rules that EC2 gives to a default group. */
const within = () => ({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, UserId: '123456789012' }] });
const EVERYWHERE = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

async function described(id = GroupId) {
  const { SecurityGroups } = await client.describeSecurityGroups({ GroupIds: [id] });
  return SecurityGroups![0]!;
}

test('a VPC has a default group, whose members reach each other and everything else', async () => {
  const Filters = [
    { Name: 'vpc-id', Values: [VpcId] },
    { Name: 'group-name', Values: ['default'] },
  ];
  const { SecurityGroups } = await client.describeSecurityGroups({ Filters });
  expect(SecurityGroups).toEqual([
    expect.objectContaining({
      ...{ GroupId, GroupName: 'default', Description: 'default VPC security group', VpcId },
      IpPermissions: [expect.objectContaining(within())],
      IpPermissionsEgress: [expect.objectContaining(EVERYWHERE)],
    }),
  ]);
});

test('its rules can be revoked and authorized again, each once', async () => {
  const ingress = { GroupId, IpPermissions: [within()] };
  const egress = { GroupId, IpPermissions: [EVERYWHERE] };
  await client.revokeSecurityGroupEgress(egress);
  const { RevokedSecurityGroupRules } = await client.revokeSecurityGroupIngress(ingress);
  expect(RevokedSecurityGroupRules).toMatchObject([{ GroupId, IsEgress: false, ReferencedGroupId: GroupId }]);
  expect(await described()).toMatchObject({ IpPermissions: [], IpPermissionsEgress: [] });
  await expect(client.revokeSecurityGroupIngress(ingress)).rejects.toMatchObject({
    name: 'InvalidPermission.NotFound',
    message: 'The specified rule does not exist in this security group.',
  });
  await client.authorizeSecurityGroupIngress(ingress);
  const { SecurityGroupRules } = await client.authorizeSecurityGroupEgress(egress);
  expect(SecurityGroupRules).toMatchObject([{ GroupId, IsEgress: true, CidrIpv4: '0.0.0.0/0' }]);
  await expect(client.authorizeSecurityGroupEgress(egress)).rejects.toMatchObject({
    name: 'InvalidPermission.Duplicate',
  });
  expect((await described()).IpPermissionsEgress).toHaveLength(1);
});

test('one of several rules is revoked by its id, also one in the description of its group', async () => {
  const tcp = (port: number) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: '10.0.0.0/16' });
  const id = await create('SecurityGroup', {
    ...{ VpcId, GroupDescription: 'of a test' },
    SecurityGroupIngress: [tcp(80), tcp(443)],
  });
  const added = await client.authorizeSecurityGroupIngress({ GroupId: id, ...tcp(22) });
  const ports = async () => (await described(id)).IpPermissions!.map(({ FromPort }) => FromPort);
  expect(await ports()).toEqual([80, 443, 22]);
  const SecurityGroupRuleIds = [added.SecurityGroupRules![0]!.SecurityGroupRuleId!];
  await client.revokeSecurityGroupIngress({ GroupId: id, SecurityGroupRuleIds });
  await client.revokeSecurityGroupIngress({ GroupId: id, ...tcp(80) });
  expect(await ports()).toEqual([443]);
  await expect(
    client.revokeSecurityGroupIngress({ GroupId: id, SecurityGroupRuleIds }),
  ).rejects.toMatchObject({ name: 'InvalidSecurityGroupRuleId.NotFound' });
});

test('a new group allows all egress by a rule, which can be revoked', async () => {
  const id = await create('SecurityGroup', { VpcId, GroupDescription: 'of a test' });
  await client.revokeSecurityGroupEgress({ GroupId: id, IpPermissions: [EVERYWHERE] });
  expect((await described(id)).IpPermissionsEgress).toEqual([]);
});

test('the default group and the rules of a group are deleted with what they belong to', async () => {
  const group = await create('SecurityGroup', { VpcId, GroupDescription: 'of a test' });
  const IpPermissions = [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];
  await client.authorizeSecurityGroupIngress({ GroupId: group, IpPermissions });
  const remove = (name: string, physicalId: string) =>
    type(name).delete({ physicalId, properties: {} }, context);
  await expect(remove('VPC', VpcId)).rejects.toMatchObject({ code: 'DependencyViolation' });
  await remove('SecurityGroup', group);
  await remove('VPC', VpcId);
  expect((await client.describeSecurityGroups({})).SecurityGroups).toEqual([]);
});

const ALL = { IpPermissions: [EVERYWHERE] };
test.each<[string, object, string]>([
  ['a missing group', { GroupId: 'sg-0', ...ALL }, 'InvalidGroup.NotFound'],
  ['no group', ALL, 'InvalidParameterValue'],
  ['no permission', {}, 'MissingParameter'],
  ['a trial', { ...ALL, DryRun: true }, 'DryRunOperation'],
  ['a group by its name', { ...ALL, SourceSecurityGroupName: 'default' }, 'NotImplemented'],
])('%s is refused', async (name, input, code) => {
  const request = { ...(name !== 'no group' && { GroupId }), ...input };
  await expect(client.revokeSecurityGroupEgress(request as never)).rejects.toMatchObject({ name: code });
  expect((await described()).IpPermissionsEgress).toHaveLength(1);
});
