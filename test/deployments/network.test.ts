import {
  CloudFormation,
  waitUntilStackDeleteComplete,
  type StackResource,
} from '@aws-sdk/client-cloudformation';
import { EC2 } from '@aws-sdk/client-ec2';
import { Lambda } from '@aws-sdk/client-lambda';
import { App } from 'aws-cdk-lib';
import { zipSync, strToU8 } from 'fflate';
import { startLocalCloud, type LocalCloud } from 'local-cloud';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { NO_TRIGGERS, pipelineId, type PipelineConfig } from '../../lib/config';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { story } from '../runs/story';
import { dev } from '../templates/support/synthesis';

/** The deployments of docs/runbook.md, "Changing the network", in one account, while something is in the group of the models. */
const PREFIX = 'mlops-table-dev';
const OLD = `${PREFIX}-Network-10-40-0-0-16`;
const NEW = `${PREFIX}-Network-10-41-0-0-16`;
const network = { zones: 2, cidr: '10.40.0.0/16' } as const;

const { step } = story();
let folder: string;
let cloud: LocalCloud;
let cfn: CloudFormation;
let ec2: EC2;
let lambda: Lambda;

beforeAll(async () => {
  process.env.CDK_VALIDATION = 'false';
  folder = mkdtempSync(join(tmpdir(), 'network-'));
  cloud = await startLocalCloud({ stateDirectory: join(folder, 'state'), python: 'python3', apiPort: 0 });
  cfn = new CloudFormation(cloud.clientOptions());
  ec2 = new EC2(cloud.clientOptions());
  lambda = new Lambda(cloud.clientOptions());
});
afterAll(async () => {
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

let deployments = 0;
async function deploy(of: PipelineConfig['network']): Promise<void> {
  const outdir = join(folder, `assembly-${++deployments}`);
  const app = new App({ outdir, context });
  const config = { ...dev, triggers: NO_TRIGGERS, network: of };
  new PipelineStage(app, pipelineId(config), { config, gitCommit: 'c0ffee' });
  app.synth();
  await cloud.deploy(join(outdir, `assembly-${pipelineId(config)}`));
}

async function resources(StackName: string): Promise<StackResource[]> {
  return (await cfn.describeStackResources({ StackName })).StackResources!;
}
const idsOf = (all: readonly StackResource[], type: string) =>
  all
    .filter(({ ResourceType }) => ResourceType === `AWS::EC2::${type}`)
    .map(({ PhysicalResourceId }) => PhysicalResourceId!);
const models = (all: readonly StackResource[]) =>
  all.find(({ LogicalResourceId }) => LogicalResourceId!.startsWith('Models'))!.PhysicalResourceId!;

/** Subnets of the functions of Pipeline and Inference. */
async function usedSubnets(): Promise<string[]> {
  const { Functions = [] } = await lambda.listFunctions({ MaxItems: 50 });
  const used = Functions.filter(({ FunctionName }) => FunctionName !== 'instance').flatMap(
    ({ VpcConfig }) => VpcConfig?.SubnetIds ?? [],
  );
  return [...new Set(used)].sort();
}

/** The rules of the default groups of all networks. */
async function defaultGroups(): Promise<{ ingress: unknown; egress: unknown }[]> {
  const Filters = [{ Name: 'group-name', Values: ['default'] }];
  const { SecurityGroups = [] } = await ec2.describeSecurityGroups({ Filters });
  return SecurityGroups.map(({ IpPermissions, IpPermissionsEgress }) => ({
    ingress: IpPermissions,
    egress: IpPermissionsEgress,
  }));
}

/** Ends with the status of the deletion. */
async function remove(StackName: string): Promise<string> {
  const { StackId } = (await cfn.describeStacks({ StackName })).Stacks![0]!;
  await cfn.deleteStack({ StackName });
  const waited = { client: cfn, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  await waitUntilStackDeleteComplete(waited, { StackName: StackId }).catch(() => undefined);
  return (await cfn.describeStacks({ StackName: StackId })).Stacks![0]!.StackStatus!;
}

let before: StackResource[];

step('a pipeline without a network gets one', async () => {
  await deploy(null);
  expect(await usedSubnets()).toEqual([]);
  await deploy(network);
  before = await resources(OLD);
  expect(await usedSubnets()).toEqual(idsOf(before, 'Subnet').sort());
});

step('the default group of the network is closed', async () => {
  expect(await defaultGroups()).toEqual([{ ingress: [], egress: [] }]);
});

step('its models run in the group that outlives the other stacks', async () => {
  // A function stands where SageMaker puts the instances of a model: EC2 looks at interfaces only.
  const { Functions = [] } = await lambda.listFunctions({ MaxItems: 50 });
  const { Role } = Functions.find(({ FunctionName }) => FunctionName!.includes('Predict'))!;
  await lambda.createFunction({
    FunctionName: 'instance',
    Role,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Code: { ZipFile: zipSync({ 'index.js': strToU8('exports.handler = async () => 1;') }) },
    VpcConfig: { SubnetIds: idsOf(before, 'Subnet'), SecurityGroupIds: [models(before)] },
  });
});

step('a third zone replaces nothing', async () => {
  await deploy({ ...network, zones: 3 });
  const after = await resources(OLD);
  expect(idsOf(after, 'VPC')).toEqual(idsOf(before, 'VPC'));
  expect(idsOf(after, 'Subnet')).toEqual(expect.arrayContaining(idsOf(before, 'Subnet')));
  expect(idsOf(after, 'Subnet')).toHaveLength(3);
  expect(models(after)).toBe(models(before));
  expect(await usedSubnets()).toEqual(idsOf(after, 'Subnet').sort());
});

step('a zone less is refused, and nothing has changed', async () => {
  const now = await resources(OLD);
  await expect(deploy(network)).rejects.toThrow(/Export .* cannot be deleted as it is in use by/);
  expect(idsOf(await resources(OLD), 'Subnet').sort()).toEqual(idsOf(now, 'Subnet').sort());
});

step('another range is another network; the old one stays for the models', async () => {
  await deploy({ ...network, cidr: '10.41.0.0/16' });
  expect(await usedSubnets()).toEqual(idsOf(await resources(NEW), 'Subnet').sort());
  const all = (await resources(OLD)).length;
  expect(await remove(OLD)).toBe('DELETE_FAILED');
  // The group fails first, so all that the models need is still there.
  expect(await resources(OLD)).toHaveLength(all);
  const closed = { ingress: [], egress: [] };
  expect(await defaultGroups()).toEqual([closed, closed]);
});

step('without a network, every stack of one can be deleted once no model is in it', async () => {
  await deploy(null);
  expect(await usedSubnets()).toEqual([]);
  expect(await remove(NEW)).toBe('DELETE_COMPLETE');
  await lambda.deleteFunction({ FunctionName: 'instance' });
  expect(await remove(OLD)).toBe('DELETE_COMPLETE');
  expect(await defaultGroups()).toEqual([]);
});
