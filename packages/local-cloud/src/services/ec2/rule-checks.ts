import type { Properties } from '../../core/resource-type';
import { ServiceError } from '../../model/errors';
import { rangeOf } from './cidr';
import type { Networks } from './networks';

export type Direction = 'ingress' | 'egress';

/** The kind of a rule that is a resource of its own, and the property with the rules of a group's description. */
export const RULES = {
  ingress: { kind: 'security group rule', inline: 'SecurityGroupIngress' },
  egress: { kind: 'security group egress rule', inline: 'SecurityGroupEgress' },
} as const;

/** The members that name the other end of a rule. A rule has one of them. */
const PEERS: Readonly<Record<Direction, readonly string[]>> = {
  ingress: [
    ...['CidrIp', 'CidrIpv6', 'SourcePrefixListId', 'SourceSecurityGroupId'],
    'SourceSecurityGroupName',
  ],
  egress: ['CidrIp', 'CidrIpv6', 'DestinationPrefixListId', 'DestinationSecurityGroupId'],
};

const NUMBERS: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', icmpv6: '58' };

export const invalid = (message: string) => new ServiceError('InvalidParameterValue', message);

/**
 * Checks the rules in a group's description.
 *
 * @param groupId of an existing group, whose other rules are compared too
 * @throws ServiceError
 */
export function checkInlineRules(properties: Properties, networks: Networks, groupId?: string): void {
  for (const direction of ['ingress', 'egress'] as const) {
    const { kind, inline } = RULES[direction];
    const rules = (properties[inline] ?? []) as Properties[];
    for (const rule of rules) checkRule(rule, direction, networks);
    const keys = rules.map((rule) => keyOf(rule, direction));
    if (new Set(keys).size < keys.length) throw invalid('The same permission must not appear multiple times');
    const others = networks.all(kind).filter(({ GroupId }) => GroupId === groupId);
    const duplicate = others.find((rule) => keys.includes(keyOf(rule, direction)));
    if (duplicate) throw alreadyExists(duplicate, direction);
  }
}

/** Checks a rule that is to be added to a group. @throws ServiceError */
export function checkSeparateRule(rule: Properties, direction: Direction, networks: Networks): void {
  checkRule(rule, direction, networks);
  const { kind, inline } = RULES[direction];
  if (rule.GroupId === undefined) throw invalid('The rule names no group; give it a GroupId.');
  const group = networks.find('security group', String(rule.GroupId)).properties;
  const others = [
    ...((group[inline] ?? []) as Properties[]),
    ...networks.all(kind).filter(({ GroupId }) => GroupId === rule.GroupId),
  ];
  const key = keyOf(rule, direction);
  if (others.some((other) => keyOf(other, direction) === key)) throw alreadyExists(rule, direction);
}

function checkRule(rule: Properties, direction: Direction, networks: Networks): void {
  const protocol = numberOf(rule.IpProtocol);
  if (!/^(-1|\d{1,3})$/.test(protocol) || Number(protocol) > 255) {
    throw invalid(`Invalid value '${String(rule.IpProtocol)}' for IP protocol. Unknown protocol.`);
  }
  checkPorts(protocol, rule);
  const peers = PEERS[direction].filter((name) => rule[name] !== undefined);
  if (peers.length === 0) {
    // For ingress: https://github.com/boto/boto3/issues/1078; EC2's sentence for egress is not known.
    const end = direction === 'ingress' ? 'source' : 'destination';
    const message = `Missing ${end} specification: include ${end} security group or CIDR information`;
    throw new ServiceError('MissingParameter', message);
  }
  if (peers.length > 1) throw invalid(`A rule has both ${peers.join(' and ')}; use only one of them.`);
  if (rule.CidrIp !== undefined && !rangeOf(String(rule.CidrIp))) {
    throw invalid(`CIDR block ${String(rule.CidrIp)} is malformed`);
  }
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  if (group !== undefined) networks.find('security group', String(group));
}

/**
 * Checks a range of ports. Other protocols than TCP, UDP and ICMP have no ports, and EC2 ignores them there. A range of
 * ICMP is a type and a code, in any order. The sentences are seen in
 * https://github.com/chef-boneyard/chef-provisioning-aws/issues/183 and
 * https://github.com/aws-cloudformation/cfn-lint/issues/2999 (ports that are missing), and
 * https://github.com/boto/boto3/issues/336 (a port out of range).
 */
function checkPorts(protocol: string, { FromPort, ToPort }: Properties): void {
  const isTcpOrUdp = protocol === NUMBERS.tcp || protocol === NUMBERS.udp;
  if (!isTcpOrUdp && protocol !== NUMBERS.icmp) return;
  const [from, to] = [FromPort, ToPort].map((port) => (port === undefined ? undefined : Number(port)));
  if (from === undefined || to === undefined || (isTcpOrUdp && (from === -1 || to === -1))) {
    const named = isTcpOrUdp ? 'TCP/UDP' : 'ICMP';
    throw invalid(`Invalid value for portRange. Must specify both from and to ports with ${named}.`);
  }
  const [limit, what] = isTcpOrUdp ? [65_535, 'TCP/UDP port'] : [255, 'ICMP type or code'];
  const outside = [from, to].find((port) => port < -1 || port > limit);
  if (outside !== undefined) {
    throw new ServiceError('InvalidPermission.Malformed', `${what} (${outside}) out of range`);
  }
  if (isTcpOrUdp && from > to) throw invalid(`Invalid TCP/UDP port range (${from}:${to})`);
}

function numberOf(protocol: unknown): string {
  const name = String(protocol).toLowerCase();
  return NUMBERS[name] ?? name;
}

/** Returns a text that is equal for rules that allow the same. */
export function keyOf(rule: Properties, direction: Direction): string {
  const protocol = numberOf(rule.IpProtocol);
  const ports = Object.values(NUMBERS).includes(protocol) ? [rule.FromPort, rule.ToPort] : [];
  const range = rule.CidrIp === undefined ? undefined : rangeOf(String(rule.CidrIp));
  const peers = PEERS[direction].map((name) => (name === 'CidrIp' ? range : rule[name]));
  return JSON.stringify([protocol, ports.map(String), peers]);
}

function alreadyExists(rule: Properties, direction: Direction): ServiceError {
  const peer = PEERS[direction].map((name) => rule[name]).find((value) => value !== undefined);
  const named = String(rule.IpProtocol).toUpperCase();
  const what =
    named === '-1'
      ? `peer: ${String(peer)}, ALL, ALLOW`
      : `peer: ${String(peer)}, ${named}, from port: ${String(rule.FromPort)}, to port: ${String(rule.ToPort)}, ALLOW`;
  return new ServiceError('InvalidPermission.Duplicate', `the specified rule "${what}" already exists`);
}
