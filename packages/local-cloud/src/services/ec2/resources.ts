import { ServiceError } from '../../model/errors';
import { contains, overlaps, rangeOf, type Range } from './cidr';
import { checkEndpoint } from './endpoint-checks';
import { NetworkInterfaces } from './interfaces';
import { Networks, type NetworkKind } from './networks';
import { checkInlineRules, checkSeparateRule } from './rule-checks';
import type { Properties, ResourceContext, ResourceType } from '../../core/resource-type';
import { zonesOf } from '../../templates/zones';

interface NetworkType {
  readonly kind: NetworkKind;
  /** EC2's operations that create and delete the resource, by their IAM names. */
  readonly actions: readonly [create: string, remove: string];
  readonly properties: readonly string[];
  /** Properties that refer to other resources by id. */
  readonly refers?: Readonly<Record<string, NetworkKind>>;
  /** Checks properties before a creation, or before an update of the resource `id`. */
  readonly check?: (
    properties: Properties,
    networks: Networks,
    context: ResourceContext,
    id: string | undefined,
  ) => void;
  /** Adds what EC2 makes with a new resource. */
  readonly furnish?: (id: string, networks: Networks) => void;
  readonly attributes?: (id: string, properties: Properties, networks: Networks) => Record<string, unknown>;
  /** Properties that can be changed without replacement. */
  readonly mutable: readonly string[];
}

const RULE = ['CidrIp', 'Description', 'FromPort', 'GroupId', 'IpProtocol', 'ToPort'];
const RULES = ['SecurityGroupEgress', 'SecurityGroupIngress'];

