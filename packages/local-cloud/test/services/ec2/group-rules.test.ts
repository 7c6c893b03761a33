import { reaches } from '../../../src/services/ec2/group-rules';
import { Networks } from '../../../src/services/ec2/networks';

type Rule = Record<string, unknown>;

/** Creates two groups in a network of one subnet, with rules inside of the second's description or separate. */
function network(rules: { inline?: Rule[]; apart?: Rule[]; outOfFirst?: Rule[] }): boolean {
  const data = {};
  const networks = new Networks({ stores: { store: () => ({ data, changed: () => undefined }) } as never });
  const VpcId = networks.add('vpc', { CidrBlock: '10.0.0.0/16' });
  const subnet = networks.add('subnet', { VpcId, CidrBlock: '10.0.1.0/24' });
  const first = networks.add('security group', {
    ...{ VpcId, ...(rules.outOfFirst && { SecurityGroupEgress: rules.outOfFirst }) },
  });
  const named = ({ from, ...rule }: Rule) => (from ? { ...rule, SourceSecurityGroupId: first } : rule);
  const second = networks.add('security group', {
    VpcId,
    SecurityGroupIngress: rules.inline?.map(named),
  });
  for (const rule of rules.apart ?? [])
    networks.add('security group rule', { ...named(rule), GroupId: second });
  const hosts = (group: string) => ({ subnets: [subnet], securityGroups: [group] });
  return reaches(networks, hosts(first), hosts(second), [988, 1018]);
}

const tcp = (FromPort: number, ToPort = FromPort, more: Rule = { from: true }) => ({
  ...{ IpProtocol: 'tcp', FromPort, ToPort, ...more },
});

test.each<[string, Parameters<typeof network>[0], boolean]>([
  ['no rules', {}, false],
  ['a separate rule for each port', { apart: [tcp(988), tcp(1018, 1023)] }, true],
  ['only one of the ports', { apart: [tcp(988)] }, false],
  ['a range with both, inside of the group', { inline: [tcp(0, 65_535)] }, true],
  ['every protocol', { inline: [{ IpProtocol: '-1', from: true }] }, true],
  ['another protocol', { inline: [{ ...tcp(0, 65_535), IpProtocol: 'udp' }] }, false],
  ['the addresses of the hosts', { inline: [tcp(0, 65_535, { CidrIp: '10.0.0.0/16' })] }, true],
  ['other addresses', { inline: [tcp(0, 65_535, { CidrIp: '10.0.2.0/24' })] }, false],
  ['another group', { inline: [tcp(0, 65_535, { SourceSecurityGroupId: 'sg-0' })] }, false],
  [
    'hosts without egress',
    {
      inline: [tcp(0, 65_535)],
      outOfFirst: [tcp(443, 443, { CidrIp: '0.0.0.0/0' })],
    },
    false,
  ],
  [
    'hosts with egress everywhere',
    {
      inline: [tcp(0, 65_535)],
      outOfFirst: [{ IpProtocol: -1, CidrIp: '0.0.0.0/0' }],
    },
    true,
  ],
])('%s', (_, rules, reached) => {
  expect(network(rules)).toBe(reached);
});
