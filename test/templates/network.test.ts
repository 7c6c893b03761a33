import { environments } from '../support/configs';
import { validateConfig, type PipelineConfig } from '../../lib/config';
import type { OwnNetwork } from '../../lib/config/account';
import { INTERFACE_SERVICES } from '../../lib/platform/network';
import { roleStatements, statements, type Statement } from './support/statements';
import { arn, dev, ofType, only, REGION, synthesise, type Resource, type Stack } from './support/synthesis';
import {
  asynchronous,
  batch,
  builtIn,
  lustre,
  scaled,
  serverless,
  shadow,
  workingHours,
} from './support/variants';

const network = { zones: 3, cidr: '10.1.0.0/16' } as const;
const privately = (config: PipelineConfig): PipelineConfig => ({ ...config, network });
const prod = environments.find(({ environment }) => environment === 'prod')!;
const configurations = Object.entries({
  prod,
  scaled: privately(scaled),
  asynchronous: privately(asynchronous),
  batch: privately(batch),
  shadow: privately(shadow),
  lustre: privately(lustre),
  workingHours: privately(workingHours),
  builtIn: privately(builtIn),
});

interface Rule {
  readonly GroupId: string;
  readonly IpProtocol: string;
  readonly FromPort: number;
  readonly ToPort: number;
  readonly SourceSecurityGroupId?: string;
  readonly DestinationSecurityGroupId?: string;
  readonly CidrIp?: string;
}

/** IAM prefixes whose calls go through the function's or job's own network, by the service that answers. */
const CALLED: Readonly<Record<string, string>> = {
  'application-autoscaling': 'application-autoscaling',
  cloudwatch: 'monitoring',
  ecr: 'ecr.api',
  kms: 'kms',
  lambda: 'lambda',
  s3: 's3',
  sagemaker: 'sagemaker.api',
  scheduler: 'scheduler',
  sns: 'sns',
  ssm: 'ssm',
  states: 'states',
};

/**
 * Made by a service in the role's name, not over the network of who has the role: keys are used by S3 and SNS, logs and
 * metrics are delivered, images pulled and file systems mounted by Lambda and SageMaker, interfaces made by them. Which way
 * Lambda sends traces is not documented; one that does not arrive fails nothing.
 */
const BY_SERVICES = /^(kms:(?!GenerateMac|VerifyMac)|logs:|ec2:|iam:|xray:)/;
const BY_SAGEMAKER = /^(ecr|cloudwatch|fsx|sns):/;
/** Application Auto Scaling makes these in the caller's name ("Permissions validation", User Guide). */
const BY_AUTO_SCALING = /^sagemaker:UpdateEndpointWeightsAndCapacities$/;
/** And all that is done with the alarms of target tracking. */
const isTargetTracking = ({ Resource }: Statement) =>
  Resource.every((arn) => arn.includes(':alarm:TargetTracking-'));

function serviceOf(action: string): string {
  if (/^sagemaker:InvokeEndpoint/.test(action)) return 'sagemaker.runtime';
  const service = CALLED[action.split(':')[0]!];
  if (!service) throw new Error(`add how ${action} is called from the network to this test`);
  return service;
}

const groupOf = (id: string) => id.replace(/\.GroupId$/, '');