const TYPES: Readonly<Record<string, NetworkType>> = {
  'AWS::EC2::VPC': {
    kind: 'vpc',
    actions: ['CreateVpc', 'DeleteVpc'],
    properties: ['CidrBlock', 'EnableDnsHostnames', 'EnableDnsSupport', 'InstanceTenancy', 'Tags'],
    mutable: ['EnableDnsHostnames', 'EnableDnsSupport', 'Tags'],
    check: checkVpc,
    furnish: (id, networks) => networks.addDefaultGroup(id),
    attributes: (id, { CidrBlock }, networks) => ({
      ...{ VpcId: id, CidrBlock, DefaultSecurityGroup: networks.defaultGroup(id) },
    }),
  },
  'AWS::EC2::Subnet': {
    kind: 'subnet',
    actions: ['CreateSubnet', 'DeleteSubnet'],
    properties: ['AvailabilityZone', 'CidrBlock', 'MapPublicIpOnLaunch', 'Tags', 'VpcId'],
    mutable: ['MapPublicIpOnLaunch', 'Tags'],
    refers: { VpcId: 'vpc' },
    check: checkSubnet,
    attributes: (id, { AvailabilityZone, CidrBlock, VpcId }) => ({
      ...{ SubnetId: id, AvailabilityZone, CidrBlock, VpcId },
    }),
  },
  'AWS::EC2::RouteTable': {
    kind: 'route table',
    actions: ['CreateRouteTable', 'DeleteRouteTable'],
    properties: ['Tags', 'VpcId'],
    mutable: ['Tags'],
    refers: { VpcId: 'vpc' },
    attributes: (id) => ({ RouteTableId: id }),
  },
  'AWS::EC2::SubnetRouteTableAssociation': {
    kind: 'route table association',
    actions: ['AssociateRouteTable', 'DisassociateRouteTable'],
    properties: ['RouteTableId', 'SubnetId'],
    mutable: [],
    refers: { RouteTableId: 'route table', SubnetId: 'subnet' },
    attributes: (id) => ({ Id: id }),
  },
  'AWS::EC2::SecurityGroup': {
    kind: 'security group',
    actions: ['CreateSecurityGroup', 'DeleteSecurityGroup'],
    properties: ['GroupDescription', 'GroupName', ...RULES, 'Tags', 'VpcId'],
    mutable: [...RULES, 'Tags'],
    refers: { VpcId: 'vpc' },
    check: checkGroup,
    attributes: (id, { VpcId }) => ({ GroupId: id, VpcId }),
  },
  'AWS::EC2::SecurityGroupIngress': {
    kind: 'security group rule',
    actions: ['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupIngress'],
    properties: [...RULE, 'SourceSecurityGroupId'],
    mutable: [],
    refers: { GroupId: 'security group', SourceSecurityGroupId: 'security group' },
    check: (rule, networks) => checkSeparateRule(rule, 'ingress', networks),
    attributes: (id) => ({ Id: id }),
  },
  'AWS::EC2::SecurityGroupEgress': {
    kind: 'security group egress rule',
    actions: ['AuthorizeSecurityGroupEgress', 'RevokeSecurityGroupEgress'],
    properties: [...RULE, 'DestinationSecurityGroupId'],
    mutable: [],
    refers: { GroupId: 'security group', DestinationSecurityGroupId: 'security group' },
    check: (rule, networks) => checkSeparateRule(rule, 'egress', networks),
    attributes: (id) => ({ Id: id }),
  },
  'AWS::EC2::VPCEndpoint': {
    kind: 'vpc endpoint',
    actions: ['CreateVpcEndpoint', 'DeleteVpcEndpoints'],
    properties: [
      ...['PolicyDocument', 'PrivateDnsEnabled', 'RouteTableIds', 'SecurityGroupIds'],
      ...['ServiceName', 'SubnetIds', 'Tags', 'VpcEndpointType', 'VpcId'],
    ],
    mutable: [
      'PolicyDocument',
      'PrivateDnsEnabled',
      'RouteTableIds',
      'SecurityGroupIds',
      'SubnetIds',
      'Tags',
    ],
    refers: {
      ...{ VpcId: 'vpc', RouteTableIds: 'route table' },
      ...{ SecurityGroupIds: 'security group', SubnetIds: 'subnet' },
    },
    check: checkEndpoint,
    attributes: (id) => ({ Id: id }),
  },
  'AWS::EC2::FlowLog': {
    kind: 'flow log',
    actions: ['CreateFlowLogs', 'DeleteFlowLogs'],
    properties: [
      ...['DeliverLogsPermissionArn', 'LogDestinationType', 'LogGroupName', 'ResourceId', 'ResourceType'],
      ...['Tags', 'TrafficType'],
    ],
    mutable: ['Tags'],
    refers: { ResourceId: 'vpc' },
    check: checkFlowLog,
    attributes: (id) => ({ Id: id }),
  },
};

/** Resource types of networks. They are descriptions only; no packet is routed. */
export const networkTypes: Record<string, ResourceType> = Object.fromEntries(
  Object.entries(TYPES).map(([name, type]) => [name, resourceType(type)]),
);

function resourceType({
  kind,
  actions,
  properties,
  mutable,
  attributes,
  ...type
}: NetworkType): ResourceType {
  const authorize = ({ cloud, caller }: ResourceContext, action: string) =>
    cloud.authorize(caller, { action: `ec2:${action}`, resources: ['*'] });
  const check = (given: Properties, networks: Networks, context: ResourceContext, of?: string) => {
    for (const [field, referred] of Object.entries(type.refers ?? {})) {
      for (const id of [given[field] ?? []].flat()) networks.find(referred, String(id));
    }
    type.check?.(given, networks, context, of);
  };
  return {
    properties,
    fixed: properties.filter((name) => !mutable.includes(name)),
    async create(given, context) {
      authorize(context, actions[0]);
      const networks = new Networks(context.cloud);
      check(given, networks, context);
      const id = networks.add(kind, given);
      type.furnish?.(id, networks);
      return { physicalId: id, attributes: attributes?.(id, given, networks) };
    },
    async update(given, context, { physicalId }) {
      authorize(context, actions[0]);
      const networks = new Networks(context.cloud);
      check({ ...given, CidrBlock: undefined }, networks, context, physicalId);
      networks.change(physicalId, given);
      return { physicalId, attributes: attributes?.(physicalId, given, networks) };
    },
    async delete({ physicalId }, context) {
      authorize(context, actions[1]);
      new Networks(context.cloud).remove(physicalId, context.cloud.part(NetworkInterfaces));
    },
  };
}

