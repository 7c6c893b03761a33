import { CloudFormation, type Stack } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { startLocalCloud, type LocalCloud } from 'local-cloud';
import { coreOf, pushProgram } from 'local-cloud/testing';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar';
import { resourcePrefix, type PipelineConfig } from '../../lib/config';
import { endpointNameOf } from '../../lib/contract/names';
import { failingAtTheEnd, only, synthesise } from './assemblies';
import type { Given } from './change';
import { deployGiven } from './given';
import { until } from '../support/until';

/** A resource by its stack and its logical id. */
export interface Deployed {
  readonly type: string;
  readonly physicalId: string;
}

/** A parameter that the account has before. */
const TAKEN = '/taken';

/** Answers SageMaker's health checks. */
const SERVER = `require('node:http').createServer((request, response) => response.end())
  .listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');`;

/** An AWS account on the local cloud, with what its owners have made. */
export class Account {
  private readonly cfn: CloudFormation;
  private readonly assemblies = new Map<string, string>();
  given!: Given;

  private constructor(
    readonly cloud: LocalCloud,
    readonly folder: string,
  ) {
    this.cfn = new CloudFormation(cloud.clientOptions());
  }

  static async open(): Promise<Account> {
    const folder = mkdtempSync(join(tmpdir(), 'changes-'));
    const stateDirectory = join(folder, 'state');
    const cloud = await startLocalCloud({ stateDirectory, python: process.env.PYTHON!, apiPort: 0 });
    const account = new Account(cloud, folder);
    // With the roles that the CDK CLI assumes.
    const template = require.resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml');
    await cloud.bootstrap(readFileSync(template, 'utf8'));
    account.given = await deployGiven(cloud, folder);
    await cloud.call('ssm', 'PutParameter', { Name: TAKEN, Value: 'x', Type: 'String' });
    return account;
  }