/** The services that a security group reaches: rules on both sides, an endpoint behind them. */
function reached({ resources, ...stack }: Stack, group: string): string[] {
  const pipeline = { resources, ...stack };
  const allowsEgress = ofType<Rule>(pipeline, 'AWS::EC2::SecurityGroupEgress').map(
    ({ properties }) => properties,
  );
  const allowsIngress = ofType<Rule>(pipeline, 'AWS::EC2::SecurityGroupIngress').map(
    ({ properties }) => properties,
  );
  const endpoints = ofType<{ SecurityGroupIds?: string[]; ServiceName: string }>(
    pipeline,
    'AWS::EC2::VPCEndpoint',
  );
  const services = endpoints.flatMap(({ properties: { SecurityGroupIds = [], ServiceName } }) => {
    const joined = SecurityGroupIds.some((endpoint) => {
      const both = (rules: Rule[], from: string, to: string, peer: keyof Rule) =>
        rules.some(
          (rule) =>
            groupOf(rule.GroupId) === from &&
            groupOf(String(rule[peer])) === to &&
            rule.FromPort === 443 &&
            rule.ToPort === 443,
        );
      return (
        both(allowsEgress, group, groupOf(endpoint), 'DestinationSecurityGroupId') &&
        both(allowsIngress, groupOf(endpoint), group, 'SourceSecurityGroupId')
      );
    });
    return joined ? [ServiceName.replace(`com.amazonaws.${REGION}.`, '')] : [];
  });
  const own = resources.find(({ id }) => id === group)!.properties as { SecurityGroupEgress?: Rule[] };
  const outside = (own.SecurityGroupEgress ?? []).filter(({ CidrIp }) => CidrIp === '0.0.0.0/0');
  for (const rule of outside) expect(rule).toMatchObject({ IpProtocol: 'tcp', FromPort: 443, ToPort: 443 });
  return [...services, ...(outside.length > 0 ? ['s3'] : [])].sort();
}

const PATTERN = (pattern: string) =>
  new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);

/** Whether the endpoint of a service lets pass what a role is allowed. */
function passes(pipeline: Stack, service: string, action: string, resource: string): boolean {
  const endpoint = ofType(pipeline, 'AWS::EC2::VPCEndpoint').find(({ properties }) =>
    String(properties.ServiceName).endsWith(`.${service}`),
  );
  return (endpoint ? statements(endpoint) : []).some(
    (statement) =>
      statement.Action.includes(action) &&
      statement.Resource.some((allowed) => PATTERN(allowed).test(resource)),
  );
}

/** Ids of the roles by the first word of their security group. */
const JOB_ROLES = {
  Preprocessing: 'RunPreprocessJobRole',
  Training: 'RunTrainJobRole',
  Evaluation: 'RunEvaluateJobRole',
  Model: 'RunDeployModelRole',
  // Only where transform jobs evaluate.
  Prediction: 'RunEvaluatePredictionsModelRole',
};

interface Part {
  readonly name: string;
  readonly group: string;
  readonly calls: readonly (Statement & { readonly policy: string })[];
  /** Actions that a service makes in the role's name. */
  readonly others: (action: string) => boolean;
}

function parts(config: PipelineConfig): { pipeline: Stack; parts: Part[] } {
  const { pipeline, inference, network: own } = synthesise(config);
  const granted = [...roleStatements(pipeline), ...roleStatements(inference)];
  const policies = [pipeline, inference].flatMap((stack) =>
    ofType<{ Roles: string[] }>(stack, 'AWS::IAM::Policy').map(({ id, properties }) => ({
      id,
      roles: properties.Roles,
    })),
  );
  const callsOf = (role: string) => {
    const own = policies.filter(({ roles }) => roles.includes(role)).map(({ id }) => id);
    return granted.filter(({ policy }) => own.includes(policy));
  };
  const functions = [pipeline, inference].flatMap((stack) =>
    ofType<{ Role: string; VpcConfig?: { SecurityGroupIds: string[]; SubnetIds: string[] } }>(
      stack,
      'AWS::Lambda::Function',
    ),
  );
  const ofFunctions = functions.map(({ id, properties: { Role, VpcConfig } }): Part => {
    expect([id, VpcConfig?.SubnetIds.length]).toEqual([id, (config.network as OwnNetwork).zones]);
    const others = (action: string) =>
      BY_SERVICES.test(action) || (id.includes('Scale') && BY_AUTO_SCALING.test(action));
    return {
      name: id,
      group: groupOf(VpcConfig!.SecurityGroupIds[0]!),
      calls: callsOf(Role.split(':').at(-1)!).filter((statement) => !isTargetTracking(statement)),
      others,
    };
  });
  const kinds = Object.entries(JOB_ROLES).filter(
    ([name]) => name !== 'Prediction' || config.programs.evaluate !== undefined,
  );
  const jobs = kinds.map(([name, roleId]): Part => {
    // Models outlive the stack Pipeline, and so does their group.
    const group =
      name === 'Model'
        ? ofType(own, 'AWS::EC2::SecurityGroup').find(({ id }) => id.startsWith('Models'))!
        : ofType(pipeline, 'AWS::EC2::SecurityGroup').find(({ id }) => id.startsWith(`Network${name}Job`))!;
    const role = ofType(pipeline, 'AWS::IAM::Role').find(({ id }) => id.startsWith(roleId))!;
    const others = (action: string) => BY_SERVICES.test(action) || BY_SAGEMAKER.test(action);
    return { name, group: group.id, calls: callsOf(role.id), others };
  });
  const resources = [own, pipeline, inference].flatMap((stack) => stack.resources);
  return { pipeline: { ...pipeline, resources }, parts: [...ofFunctions, ...jobs] };
}

