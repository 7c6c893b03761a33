import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../../src/core/cloud';
import { networkOf } from '../../../src/services/ec2/networks';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { RESOURCE_TYPES } from '../../../src/services';

let folder: string;
let context: ResourceContext;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'network-'));
  const cloud = new Cloud({ stateDirectory: folder });
  const caller = { principal: cloud.principals.operator };
  context = { cloud, caller, stackName: 'S', logicalId: 'L', made: () => undefined };
});
afterEach(async () => {
  await context.cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const type = (name: string) => RESOURCE_TYPES[`AWS::EC2::${name}`]!;
const create = async (name: string, properties: Properties) =>
  (await type(name).create(properties, context)).physicalId;
const remove = (name: string, physicalId: string) =>
  type(name).delete({ physicalId, properties: {} }, context);

async function network(CidrBlock = '10.0.0.0/16'): Promise<{ VpcId: string; subnet: string; group: string }> {
  const VpcId = await create('VPC', { CidrBlock });
  const subnet = await create('Subnet', { VpcId, CidrBlock, AvailabilityZone: 'us-east-1a' });
  const group = await create('SecurityGroup', { VpcId, GroupDescription: 'of a test' });
  return { VpcId, subnet, group };
}

test('ids have EC2’s form, and a placement must be in one network', async () => {
  const { VpcId, subnet, group } = await network();
  expect([VpcId, subnet, group]).toEqual([
    expect.stringMatching(/^vpc-0[0-9a-f]{16}$/),
    expect.stringMatching(/^subnet-0/),
    expect.stringMatching(/^sg-0/),
  ]);
  expect(networkOf(context.cloud, { subnets: [subnet], securityGroups: [group] })).toBe(VpcId);
  const other = await network('10.1.0.0/16');
  expect(() => networkOf(context.cloud, { subnets: [subnet], securityGroups: [other.group] })).toThrow(
    /of different networks/,
  );
  expect(() => networkOf(context.cloud, { subnets: [group], securityGroups: [] })).toThrow(
    `The subnet ID '${group}' does not exist`,
  );
});

test.each<[name: string, type: string, properties: (vpc: string) => Properties, message: RegExp]>([
  ['a block larger than /16', 'VPC', () => ({ CidrBlock: '10.0.0.0/8' }), /parameter cidrBlock is invalid/],
  [
    'a text that is not a block',
    'VPC',
    () => ({ CidrBlock: '10.0.0.256/16' }),
    /parameter cidrBlock is invalid/,
  ],
  [
    'a subnet outside of its network',
    'Subnet',
    (VpcId) => ({ VpcId, CidrBlock: '10.9.0.0/24' }),
    /is invalid/,
  ],
  [
    'two subnets of one range',
    'Subnet',
    (VpcId) => ({ VpcId, CidrBlock: '10.0.1.0/24' }),
    /conflicts with another/,
  ],
  [
    'a zone of another region',
    'Subnet',
    (VpcId) => ({ VpcId, CidrBlock: '10.0.0.0/24', AvailabilityZone: 'eu-west-1a' }),
    /availabilityZone is invalid\. .* us-east-1a, us-east-1b, us-east-1c/,
  ],
  ['a missing network', 'RouteTable', () => ({ VpcId: 'vpc-0' }), /vpc ID 'vpc-0' does not exist/],
  ['a rule of a missing group', 'SecurityGroupIngress', () => ({ GroupId: 'sg-0' }), /'sg-0' does not exist/],
  [
    'a gateway to a service without gateways',
    'VPCEndpoint',
    (VpcId) => ({ VpcId, ServiceName: 'com.amazonaws.us-east-1.sns', VpcEndpointType: 'Gateway' }),
    /does not match available service types/,
  ],
  [
    'a description with characters beyond ASCII',
    'SecurityGroup',
    (VpcId) => ({ VpcId, GroupDescription: 'Prüfung' }),
    /Character sets beyond ASCII/,
  ],
])('%s is refused', async (_, name, properties, message) => {
  const VpcId = await create('VPC', { CidrBlock: '10.0.0.0/16' });
  if (name === 'Subnet') await create('Subnet', { VpcId, CidrBlock: '10.0.1.0/24' });
  await expect(create(name, properties(VpcId))).rejects.toThrow(message);
});

test('one interface endpoint of a service has its names in a VPC', async () => {
  const { VpcId } = await network();
  const properties = {
    ...{ VpcId, VpcEndpointType: 'Interface', ServiceName: 'com.amazonaws.us-east-1.sagemaker.api' },
    PrivateDnsEnabled: true,
  };
  const physicalId = await create('VPCEndpoint', properties);
  await expect(create('VPCEndpoint', properties)).rejects.toThrow(
    `conflicting DNS domain for api.sagemaker.us-east-1.amazonaws.com in the VPC ${VpcId}`,
  );
  await create('VPCEndpoint', { ...properties, PrivateDnsEnabled: false });
  await create('VPCEndpoint', { ...properties, ServiceName: 'com.amazonaws.us-east-1.sagemaker.runtime' });
  const before = { physicalId, properties };
  await expect(type('VPCEndpoint').update!(properties, context, before)).resolves.toMatchObject({
    physicalId,
  });
});

test('a route table has one gateway endpoint of a service', async () => {
  const { VpcId } = await network();
  const table = await create('RouteTable', { VpcId });
  const gateway = { VpcId, ServiceName: 'com.amazonaws.us-east-1.s3', RouteTableIds: [table] };
  await create('VPCEndpoint', gateway);
  await expect(create('VPCEndpoint', gateway)).rejects.toThrow(`route table ${table} already has a route`);
  await create('VPCEndpoint', { ...gateway, ServiceName: 'com.amazonaws.us-east-1.dynamodb' });
});

test('a resource cannot be deleted before the resources that refer to it', async () => {
  const { VpcId, subnet, group } = await network();
  await expect(remove('VPC', VpcId)).rejects.toThrow(
    `The vpc '${VpcId}' has dependencies and cannot be deleted.`,
  );
  await remove('Subnet', subnet);
  await remove('SecurityGroup', group);
  await remove('VPC', VpcId);
  expect(() => networkOf(context.cloud, { subnets: [subnet], securityGroups: [] })).toThrow(/does not exist/);
});
