import { EC2 } from '@aws-sdk/client-ec2';
import { ec2 } from '../../../src/services/ec2';
import { testCloud, type TestCloud } from '../../support/test-cloud';

/** Zones over EC2's own protocol, as the CDK CLI looks them up for an app with a VPC. */

let here: TestCloud;
let client: EC2;
beforeAll(async () => {
  here = await testCloud([ec2]);
  client = new EC2(here.client);
});
afterAll(() => here.close());

const names = async (input: Parameters<EC2['describeAvailabilityZones']>[0] & object) =>
  (await client.describeAvailabilityZones(input)).AvailabilityZones!.map(({ ZoneName }) => ZoneName);

test('the zones of the region', async () => {
  const { AvailabilityZones = [] } = await client.describeAvailabilityZones({});
  expect(AvailabilityZones).toHaveLength(3);
  expect(AvailabilityZones[0]).toEqual({
    ...{ ZoneName: 'us-east-1a', ZoneId: 'use1-az1', RegionName: 'us-east-1', ZoneType: 'availability-zone' },
    ...{ GroupName: 'us-east-1-zg-1', NetworkBorderGroup: 'us-east-1' },
    ...{ State: 'available', OptInStatus: 'opt-in-not-required', Messages: [] },
  });
});

test('by name and by filter', async () => {
  expect(await names({ ZoneNames: ['us-east-1c', 'us-east-1a'] })).toEqual(['us-east-1a', 'us-east-1c']);
  const state = { Name: 'state', Values: ['available', 'impaired'] };
  expect(await names({ Filters: [state, { Name: 'zone-id', Values: ['use1-az2'] }] })).toEqual([
    'us-east-1b',
  ]);
  expect(await names({ Filters: [{ ...state, Values: ['impaired'] }] })).toEqual([]);
});

test.each([
  [{ ZoneNames: ['eu-west-1a'] }, 'InvalidParameterValue', 'Invalid availability zone: [eu-west-1a]'],
  [{ DryRun: true }, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.'],
  [{ Filters: [{ Name: 'message', Values: ['x'] }] }, 'NotImplemented', "the filter 'message'"],
])('%j is refused', async (input, name, message) => {
  await expect(client.describeAvailabilityZones(input)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message) as string,
  });
});

test('another operation is refused by name', async () => {
  await expect(client.describeVpcs({})).rejects.toThrow(/ec2:DescribeVpcs/);
});