describe.each(configurations)('the private network of %s', (_, config) => {
  const { pipeline, parts: all } = parts(config);

  test('lets each part reach each service that it calls, and nothing else', () => {
    expect(all.length).toBeGreaterThan(10);
    for (const { name, group, calls, others } of all) {
      const actions = calls.flatMap(({ Action }) => Action).filter((action) => !others(action));
      const needed = [...new Set(actions.map(serviceOf))].sort();
      expect([name, reached(pipeline, group)]).toEqual([name, needed]);
    }
  });

  test('has endpoints whose policies allow all that a role is allowed', () => {
    for (const { name, calls, others } of all) {
      for (const { Action, Resource } of calls) {
        for (const action of Action.filter((each) => !others(each))) {
          // Alarms of target tracking are Application Auto Scaling's own.
          for (const resource of Resource.filter((each) => !each.includes('TargetTracking-'))) {
            const passed = passes(pipeline, serviceOf(action), action, resource);
            expect([name, action, resource, passed]).toEqual([name, action, resource, true]);
          }
        }
      }
    }
  });

  test('has endpoints for this account and named resources only', () => {
    for (const endpoint of ofType(pipeline, 'AWS::EC2::VPCEndpoint')) {
      const policy = statements(endpoint);
      expect(policy.length).toBeGreaterThan(0);
      for (const { Action, Resource, Condition } of policy) {
        expect([Action.some((action) => action.includes('*')), Resource.includes('*')]).toEqual([
          false,
          false,
        ]);
        expect(Condition).toEqual({
          StringEquals: { 'aws:PrincipalAccount': expect.stringMatching(/^\d{12}$/) as string },
        });
      }
    }
  });

  // "VPC endpoint policies" (AWS PrivateLink Guide): 20,480 characters. Names are longer once CloudFormation gave them.
  test('has endpoints whose policies are half as long as allowed, or less', () => {
    for (const { properties } of ofType(pipeline, 'AWS::EC2::VPCEndpoint')) {
      expect(JSON.stringify(properties.PolicyDocument).length).toBeLessThan(10_240);
    }
  });

  test('has no unused endpoint, and each has its own name', () => {
    const called = new Set(all.flatMap(({ group }) => reached(pipeline, group)));
    const made = ofType<{ ServiceName: string; PrivateDnsEnabled?: boolean; VpcEndpointType: string }>(
      pipeline,
      'AWS::EC2::VPCEndpoint',
    ).map(({ properties }) => properties);
    expect(made.map(({ ServiceName }) => ServiceName.split(`${REGION}.`)[1]).sort()).toEqual(
      [...called].sort(),
    );
    for (const { VpcEndpointType, PrivateDnsEnabled } of made)
      expect(PrivateDnsEnabled).toBe(VpcEndpointType === 'Interface' ? true : undefined);
  });

  test('has no route to the internet: no gateway, no address translation, only the route to S3', () => {
    const routes =
      /^AWS::EC2::(InternetGateway|NatGateway|Route|EgressOnly.*|VPCPeering.*|TransitGateway.*|EIP)$/;
    expect(pipeline.resources.filter(({ type }) => routes.test(type))).toEqual([]);
    const tables = ofType(pipeline, 'AWS::EC2::RouteTable').map(({ id }) => id);
    expect(tables).toHaveLength((config.network as OwnNetwork).zones);
    const gateway = ofType<{ RouteTableIds?: string[]; VpcEndpointType: string }>(
      pipeline,
      'AWS::EC2::VPCEndpoint',
    ).find(({ properties }) => properties.VpcEndpointType === 'Gateway')!;
    expect([...gateway.properties.RouteTableIds!].sort()).toEqual([...tables].sort());
    const subnets = ofType<{ AvailabilityZone: string; MapPublicIpOnLaunch: boolean }>(
      pipeline,
      'AWS::EC2::Subnet',
    );
    expect(new Set(subnets.map(({ properties }) => properties.AvailabilityZone)).size).toBe(
      (config.network as OwnNetwork).zones,
    );
    for (const { properties } of subnets) expect(properties.MapPublicIpOnLaunch).toBe(false);
  });
});

