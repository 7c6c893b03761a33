import type { PipelineConfig } from '../../lib/config';
import { BARE_VPC, GROUPS, VPC } from './support/account';
import { dev, ofType, synthesise, synthesiseStage, type Resource, type Stack } from './support/synthesis';
import { abTest, approval, batch, scaled } from './support/variants';

/**
 * What `network` may change to, and what CloudFormation then does. docs/runbook.md has the order of the deployments;
 * test/deployments/network.test.ts makes them.
 */
const network = { zones: 2, cidr: '10.40.0.0/16' } as const;
const within = (of: PipelineConfig['network'], config = dev): PipelineConfig => ({ ...config, network: of });

interface Subnet {
  readonly CidrBlock: string;
}

interface Template {
  readonly Resources: Readonly<Record<string, { Type: string; DependsOn?: string | string[] }>>;
  readonly Outputs?: Readonly<Record<string, { Export?: { Name: string } }>>;
}

const done = new Map<string, Record<string, Template>>();

/** Templates of the stacks by the last part of their names; once for each configuration. */
function templates(config: PipelineConfig): Record<string, Template> {
  const key = JSON.stringify(config);
  const known = done.get(key) ?? templatesAnew(config);
  done.set(key, known);
  return known;
}

function templatesAnew(config: PipelineConfig): Record<string, Template> {
  return Object.fromEntries(
    synthesiseStage(config).artifacts.map(({ stackName, template }) => [
      stackName.replace('mlops-table-dev-', ''),
      template as Template,
    ]),
  );
}

const networkOf = (all: Record<string, Template>) =>
  Object.entries(all).find(([name]) => name.startsWith('Network'))!;
const exportsOf = ({ Outputs = {} }: Template) =>
  Object.values(Outputs).flatMap(({ Export }) => Export?.Name ?? []);
const importsOf = (template: Template) =>
  [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name]) => name!);

test('a third zone adds a subnet, and changes none', () => {
  const subnets = (zones: 2 | 3) =>
    ofType<Subnet>(synthesise(within({ ...network, zones })).network, 'AWS::EC2::Subnet').map(
      ({ id, properties }) => [id, properties.CidrBlock],
    );
  const [two, three] = [subnets(2), subnets(3)];
  expect(three).toHaveLength(3);
  expect(three.slice(0, 2)).toEqual(two);
});

test.each([
  ['a zone less', { ...network, zones: 3 } as const, network],
  ['endpoints of the owner', BARE_VPC, { ...BARE_VPC, interfaceEndpoints: 'existing' } as const],
  ['groups of the team', BARE_VPC, { ...BARE_VPC, securityGroupIds: GROUPS }],
])('%s: its users can be deployed before the network', (_, before, after) => {
  const exported = exportsOf(networkOf(templates(within(before)))[1]);
  const all = templates(within(after));
  const imported = [all.Pipeline!, all.Inference!]
    .flatMap(importsOf)
    .filter((name) => name.includes('-Network-'));
  expect(exported).toEqual(expect.arrayContaining(imported));
});

test('another range is another stack, so that both exist until no model is in the old one', () => {
  const [before] = networkOf(templates(within(network)));
  const [after] = networkOf(templates(within({ ...network, cidr: '10.41.0.0/16' })));
  expect([before, after]).toEqual(['Network-10-40-0-0-16', 'Network-10-41-0-0-16']);
});

test.each([
  ['a network of its own', network],
  ['a VPC without endpoints', BARE_VPC],
  ['a VPC with endpoints', VPC],
])('%s: each other stack leaves it by itself', (_, of) => {
  const all = templates(within(of));
  const [name] = networkOf(all);
  // An export in use can neither change nor be dropped: what one stack imports must not be in a stack that drops it.
  const owners = (stack: string) =>
    new Set(importsOf(all[stack]!).map((imported) => /^mlops-table-dev-([^:]+):/.exec(imported)![1]));
  expect([...owners('Pipeline')].sort()).toEqual([name, 'Storage']);
  expect(owners('Inference')).not.toContain('Pipeline');
  expect(owners(name)).not.toContain('Pipeline');
});

test('the exports of a network depend on nothing but the network', () => {
  const exported = [dev, scaled, batch, approval, abTest].map((config) =>
    exportsOf(networkOf(templates(within(network, config)))[1]).sort(),
  );
  for (const each of exported) expect(each).toEqual(exported[0]);
  // The VPC, two subnets, a group for each service's endpoint and one for the models.
  expect(exported[0]).toHaveLength(1 + 2 + 11 + 1);
});

test.each([
  ['a network of its own', network],
  ['a VPC without endpoints', BARE_VPC],
])('%s: nothing is deleted before the group of the models, which EC2 keeps while it is in use', (_, of) => {
  const [, { Resources }] = networkOf(templates(within(of)));
  const [models] = Object.entries(Resources).filter(([id]) => id.startsWith('Models'));
  const waits = new Set([models![1].DependsOn ?? []].flat());
  expect(Object.keys(Resources).filter((id) => id !== models![0] && !waits.has(id))).toEqual([]);
});

test('without a network, or with one whose owner provides everything, there is no stack of it', () => {
  const given = { ...VPC, securityGroupIds: GROUPS };
  for (const of of [null, given])
    expect(Object.keys(templates(within(of))).sort()).toEqual(['Inference', 'Pipeline', 'Storage']);
});

/** The default group of a VPC is closed; nothing works in it. */
test('every interface in the network has a group of its own', () => {
  const stacks = synthesise(within(network));
  const all = [stacks.network, stacks.pipeline, stacks.inference].flatMap(
    ({ resources }: Stack): readonly Resource[] => resources,
  );
  const groupsOf = (resource: Resource): unknown => {
    const { VpcConfig, SecurityGroupIds } = resource.properties as {
      VpcConfig?: { SecurityGroupIds: string[] };
      SecurityGroupIds?: string[];
    };
    return VpcConfig?.SecurityGroupIds ?? SecurityGroupIds;
  };
  const placed = all.filter(
    ({ id, type, properties }) =>
      // CDK's function that closes the default group calls EC2 only, and has no network.
      (type === 'AWS::Lambda::Function' && !id.startsWith('CustomVpcRestrictDefaultSG')) ||
      (type === 'AWS::EC2::VPCEndpoint' && properties.VpcEndpointType === 'Interface'),
  );
  expect(placed.length).toBeGreaterThan(10);
  for (const each of placed) expect([each.id, groupsOf(each)]).toEqual([each.id, [expect.any(String)]]);
});
