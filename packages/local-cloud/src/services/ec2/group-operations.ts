import { createHash } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import type { Properties } from '../../core/resource-type';
import type { Input, Operations, Service } from '../../core/service';
import { page } from '../../core/paging';
import { notSupported, ServiceError } from '../../model/errors';
import { refuseDryRun } from './dry-run';
import { addedRule, permissionsOf, revokedRule, rulesOf } from './group-permissions';
import { NetworkInterfaces } from './interfaces';
import { Networks, type NetworkResource } from './networks';
import { checkSeparateRule, invalid, keyOf, RULES, type Direction } from './rule-checks';

type Group = NetworkResource['properties'];

type Change = Partial<
  Input<'ec2', 'RevokeSecurityGroupIngress'> & Input<'ec2', 'AuthorizeSecurityGroupEgress'>
>;

/** A rule of a group, wherever it stands. */
interface Rule {
  readonly id: string;
  readonly rule: Properties;
  /** True for a resource of its own; false for one in the description of its group. */
  readonly isSeparate: boolean;
}

const PAGE = 1000;

/** Values by the name of a filter (API reference, DescribeSecurityGroups). */
const FILTERS: Readonly<Record<string, (id: string, group: Group) => unknown>> = {
  description: (_, { GroupDescription }) => GroupDescription,
  'group-id': (id) => id,
  'group-name': (_, { GroupName }) => GroupName,
  'vpc-id': (_, { VpcId }) => VpcId,
};

/** Members of the changes that this cloud does not support. */
const UNSUPPORTED = [
  'GroupName',
  'SourceSecurityGroupName',
  'SourceSecurityGroupOwnerId',
  'TagSpecifications',
] as const;

/** Security groups: their descriptions, and the changes of their rules. */
export function groupOperations(cloud: Cloud): Operations<'ec2'> {
  const { account } = cloud;
  const networks = new Networks(cloud);
  const arn = (id: string) => cloud.arn('ec2', `security-group/${id}`);

  /** Returns the group of a change with its rules in the request. @throws ServiceError */
  function read(input: Change, direction: Direction): { groupId: string; rules: Properties[] } {
    const { GroupId, IpPermissions = [], IpProtocol, FromPort, ToPort, CidrIp } = input;
    const name = UNSUPPORTED.find((member) => input[member] !== undefined);
    if (name) throw notSupported(`${name} of a security group's change`, 'Use GroupId and IpPermissions.');
    if (!GroupId)
      throw new ServiceError('MissingParameter', 'The request must contain the parameter groupId');
    networks.find('security group', GroupId);
    const single = { IpProtocol, FromPort, ToPort, ...(CidrIp && { IpRanges: [{ CidrIp }] }) };
    const permissions = IpProtocol === undefined ? IpPermissions : [...IpPermissions, single];
    const rules = rulesOf(permissions, direction, account);
    if (rules.length === 0 && !input.SecurityGroupRuleIds?.length) {
      throw new ServiceError('MissingParameter', 'The request must contain the parameter ipPermissions');
    }
    return { groupId: GroupId, rules };
  }

  async function authorize(input: Change, direction: Direction) {
    const { groupId, rules } = read(input, direction);
    refuseDryRun(input.DryRun);
    const keys = rules.map((rule) => keyOf(rule, direction));
    if (new Set(keys).size < keys.length) throw invalid('The same permission must not appear multiple times');
    for (const rule of rules) checkSeparateRule({ ...rule, GroupId: groupId }, direction, networks);
    const SecurityGroupRules = rules.map((rule) => {
      const id = networks.add(RULES[direction].kind, { ...rule, GroupId: groupId });
      return addedRule({ id, groupId, rule, direction }, account);
    });
    return { Return: true, SecurityGroupRules };
  }

  async function revoke(input: Change, direction: Direction) {
    const { groupId, rules } = read(input, direction);
    const present = rulesOfGroup(networks, groupId, direction);
    const named = (input.SecurityGroupRuleIds ?? []).map((id) => {
      const found = present.find((rule) => rule.id === id);
      if (found) return found;
      const message = `The security group rule ID '${id}' does not exist`;
      throw new ServiceError('InvalidSecurityGroupRuleId.NotFound', message);
    });
    const matching = rules.map((rule) => {
      const found = present.find((other) => keyOf(other.rule, direction) === keyOf(rule, direction));
      if (found) return found;
      const message = 'The specified rule does not exist in this security group.';
      throw new ServiceError('InvalidPermission.NotFound', message);
    });
    refuseDryRun(input.DryRun);
    const revoked = [...new Set([...named, ...matching])];
    const kept = present.filter((rule) => !revoked.includes(rule));
    for (const { id, isSeparate } of revoked)
      if (isSeparate) networks.remove(id, cloud.part(NetworkInterfaces));
    if (revoked.some(({ isSeparate }) => !isSeparate)) {
      const inline = kept.filter(({ isSeparate }) => !isSeparate).map(({ rule }) => rule);
      const { properties } = networks.find('security group', groupId);
      networks.change(groupId, { ...properties, [RULES[direction].inline]: inline });
    }
    const RevokedSecurityGroupRules = revoked.map(({ id, rule }) =>
      revokedRule({ id, groupId, rule, direction }),
    );
    return { Return: true, RevokedSecurityGroupRules };
  }

  return {
    AuthorizeSecurityGroupIngress: (input) => authorize(input, 'ingress'),
    AuthorizeSecurityGroupEgress: (input) => authorize(input, 'egress'),
    RevokeSecurityGroupIngress: (input) => revoke(input, 'ingress'),
    RevokeSecurityGroupEgress: (input) => revoke(input, 'egress'),

    async DescribeSecurityGroups({ GroupIds = [], GroupNames, Filters = [], MaxResults, NextToken, DryRun }) {
      refuseDryRun(DryRun);
      if (GroupNames)
        throw notSupported('GroupNames of ec2:DescribeSecurityGroups', "Use the filter 'group-name'.");
      for (const id of GroupIds) networks.find('security group', id);
      const groups = networks
        .entries('security group')
        .filter(([id]) => GroupIds.length === 0 || GroupIds.includes(id))
        .filter(([id, group]) =>
          Filters.every(({ Name = '', Values = [] }) => Values.includes(String(valueOf(id, group, Name)))),
        );
      const { items, nextToken } = page(groups, ([id]) => id, MaxResults ?? PAGE, NextToken, invalid);
      const SecurityGroups = items.map(([id, { GroupDescription, GroupName, Tags, VpcId }]) => {
        const permissions = (direction: Direction) =>
          permissionsOf(
            rulesOfGroup(networks, id, direction).map(({ rule }) => rule),
            direction,
            account,
          );
        return {
          ...{ GroupId: id, GroupName: String(GroupName ?? id), Description: String(GroupDescription) },
          ...{ OwnerId: account, VpcId: String(VpcId), SecurityGroupArn: arn(id), Tags: (Tags ?? []) as [] },
          ...{ IpPermissions: permissions('ingress'), IpPermissionsEgress: permissions('egress') },
        };
      });
      return { SecurityGroups, NextToken: nextToken };
    },
  };
}