test('jobs and models run in it, isolated; traffic between hosts is encrypted', () => {
  const training = { ...prod.training, instanceCount: 2 };
  const text = (config: PipelineConfig) => {
    const { pipeline } = synthesise(config);
    return JSON.stringify(only(pipeline, 'AWS::StepFunctions::StateMachine').properties);
  };
  const definition = text({ ...prod, training });
  const count = (of: string, word: string) => of.split(word).length - 1;
  // Shards, evaluation, training on Spot and on demand, the model, and a champion's that is created again.
  expect(count(definition, '\\"VpcConfig\\":')).toBe(6);
  expect(count(definition, '\\"EnableNetworkIsolation\\":true')).toBe(6);
  expect(count(definition, '\\"EnableInterContainerTrafficEncryption\\":true')).toBe(2);
  expect(text(prod)).not.toContain('EnableInterContainerTrafficEncryption');
});

test.each([dev, scaled])(
  'without a network in the configuration there are no network resources',
  (config) => {
    const { pipeline, inference } = synthesise(config);
    const resources: readonly Resource[] = [...pipeline.resources, ...inference.resources];
    expect(resources.filter(({ type }) => type.startsWith('AWS::EC2::'))).toEqual([]);
    const text = JSON.stringify(resources);
    for (const word of ['VpcConfig', 'ec2:']) expect(text).not.toContain(word);
  },
);

test.each<[value: unknown, allowed: string]>([
  [{ zones: 1, cidr: '10.0.0.0/16' }, 'network.zones is 1'],
  [{ zones: 4, cidr: '10.0.0.0/16' }, 'network.zones is 4'],
  [{ zones: 2, cidr: '10.0.0.0/24' }, 'network.cidr is "10.0.0.0/24"'],
  [{ zones: 2, cidr: '10.0.0.0/8' }, 'network.cidr'],
  [{ zones: 2, cidr: '8.8.0.0/16' }, 'network.cidr'],
  [{ zones: 2, cidr: '10.0.1.0/16' }, 'network.cidr is "10.0.1.0/16"'],
  [{ zones: 2, cidr: '172.32.0.0/16' }, 'network.cidr'],
  [{ zones: 2 }, 'network.cidr is missing'],
])('a network of %j is refused', (value, message) => {
  const config = { ...prod, network: value as PipelineConfig['network'] };
  expect(() => validateConfig(config)).toThrow(message);
});

test('a serverless endpoint in a network is refused', () => {
  expect(() => validateConfig(privately(serverless))).toThrow(
    /network is \{.*\} with endpoint\.serving\.kind "serverless"/,
  );
});

test('every interface endpoint has a name in the region of the stack', () => {
  expect(
    Object.values(INTERFACE_SERVICES)
      .map(({ shortName }) => shortName)
      .sort(),
  ).toEqual([...Object.values(CALLED).filter((name) => name !== 's3'), 'sagemaker.runtime'].sort());
  expect(arn('AWS::EC2::VPC', 'x')).toContain(REGION);
});
