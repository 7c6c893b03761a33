import { contains, rangeOf } from './cidr';
import type { Networks } from './networks';

/** The hosts at one end of a connection. */
export interface Hosts {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

interface Rule {
  readonly IpProtocol?: string | number;
  readonly FromPort?: number;
  readonly ToPort?: number;
  readonly CidrIp?: string;
  readonly SourceSecurityGroupId?: string;
  readonly DestinationSecurityGroupId?: string;
}

/**
 * Returns true if security groups let hosts open TCP connections to others: with a rule that allows egress, and one
 * that allows ingress, for each of the ports. Answers need no rule of their own.
 */
export function reaches(networks: Networks, from: Hosts, to: Hosts, ports: readonly number[]): boolean {
  return ports.every(
    (port) =>
      from.securityGroups.some((group) => allows(networks, 'out', group, to, port)) &&
      to.securityGroups.some((group) => allows(networks, 'in', group, from, port)),
  );
}

function allows(
  networks: Networks,
  direction: 'in' | 'out',
  group: string,
  peer: Hosts,
  port: number,
): boolean {
  const [kind, field, named] =
    direction === 'out'
      ? (['security group egress rule', 'SecurityGroupEgress', 'DestinationSecurityGroupId'] as const)
      : (['security group rule', 'SecurityGroupIngress', 'SourceSecurityGroupId'] as const);
  const inline = networks.find('security group', group).properties[field] as Rule[] | undefined;
  const apart = networks.all(kind).filter(({ GroupId }) => GroupId === group);
  // A new group allows all egress until a rule is added.
  if (direction === 'out' && !inline && apart.length === 0) return true;
  return [...(inline ?? []), ...(apart as Rule[])].some(
    (rule) =>
      covers(rule, port) &&
      (peer.securityGroups.includes(String(rule[named])) || holdsSubnet(networks, rule.CidrIp, peer.subnets)),
  );
}

function covers({ IpProtocol, FromPort = 0, ToPort = 65_535 }: Rule, port: number): boolean {
  if (String(IpProtocol) === '-1') return true;
  return ['tcp', '6'].includes(String(IpProtocol)) && FromPort <= port && port <= ToPort;
}

function holdsSubnet(networks: Networks, cidr: string | undefined, subnets: readonly string[]): boolean {
  const range = cidr === undefined ? undefined : rangeOf(cidr);
  if (!range) return false;
  return subnets.some((id) =>
    contains(range, rangeOf(String(networks.find('subnet', id).properties.CidrBlock))!),
  );
}