/** A change is a call on its group; descriptions have no resources. */
export function groupPermissions(cloud: Pick<Cloud, 'arn'>): Service<'ec2'>['permissions'] {
  const onGroup =
    (name: string) =>
    ({ GroupId }: { GroupId?: string }) => ({
      action: `ec2:${name}`,
      resources: [cloud.arn('ec2', `security-group/${GroupId ?? '*'}`)],
    });
  return {
    AuthorizeSecurityGroupIngress: onGroup('AuthorizeSecurityGroupIngress'),
    AuthorizeSecurityGroupEgress: onGroup('AuthorizeSecurityGroupEgress'),
    RevokeSecurityGroupIngress: onGroup('RevokeSecurityGroupIngress'),
    RevokeSecurityGroupEgress: onGroup('RevokeSecurityGroupEgress'),
  };
}

/** Returns the rules of a group. A group without egress rules in its description allows all egress, by a rule. */
function rulesOfGroup(networks: Networks, groupId: string, direction: Direction): Rule[] {
  const { kind, inline } = RULES[direction];
  const separate = networks.entries(kind).filter(([, { GroupId }]) => GroupId === groupId);
  const described = networks.find('security group', groupId).properties[inline] as Properties[] | undefined;
  const isOpen = direction === 'egress' && !described && separate.length === 0;
  const standing = described ?? (isOpen ? [{ IpProtocol: '-1', CidrIp: '0.0.0.0/0' }] : []);
  return [
    ...standing.map((rule) => ({ id: idOf(groupId, rule, direction), rule, isSeparate: false })),
    ...separate.map(([id, rule]) => ({ id, rule, isSeparate: true })),
  ];
}

/** Returns the id of a rule in a group's description: the same one each time. */
function idOf(groupId: string, rule: Properties, direction: Direction): string {
  const digest = createHash('sha256')
    .update(`${groupId} ${direction} ${keyOf(rule, direction)}`)
    .digest('hex');
  return `sgr-0${digest.slice(0, 16)}`;
}

function valueOf(id: string, group: Group, filter: string): unknown {
  const value = FILTERS[filter];
  if (value) return value(id, group);
  const known = Object.keys(FILTERS).join(', ');
  throw notSupported(`the filter '${filter}' of ec2:DescribeSecurityGroups`, `Use one of ${known}.`);
}
