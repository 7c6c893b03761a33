import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from '../../../src/core/cloud';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { RESOURCE_TYPES } from '../../../src/services';

let folder: string;
let context: ResourceContext;
let VpcId: string;
let GroupId: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rules-'));
  const cloud = new Cloud({ stateDirectory: folder });
  const caller = { principal: cloud.principals.operator };
  context = { cloud, caller, stackName: 'S', logicalId: 'L', made: () => undefined };
  VpcId = await create('VPC', { CidrBlock: '10.0.0.0/16' });
  GroupId = await create('SecurityGroup', { VpcId, GroupDescription: 'of a test' });
});
afterEach(async () => {
  await context.cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const create = async (name: string, properties: Properties) =>
  (await RESOURCE_TYPES[`AWS::EC2::${name}`]!.create(properties, context)).physicalId;
const group = (more: Properties) => create('SecurityGroup', { VpcId, GroupDescription: 'rules', ...more });

const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIp: '10.0.0.0/16' };

const REFUSED: [name: string, rule: Properties, code: string, message: RegExp][] = [
  ['ports in the wrong order', { FromPort: 443, ToPort: 80 }, 'InvalidParameterValue', /range \(443:80\)/],
  ['a port above 65535', { ToPort: 65_536 }, 'InvalidPermission.Malformed', /port \(65536\) out of range/],
  ['a negative port', { FromPort: -2 }, 'InvalidPermission.Malformed', /port \(-2\) out of range/],
  [
    'no ports',
    { FromPort: undefined, ToPort: undefined },
    'InvalidParameterValue',
    /Must specify both from and to ports with TCP\/UDP\./,
  ],
  [
    'UDP without its last port',
    { IpProtocol: '17', ToPort: undefined },
    'InvalidParameterValue',
    /Must specify both from and to ports/,
  ],
  ['no other end', { CidrIp: undefined }, 'MissingParameter', /Missing (source|destination) specification/],
  ['a block of 33 bits', { CidrIp: '10.0.0.0/33' }, 'InvalidParameterValue', /10\.0\.0\.0\/33 is malformed/],
  ['an unknown protocol', { IpProtocol: 'tpc' }, 'InvalidParameterValue', /'tpc' for IP protocol/],
  ['a protocol number above 255', { IpProtocol: '256' }, 'InvalidParameterValue', /'256' for IP protocol/],
];

describe.each(['Ingress', 'Egress'])('a rule of %s', (direction) => {
  test.each(REFUSED)('with %s is refused', async (_, more, code, message) => {
    const rule = { ...https, ...more };
    const expected = { code, message: expect.stringMatching(message) as string };
    await expect(group({ [`SecurityGroup${direction}`]: [rule] })).rejects.toMatchObject(expected);
    await expect(create(`SecurityGroup${direction}`, { GroupId, ...rule })).rejects.toMatchObject(expected);
  });

  test('with both addresses and a group is refused', async () => {
    const named = direction === 'Ingress' ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId';
    const rule = { ...https, [named]: GroupId };
    const expected = { code: 'InvalidParameterValue', message: expect.stringContaining(named) as string };
    await expect(group({ [`SecurityGroup${direction}`]: [rule] })).rejects.toMatchObject(expected);
    await expect(create(`SecurityGroup${direction}`, { GroupId, ...rule })).rejects.toMatchObject(expected);
  });

  test('that exists already is refused', async () => {
    const same = { ...https, IpProtocol: '6', CidrIp: '10.0.0.1/16' };
    await expect(group({ [`SecurityGroup${direction}`]: [https, same] })).rejects.toMatchObject({
      code: 'InvalidParameterValue',
      message: 'The same permission must not appear multiple times',
    });
    const separate = (rule: Properties) => create(`SecurityGroup${direction}`, { GroupId, ...rule });
    await separate(https);
    await expect(separate(https)).rejects.toMatchObject({
      code: 'InvalidPermission.Duplicate',
      message:
        'the specified rule "peer: 10.0.0.0/16, TCP, from port: 443, to port: 443, ALLOW" already exists',
    });
    await expect(separate({ ...https, ToPort: 444 })).resolves.toMatch(/^sgr-/);
  });

  test('for all traffic, for ICMP and for another protocol is created', async () => {
    const CidrIp = '0.0.0.0/0';
    // The second is CDK's rule that allows nothing.
    const rules = [
      { IpProtocol: '-1', CidrIp },
      { IpProtocol: 'icmp', FromPort: 252, ToPort: 86, CidrIp: '255.255.255.255/32' },
      { IpProtocol: '50', CidrIp },
    ];
    await expect(group({ [`SecurityGroup${direction}`]: rules })).resolves.toMatch(/^sg-/);
  });
});

test('a group needs another name than those of ids, once in its network', async () => {
  await expect(group({ GroupName: 'sg-web' })).rejects.toThrow(/Group names may not be in the format sg-\*/);
  await group({ GroupName: 'web' });
  await expect(group({ GroupName: 'web' })).rejects.toMatchObject({ code: 'InvalidGroup.Duplicate' });
});

test('a network needs a block', async () => {
  await expect(create('VPC', {})).rejects.toMatchObject({ code: 'MissingParameter' });
});
