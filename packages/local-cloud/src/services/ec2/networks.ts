import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { NetworkInterfaces } from './interfaces';

/** The kinds of a network's parts: descriptions, which others refer to. Nothing is routed. */
export type NetworkKind =
  | 'vpc'
  | 'subnet'
  | 'route table'
  | 'route table association'
  | 'security group'
  | 'security group rule'
  | 'security group egress rule'
  | 'vpc endpoint'
  | 'flow log';

/** The beginning of the id, and the error for an unknown id (EC2 API reference, "Error codes"). */
const KINDS: Readonly<Record<NetworkKind, { readonly prefix: string; readonly missing: string }>> = {
  vpc: { prefix: 'vpc', missing: 'InvalidVpcID.NotFound' },
  subnet: { prefix: 'subnet', missing: 'InvalidSubnetID.NotFound' },
  'route table': { prefix: 'rtb', missing: 'InvalidRouteTableID.NotFound' },
  'route table association': { prefix: 'rtbassoc', missing: 'InvalidAssociationID.NotFound' },
  'security group': { prefix: 'sg', missing: 'InvalidGroup.NotFound' },
  'security group rule': { prefix: 'sgr', missing: 'InvalidSecurityGroupRuleId.NotFound' },
  'security group egress rule': { prefix: 'sgr', missing: 'InvalidSecurityGroupRuleId.NotFound' },
  'vpc endpoint': { prefix: 'vpce', missing: 'InvalidVpcEndpointId.NotFound' },
  'flow log': { prefix: 'fl', missing: 'InvalidFlowLogId.NotFound' },
};

export interface NetworkResource {
  readonly kind: NetworkKind;
  /** Properties by EC2's own names, such as `CidrBlock`. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The group that EC2 makes with each VPC. */
const DEFAULT_GROUP = 'default';

/** The networks of a cloud. */
export class Networks {
  private readonly store;

  constructor(cloud: Pick<Cloud, 'stores'>) {
    this.store = cloud.stores.store<Record<string, NetworkResource>>('ec2', () => ({}));
  }

  add(kind: NetworkKind, properties: NetworkResource['properties']): string {
    const id = `${KINDS[kind].prefix}-0${randomBytes(8).toString('hex')}`;
    this.store.data[id] = { kind, properties };
    this.store.changed();
    return id;
  }

  /** Adds the default group of a VPC: its members reach each other, and everything else. @returns the group's id */
  addDefaultGroup(vpcId: string): string {
    const id = this.add('security group', {
      ...{ VpcId: vpcId, GroupName: DEFAULT_GROUP, GroupDescription: 'default VPC security group' },
      ...{ SecurityGroupIngress: [], SecurityGroupEgress: [] },
    });
    this.add('security group rule', { GroupId: id, IpProtocol: '-1', SourceSecurityGroupId: id });
    this.add('security group egress rule', { GroupId: id, IpProtocol: '-1', CidrIp: '0.0.0.0/0' });
    return id;
  }

  /** Returns the id of a VPC's default group; undefined for a VPC that an earlier version made. */
  defaultGroup(vpcId: string): string | undefined {
    return this.entries('security group').find(
      ([, { VpcId, GroupName }]) => VpcId === vpcId && GroupName === DEFAULT_GROUP,
    )?.[0];
  }

  change(id: string, properties: NetworkResource['properties']): void {
    this.store.data[id] = { ...this.store.data[id]!, properties };
    this.store.changed();
  }

  /**
   * Removes a resource, with the rules of a group and with the default group of a VPC.
   *
   * @param interfaces of services in subnets
   * @throws ServiceError where something still refers to it
   */
  remove(id: string, interfaces: NetworkInterfaces): void {
    const own = this.ownedBy(id);
    const referring = Object.entries(this.store.data).find(
      ([other, { properties }]) =>
        !own.includes(other) && own.some((each) => JSON.stringify(properties).includes(`"${each}"`)),
    );
    const used = own.map((each) => interfaces.userOf(each)).find((user) => user !== undefined);
    const user = referring?.[0] ?? used;
    if (user !== undefined) throw new ServiceError('DependencyViolation', dependency(id, user));
    for (const each of own) delete this.store.data[each];
    this.store.changed();
  }

  /** Returns the ids of a resource and of what goes with it. */
  private ownedBy(id: string): string[] {
    const group = this.store.data[id]?.kind === 'vpc' ? this.defaultGroup(id) : id;
    const rules = (['security group rule', 'security group egress rule'] as const).flatMap((kind) =>
      this.entries(kind).filter(([, { GroupId }]) => GroupId === group),
    );
    return [...new Set([id, group ?? id, ...rules.map(([rule]) => rule)])];
  }

  /**
   * Returns a resource. @throws ServiceError with EC2's message
   *
   * @throws ServiceError in EC2's words
   */
  find(kind: NetworkKind, id: string): NetworkResource {
    const thing = this.store.data[id];
    if (thing?.kind === kind) return thing;
    throw new ServiceError(KINDS[kind].missing, `The ${kind} ID '${id}' does not exist`);
  }

  /** Returns the properties of all resources of a kind. */
  all(kind: NetworkKind): NetworkResource['properties'][] {
    return this.entries(kind).map(([, properties]) => properties);
  }

  /** Returns all resources of a kind: ids with properties. */
  entries(kind: NetworkKind): [id: string, properties: NetworkResource['properties']][] {
    return Object.entries(this.store.data).flatMap(
      ([id, thing]): [string, NetworkResource['properties']][] =>
        thing.kind === kind ? [[id, thing.properties]] : [],
    );
  }

  ofVpc(kind: NetworkKind, vpcId: string): NetworkResource[] {
    return Object.values(this.store.data).filter(
      (thing) => thing.kind === kind && thing.properties.VpcId === vpcId,
    );
  }
}

/**
 * Returns EC2's sentence, with the user that EC2 does not name. Sentences for groups and subnets:
 * https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1327
 */
function dependency(id: string, user: string): string {
  const [kind] = id.split('-');
  const isNamed = kind === 'subnet' || kind === 'vpc';
  return isNamed
    ? `The ${kind} '${id}' has dependencies and cannot be deleted. (${user})`
    : `resource ${id} has a dependent object (${user})`;
}

/** The subnets and security groups of a function, a job or a model. */
export interface Placement {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
}

/**
 * Checks subnets and groups before a service creates network interfaces: they must exist and belong to one network.
 *
 * @returns the network's id
 * @throws ServiceError of EC2
 */
export function networkOf(cloud: Pick<Cloud, 'stores'>, { subnets, securityGroups }: Placement): string {
  const networks = new Networks(cloud);
  const owners = [
    ...subnets.map((id) => networks.find('subnet', id)),
    ...securityGroups.map((id) => networks.find('security group', id)),
  ].map(({ properties }) => String(properties.VpcId));
  const other = owners.find((vpc) => vpc !== owners[0]);
  if (other === undefined) return owners[0]!;
  throw new ServiceError(
    'InvalidParameterValue',
    `Subnets and security groups are of different networks: ${owners[0]} and ${other}.`,
  );
}

/**
 * Authorizes a role to create network interfaces. @throws ServiceError of the kind AccessDenied
 *
 * @throws ServiceError of the kind AccessDenied, where the role may not make what the service makes in its name
 */
export function authorizeInterfaces(
  cloud: Pick<Cloud, 'authorize'>,
  principal: Principal,
  actions: readonly string[],
  service: 'lambda' | 'sagemaker',
): void {
  for (const action of actions) cloud.authorize({ principal }, { action, resources: ['*'] }, service);
}
