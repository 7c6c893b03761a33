import type { PipelineConfig } from '../../lib/config';
import { BARE_VPC, GROUPS, VPC } from './support/account';
import { ACCOUNT, dev, ofType, synthesise, type Resource, type Stack } from './support/synthesis';
import { allStates, definitionOf } from './support/state-machine';
import { statements } from './support/statements';
import { lustre } from './support/variants';

const SUBNETS = VPC.subnets.map(({ subnetId }) => subnetId);
const NEW_NETWORK = /^AWS::EC2::(VPC|Subnet|RouteTable|Route|InternetGateway|NatGateway|FlowLog|EIP)$/;

const privately = (network: PipelineConfig['network'], config = dev): PipelineConfig => ({
  ...config,
  network,
});

interface Placement {
  readonly SubnetIds: readonly string[];
  readonly SecurityGroupIds: readonly string[];
}

/** Subnets and groups of all functions. */
function functions({ pipeline, inference }: Record<'pipeline' | 'inference', Stack>): Placement[] {
  return [pipeline, inference].flatMap((stack) =>
    ofType<{ VpcConfig: Placement }>(stack, 'AWS::Lambda::Function').map(
      ({ properties }) => properties.VpcConfig,
    ),
  );
}

interface Arguments {
  readonly NetworkConfig?: { readonly VpcConfig?: unknown };
  readonly VpcConfig?: unknown;
}

/** Networks of jobs and models. */
function vpcConfigs(config: PipelineConfig): unknown[] {
  return allStates(definitionOf(synthesise(config))).flatMap(([, state]) => {
    const { Resource = '', Arguments = {} } = state as { Resource?: string; Arguments?: Arguments };
    if (!/create(ProcessingJob|TrainingJob|Model)(\.sync)?$/.test(Resource)) return [];
    return [Arguments.NetworkConfig?.VpcConfig ?? Arguments.VpcConfig];
  });
}

interface Group {
  readonly VpcId: string;
  readonly SecurityGroupEgress?: readonly { readonly CidrIp?: string; readonly FromPort?: number }[];
}

interface EndpointProperties {
  readonly VpcId: string;
  readonly VpcEndpointType: string;
  readonly ServiceName: string;
  readonly RouteTableIds?: readonly string[];
  readonly SubnetIds?: readonly string[];
  readonly PolicyDocument: object;
}

describe('a VPC with a way to every service', () => {
  const config = privately(VPC);
  const { pipeline, inference } = synthesise(config);

  test('functions, jobs and models run in its subnets, each with a group of its own', () => {
    for (const { SubnetIds, SecurityGroupIds } of functions({ pipeline, inference })) {
      expect(SubnetIds).toEqual(SUBNETS);
      expect(SecurityGroupIds).toHaveLength(1);
    }
    const jobs = vpcConfigs(config);
    expect(jobs.length).toBeGreaterThan(3);
    for (const job of jobs)
      expect(job).toEqual({ Subnets: SUBNETS, SecurityGroupIds: [expect.stringMatching(/\.GroupId$/)] });
  });

  test('nothing is created in it but the groups, which reach HTTPS only', () => {
    expect(pipeline.resources.filter(({ type }) => NEW_NETWORK.test(type))).toEqual([]);
    expect(ofType(pipeline, 'AWS::EC2::VPCEndpoint')).toEqual([]);
    const groups = ofType<Group>(pipeline, 'AWS::EC2::SecurityGroup');
    expect(groups.length).toBeGreaterThan(8);
    for (const { id, properties } of groups) {
      expect(properties.VpcId).toBe(VPC.vpcId);
      expect([id, properties.SecurityGroupEgress]).toEqual([
        id,
        [expect.objectContaining({ CidrIp: '0.0.0.0/0', FromPort: 443, ToPort: 443 })],
      ]);
    }
  });
});

describe('a VPC without endpoints', () => {
  const { pipeline: using, network } = synthesise(privately(BARE_VPC));
  const pipeline: Stack = { ...using, resources: [...network.resources, ...using.resources] };
  const endpoints = ofType<EndpointProperties>(pipeline, 'AWS::EC2::VPCEndpoint');

  test("S3's gateway endpoint is added to each route table once", () => {
    const gateways = endpoints.filter(({ properties }) => properties.VpcEndpointType === 'Gateway');
    expect(gateways).toHaveLength(1);
    expect(gateways[0]!.properties).toMatchObject({
      VpcId: VPC.vpcId,
      RouteTableIds: ['rtb-11111111111111111', 'rtb-22222222222222222'],
    });
  });

  test('each service that is called has an endpoint in the subnets, for calls of this account', () => {
    const interfaces = endpoints.filter(({ properties }) => properties.VpcEndpointType === 'Interface');
    expect(interfaces.length).toBeGreaterThan(4);
    for (const { properties } of interfaces) {
      expect(properties).toMatchObject({ VpcId: VPC.vpcId, SubnetIds: SUBNETS });
    }
    for (const endpoint of endpoints) {
      for (const { Condition, Action } of statements(endpoint as unknown as Resource)) {
        expect(Condition).toEqual({ StringEquals: { 'aws:PrincipalAccount': ACCOUNT } });
        expect(Action.length).toBeGreaterThan(0);
      }
    }
  });
});

test('groups of the team take the place of new ones; endpoints admit them', () => {
  const config = privately({ ...BARE_VPC, securityGroupIds: GROUPS });
  const synthesis = synthesise(config);
  for (const placed of functions(synthesis)) expect(placed.SecurityGroupIds).toEqual(GROUPS);
  for (const job of vpcConfigs(config)) expect(job).toEqual({ Subnets: SUBNETS, SecurityGroupIds: GROUPS });
  const created = ofType(synthesis.pipeline, 'AWS::EC2::SecurityGroup').map(({ id }) => id);
  for (const id of created) expect(id).toMatch(/Endpoint/);
  const rules = ofType<{ GroupId: string; SourceSecurityGroupId: string }>(
    synthesis.pipeline,
    'AWS::EC2::SecurityGroupIngress',
  ).map(({ properties }) => [properties.GroupId.split('.')[0], properties.SourceSecurityGroupId]);
  expect(rules.sort()).toEqual(created.flatMap((id) => GROUPS.map((group) => [id, group])).sort());
});

test('a file system is in the first subnet, and training too', () => {
  const config = privately(VPC, lustre);
  const { pipeline } = synthesise(config);
  const [fileSystem] = ofType<{ SubnetIds: string[] }>(pipeline, 'AWS::FSx::FileSystem');
  expect(fileSystem!.properties.SubnetIds).toEqual([SUBNETS[0]]);
  expect(vpcConfigs(config)).toContainEqual(expect.objectContaining({ Subnets: [SUBNETS[0]] }));
});
