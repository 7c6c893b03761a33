import type { IpPermission, RevokedSecurityGroupRule, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Properties } from '../../core/resource-type';
import { notSupported } from '../../model/errors';
import type { Direction } from './rule-checks';

/** The names of a rule's other end: another group, or a list of prefixes. */
const ENDS = {
  ingress: { group: 'SourceSecurityGroupId', list: 'SourcePrefixListId' },
  egress: { group: 'DestinationSecurityGroupId', list: 'DestinationPrefixListId' },
} as const;

/**
 * Returns the rules of requests' permissions, one for each range, list and group, by CloudFormation's names. A permission
 * that names no other end is one rule without it, which the check refuses.
 */
export function rulesOf(
  permissions: readonly IpPermission[],
  direction: Direction,
  account: string,
): Properties[] {
  return permissions.flatMap(({ IpProtocol, FromPort, ToPort, ...ends }) => {
    const peers = peersOf(ends, direction, account);
    return (peers.length > 0 ? peers : [{}]).map((peer) => ({ IpProtocol, FromPort, ToPort, ...peer }));
  });
}

function peersOf(
  { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] }: IpPermission,
  direction: Direction,
  account: string,
): Properties[] {
  const { group, list } = ENDS[direction];
  return [
    ...IpRanges.map(({ CidrIp, Description }) => ({ CidrIp, Description })),
    ...Ipv6Ranges.map(({ CidrIpv6, Description }) => ({ CidrIpv6, Description })),
    ...PrefixListIds.map(({ PrefixListId, Description }) => ({ [list]: PrefixListId, Description })),
    ...UserIdGroupPairs.map(({ GroupId, GroupName, UserId = account, Description }) => {
      if (GroupName !== undefined)
        throw notSupported(`the name of a security group ('${GroupName}')`, 'Give its GroupId.');
      if (UserId !== account)
        throw notSupported(
          `a security group of another account (${UserId})`,
          `Leave out UserId, or give ${account}.`,
        );
      return { [group]: GroupId, Description };
    }),
  ];
}

/** Returns rules as EC2 describes them: rules of the same protocol and ports are one permission. */
export function permissionsOf(
  rules: readonly Properties[],
  direction: Direction,
  account: string,
): IpPermission[] {
  const { group, list } = ENDS[direction];
  const found = new Map<
    string,
    Required<Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>> &
      IpPermission
  >();
  for (const rule of rules) {
    const { IpProtocol, FromPort, ToPort, Description } = rule as IpPermission & { Description?: string };
    const key = [IpProtocol, FromPort, ToPort].map(String).join();
    const same = found.get(key) ?? {
      ...{ IpProtocol: String(IpProtocol), FromPort, ToPort },
      ...{ IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] },
    };
    found.set(key, same);
    const named = (name: string) => rule[name] as string | undefined;
    if (named('CidrIp')) same.IpRanges.push({ CidrIp: named('CidrIp'), Description });
    if (named('CidrIpv6')) same.Ipv6Ranges.push({ CidrIpv6: named('CidrIpv6'), Description });
    if (named(list)) same.PrefixListIds.push({ PrefixListId: named(list), Description });
    if (named(group)) same.UserIdGroupPairs.push({ GroupId: named(group), UserId: account, Description });
  }
  return [...found.values()];
}

/** A rule of a group. */
export interface GroupRule {
  readonly id: string;
  readonly groupId: string;
  readonly rule: Properties;
  readonly direction: Direction;
}

/** Returns a rule as the answer to its creation has it. */
export function addedRule(added: GroupRule, account: string): SecurityGroupRule {
  const GroupId = referred(added);
  return {
    ...{ ...facts(added), GroupOwnerId: account },
    ...(GroupId !== undefined && { ReferencedGroupInfo: { GroupId, UserId: account } }),
  };
}

/** Returns a rule as the answer to its removal has it. */
export function revokedRule(revoked: GroupRule): RevokedSecurityGroupRule {
  return { ...facts(revoked), ReferencedGroupId: referred(revoked) };
}

function referred({ rule, direction }: GroupRule): string | undefined {
  return rule[ENDS[direction].group] as string | undefined;
}

function facts({ id, groupId, rule, direction }: GroupRule) {
  const text = (name: string) => rule[name] as string | undefined;
  const port = (name: string) => Number(rule[name] ?? -1);
  return {
    ...{ SecurityGroupRuleId: id, GroupId: groupId, IsEgress: direction === 'egress' },
    ...{ IpProtocol: String(rule.IpProtocol), FromPort: port('FromPort'), ToPort: port('ToPort') },
    ...{ CidrIpv4: text('CidrIp'), CidrIpv6: text('CidrIpv6'), Description: text('Description') },
    PrefixListId: text(ENDS[direction].list),
  };
}