  async close(): Promise<void> {
    await this.cloud.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Deploys all stacks, or only some. @throws Error with stack, resource and reason */
  async deploy(config: PipelineConfig, ...stacks: readonly string[]): Promise<void> {
    const assembly = this.assembly(config);
    await this.cloud.deploy(stacks.length > 0 ? only(assembly, stacks) : assembly);
  }

  /** Deploys until a stack fails, with all of its changes made. */
  async deployUntil(config: PipelineConfig, stack: string): Promise<void> {
    await this.cloud.deploy(failingAtTheEnd(this.assembly(config), stack, TAKEN));
  }

  /** Synthesises a configuration, once. @returns the folder of the stage's assembly @throws Error if it is not valid */
  assembly(config: PipelineConfig): string {
    const key = JSON.stringify(config);
    const known = this.assemblies.get(key);
    if (known !== undefined) return known;
    // The assets of all assemblies are in one folder, so that each is copied once.
    const made = join(this.folder, 'assemblies', String(this.assemblies.size));
    renameSync(synthesise(config, dirname(made)), made);
    this.assemblies.set(key, made);
    return made;
  }

  /** Stacks of a pipeline that exist. */
  async stacks(config: PipelineConfig): Promise<Stack[]> {
    const { Stacks = [] } = await this.cfn.describeStacks({});
    return Stacks.filter(({ StackName }) => StackName!.startsWith(`${resourcePrefix(config)}-`));
  }

  /** Resources of a pipeline's stacks. */
  async resources(config: PipelineConfig): Promise<ReadonlyMap<string, Deployed>> {
    const all = new Map<string, Deployed>();
    for (const { StackName } of await this.stacks(config)) {
      const { StackResources = [] } = await this.cfn.describeStackResources({ StackName });
      for (const { LogicalResourceId, ResourceType, PhysicalResourceId } of StackResources)
        all.set(`${StackName}/${LogicalResourceId}`, {
          type: ResourceType!,
          physicalId: PhysicalResourceId!,
        });
    }
    return all;
  }

  /** Continues a rollback that stopped, without the resources at which it stopped. */
  async continueRollback(StackName: string): Promise<void> {
    const { StackResources = [] } = await this.cfn.describeStackResources({ StackName });
    const ResourcesToSkip = StackResources.filter(
      ({ ResourceStatus }) => ResourceStatus === 'UPDATE_FAILED',
    ).map(({ LogicalResourceId }) => LogicalResourceId!);
    await this.cfn.continueUpdateRollback({ StackName, ResourcesToSkip });
    await this.settled(StackName);
  }

  /** Lets a protected stack be deleted. */
  async unprotect(StackName: string): Promise<void> {
    await this.cfn.updateTerminationProtection({ StackName, EnableTerminationProtection: false });
  }

  /** What a stack has, as the AWS CLI prints it. */
  async listed(StackName: string): Promise<object> {
    return this.cfn.listStackResources({ StackName });
  }

  /** Deletes the endpoint of {@link serve}. */
  async stopServing(config: PipelineConfig): Promise<void> {
    const sagemaker = new SageMaker(this.cloud.clientOptions());
    const EndpointName = endpointNameOf(resourcePrefix(config));
    await sagemaker.deleteEndpoint({ EndpointName });
    await until(
      'the endpoint is deleted',
      async () => (await sagemaker.listEndpoints({})).Endpoints!.length === 0,
    );
  }

  /** Deletes a stack. @returns its last status */
  async remove(StackName: string): Promise<string> {
    const { StackId } = (await this.cfn.describeStacks({ StackName })).Stacks![0]!;
    await this.cfn.deleteStack({ StackName });
    return this.settled(StackId!);
  }

  /** Returns the status when the operation has ended; until then, the cloud's answer takes a while. */
  private async settled(StackName: string): Promise<string> {
    for (;;) {
      const [stack] = (await this.cfn.describeStacks({ StackName })).Stacks!;
      if (!stack!.StackStatus!.endsWith('_IN_PROGRESS')) return stack!.StackStatus!;
    }
  }

  /** Brings an endpoint into service as a run would: in the pipeline's network, under the role of its models. */
  async serve(config: PipelineConfig): Promise<void> {
    const resources = await this.resources(config);
    const find = (type: string, id: RegExp) =>
      [...resources].flatMap(([key, { type: of, physicalId }]) =>
        of === `AWS::${type}` && id.test(key) ? [physicalId] : [],
      );
    const [repository] = find('ECR::Repository', /Inference/);
    const [role] = find('IAM::Role', /Model/);
    const [bucket] = find('S3::Bucket', /Artifacts/);
    const { account, region } = this.cloud;
    const uri = `${account}.dkr.ecr.${region}.amazonaws.com/${repository}`;
    const digest = await pushProgram(coreOf(this.cloud), `${uri}:1`, SERVER);
    const client = this.cloud.clientOptions();
    const key = 'runs/run-1/models/model.tar.gz';
    await new S3({ ...client, forcePathStyle: true }).putObject({
      ...{ Bucket: bucket, Key: key },
      Body: await this.archive(),
    });
    const sagemaker = new SageMaker(client);
    const name = endpointNameOf(resourcePrefix(config));
    const groups = find('EC2::SecurityGroup', /-Network-.*\/Models/);
    await sagemaker.createModel({
      ModelName: name,
      ExecutionRoleArn: `arn:aws:iam::${account}:role/${role}`,
      PrimaryContainer: { Image: `${uri}@${digest}`, ModelDataUrl: `s3://${bucket}/${key}` },
      ...(groups.length > 0 && {
        VpcConfig: { Subnets: find('EC2::Subnet', /-Network-/), SecurityGroupIds: groups },
      }),
    });
    const variant = { VariantName: 'v', ModelName: name, InstanceType: 'ml.m5.large' as const };
    await sagemaker.createEndpointConfig({
      EndpointConfigName: name,
      ProductionVariants: [{ ...variant, InitialInstanceCount: 1 }],
    });
    await sagemaker.createEndpoint({ EndpointName: name, EndpointConfigName: name });
    const status = async () => (await sagemaker.describeEndpoint({ EndpointName: name })).EndpointStatus;
    await until(`endpoint ${name} is created`, async () => (await status()) !== 'Creating');
    if ((await status()) !== 'InService') {
      const { FailureReason } = await sagemaker.describeEndpoint({ EndpointName: name });
      throw new Error(`the endpoint is ${await status()}: ${FailureReason}`);
    }
  }

  /** Returns the archive of a model, with a file. */
  private async archive(): Promise<Buffer> {
    writeFileSync(join(this.folder, 'model'), 'x');
    const file = join(this.folder, 'model.tar.gz');
    await create({ gzip: true, cwd: this.folder, file }, ['model']);
    return readFileSync(file);
  }
}