/** "The allowed block size is between a /16 netmask and a /28 netmask" (EC2 API reference, CreateVpc, CreateSubnet). */
function checkBlock(cidr: unknown): Range | undefined {
  // A block cannot change, so an update has none.
  if (cidr === undefined) return undefined;
  const range = rangeOf(String(cidr));
  if (range && range.bits >= 16 && range.bits <= 28) return range;
  throw new ServiceError(
    'InvalidParameterValue',
    `Value (${String(cidr)}) for parameter cidrBlock is invalid.`,
  );
}

function checkVpc({ CidrBlock }: Properties, _: Networks, __: ResourceContext, id: string | undefined): void {
  if (CidrBlock === undefined && id === undefined) {
    throw new ServiceError('MissingParameter', "Either 'CidrBlock' or 'Ipv4IpamPoolId' must be provided");
  }
  checkBlock(CidrBlock);
}

function checkSubnet(
  { VpcId, CidrBlock, AvailabilityZone }: Properties,
  networks: Networks,
  { cloud }: ResourceContext,
): void {
  const range = checkBlock(CidrBlock);
  if (!range) return;
  const vpc = rangeOf(String(networks.find('vpc', String(VpcId)).properties.CidrBlock))!;
  if (!contains(vpc, range)) {
    throw new ServiceError('InvalidSubnet.Range', `The CIDR '${String(CidrBlock)}' is invalid.`);
  }
  const others = networks.ofVpc('subnet', String(VpcId));
  if (others.some(({ properties }) => overlaps(rangeOf(String(properties.CidrBlock))!, range))) {
    throw new ServiceError(
      'InvalidSubnet.Conflict',
      `The CIDR '${String(CidrBlock)}' conflicts with another subnet`,
    );
  }
  const zones = zonesOf(cloud.region);
  if (AvailabilityZone === undefined || zones.includes(AvailabilityZone as string)) return;
  throw new ServiceError(
    'InvalidParameterValue',
    `Value (${String(AvailabilityZone)}) for parameter availabilityZone is invalid. Subnets can currently only be created in the following availability zones: ${zones.join(', ')}.`,
  );
}

function checkGroup(
  properties: Properties,
  networks: Networks,
  _: ResourceContext,
  id: string | undefined,
): void {
  const { GroupDescription, GroupName, VpcId } = properties;
  const allowed = /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{1,255}$/;
  if (!allowed.test(String(GroupDescription))) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value (${String(GroupDescription)}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported.`,
    );
  }
  if (String(GroupName).startsWith('sg-')) {
    throw new ServiceError(
      'InvalidParameterValue',
      `Value (${String(GroupName)}) for parameter GroupName is invalid. Group names may not be in the format sg-*.`,
    );
  }
  const ofVpc = networks.ofVpc('security group', String(VpcId));
  const isTaken = ofVpc.some((group) => group.properties.GroupName === GroupName);
  if (GroupName !== undefined && id === undefined && isTaken) {
    const message = `The security group '${String(GroupName)}' already exists for VPC '${String(VpcId)}'`;
    throw new ServiceError('InvalidGroup.Duplicate', message);
  }
  checkInlineRules(properties, networks, id);
}

function checkFlowLog(
  { DeliverLogsPermissionArn }: Properties,
  _: Networks,
  { cloud, caller }: ResourceContext,
): void {
  if (DeliverLogsPermissionArn === undefined) return;
  cloud.authorize(caller, {
    action: 'iam:PassRole',
    resources: [String(DeliverLogsPermissionArn)],
    context: { 'iam:PassedToService': 'vpc-flow-logs.amazonaws.com' },
  });
}
