import { CloudFormation, waitUntilStackCreateComplete, type Stack } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { ECR } from '@aws-sdk/client-ecr';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { STS } from '@aws-sdk/client-sts';
import { App } from 'aws-cdk-lib';
import { startLocalCloud, type LocalCloud } from 'local-cloud';
import { runProgram } from 'local-cloud/testing';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { context } from '../../cdk.json';
import { NO_TRIGGERS, pipelineId, resourcePrefix, type PipelineConfig } from '../../lib/config';
import { PipelineStage } from '../../lib/stacks/pipeline-stage';
import { mlops } from '../cli/operator';
import { story } from '../runs/story';
import { dev, local } from '../support/configs';

/** What holds data outlives failures and mistakes, and is really deleted where it should not be retained. */

let folder: string;
let cloud: LocalCloud;
let cfn: CloudFormation;
let s3: S3;
let ecr: ECR;
let sagemaker: SageMaker;

beforeAll(async () => {
  process.env.CDK_VALIDATION = 'false';
  folder = mkdtempSync(join(tmpdir(), 'storage-'));
  cloud = await startLocalCloud({ stateDirectory: join(folder, 'state'), python: 'python3', apiPort: 0 });
  // With the roles that the CDK CLI assumes.
  const template = require.resolve('aws-cdk/lib/api/bootstrap/bootstrap-template.yaml');
  await cloud.bootstrap(readFileSync(template, 'utf8'));
  const client = cloud.clientOptions();
  cfn = new CloudFormation(client);
  s3 = new S3({ ...client, forcePathStyle: true });
  ecr = new ECR(client);
  sagemaker = new SageMaker(client);
});
afterAll(async () => {
  await cloud?.close();
  rmSync(folder, { recursive: true, force: true });
});

let deployments = 0;
/** @returns the folder of its assembly */
function synthesise(config: PipelineConfig): string {
  const outdir = join(folder, `assembly-${++deployments}`);
  const app = new App({ outdir, context });
  const quiet = { ...config, triggers: NO_TRIGGERS };
  const protectedBy = { account: cloud.account };
  new PipelineStage(app, pipelineId(config), { config: quiet, gitCommit: 'c0ffee', protectedBy });
  app.synth();
  return outdir;
}

function deploy(config: PipelineConfig): Promise<Record<string, string>> {
  return cloud.deploy(join(synthesise(config), `assembly-${pipelineId(config)}`));
}

/** DescribeStacks answers when the operation has ended, or after a while. */
async function deleted(StackName: string): Promise<Stack> {
  const { StackId } = (await cfn.describeStacks({ StackName })).Stacks![0]!;
  await cfn.deleteStack({ StackName });
  for (;;) {
    const [stack] = (await cfn.describeStacks({ StackName: StackId })).Stacks!;
    if (!stack!.StackStatus!.endsWith('_IN_PROGRESS')) return stack!;
  }
}

async function bucketsOf(prefix: string): Promise<string[]> {
  const { Buckets = [] } = await s3.listBuckets({});
  return Buckets.map(({ Name }) => Name!).filter((name) => name.startsWith(prefix));
}

describe('a first deployment that failed', () => {
  const ModelPackageGroupName = resourcePrefix(dev);
  const { step } = story();

  step('leaves nothing behind', async () => {
    // SageMaker generates no names, so a group of this name is in the way.
    await sagemaker.createModelPackageGroup({ ModelPackageGroupName });
    await expect(deploy(dev)).rejects.toThrow(/already exist/i);
    expect(await bucketsOf(ModelPackageGroupName)).toEqual([]);
    const { repositories } = await ecr.describeRepositories({});
    expect(
      repositories!.filter(({ repositoryName }) => repositoryName!.startsWith(ModelPackageGroupName)),
    ).toEqual([]);
  });

  step('can be repeated', async () => {
    await sagemaker.deleteModelPackageGroup({ ModelPackageGroupName });
    await deploy(dev);
    expect(await bucketsOf(ModelPackageGroupName)).toHaveLength(3);
  });
});

describe('retained data', () => {
  const prefix = resourcePrefix(dev);
  let retained: object;
  const { step } = story();

  step('is protected from deletion with the stack', async () => {
    for (const name of ['Inference', 'Pipeline']) await deleted(`${prefix}-${name}`);
    await expect(cfn.deleteStack({ StackName: `${prefix}-Storage` })).rejects.toThrow(
      /TerminationProtection/,
    );
  });

  step('protection is what the delivery may change, of this stack only', async () => {
    // The role of the delivery's build, which CodeBuild would assume.
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { AWS: cloud.account } };
    const role = {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'mlops-delivery-protection',
        AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
        Policies: [
          {
            PolicyName: 'Assume',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [
                {
                  ...{ Effect: 'Allow', Action: 'sts:AssumeRole' },
                  Resource: `arn:aws:iam::${cloud.account}:role/${prefix}-protection`,
                },
              ],
            },
          },
        ],
      },
    };
    await cfn.createStack({
      StackName: 'Delivery',
      TemplateBody: JSON.stringify({ Resources: { Role: role } }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    await waitUntilStackCreateComplete(
      { client: cfn, maxWaitTime: 60, minDelay: 1 },
      { StackName: 'Delivery' },
    );
    const client = cloud.clientOptions();
    const assume = async (name: string, options: object) => {
      const RoleArn = `arn:aws:iam::${cloud.account}:role/${name}`;
      const sts = new STS({ ...client, ...options });
      const { Credentials } = await sts.assumeRole({ RoleArn, RoleSessionName: 'build' });
      const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials!;
      return {
        credentials: {
          ...{ accessKeyId: AccessKeyId!, secretAccessKey: SecretAccessKey! },
          sessionToken: SessionToken!,
        },
      };
    };
    await expect(assume(`${prefix}-protection`, {})).rejects.toThrow(/not authorized/);
    const build = await assume('mlops-delivery-protection', {});
    const acting = new CloudFormation({ ...client, ...(await assume(`${prefix}-protection`, build)) });
    const protect = (StackName: string, EnableTerminationProtection: boolean) =>
      acting.updateTerminationProtection({ StackName, EnableTerminationProtection });
    await expect(protect('Delivery', true)).rejects.toThrow(/not authorized/);
    await expect(acting.deleteStack({ StackName: `${prefix}-Storage` })).rejects.toThrow(/not authorized/);
    await protect(`${prefix}-Storage`, false);
    const isProtected = async () =>
      (await cfn.describeStacks({ StackName: `${prefix}-Storage` })).Stacks![0]!.EnableTerminationProtection;
    expect(await isProtected()).toBe(false);
    await protect(`${prefix}-Storage`, true);
    expect(await isProtected()).toBe(true);
  });

  step('outlives the stack, and is not emptied by mistake', async () => {
    expect(await mlops(cloud, ['empty', '--environment', 'dev', '--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('retainData of "table-dev" is true') as string,
    });
    const StackName = `${prefix}-Storage`;
    await cfn.updateTerminationProtection({ StackName, EnableTerminationProtection: false });
    retained = await cfn.listStackResources({ StackName });
    expect(await deleted(StackName)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    expect(await bucketsOf(prefix)).toHaveLength(3);
    const { ModelPackageGroupSummaryList } = await sagemaker.listModelPackageGroups({});
    expect(ModelPackageGroupSummaryList).toHaveLength(1);
  });

  step('is imported by the commands of the runbook, and found by the next deployment', async () => {
    const before = await bucketsOf(prefix);
    const [, script] = /^node -e '\n(.*?)\n' > mapping.json$/ms.exec(
      readFileSync('docs/runbook.md', 'utf8'),
    )!;
    writeFileSync(join(folder, 'retained.json'), JSON.stringify(retained));
    const mapping = execFileSync(process.execPath, ['-e', script!], { cwd: folder, encoding: 'utf8' });
    writeFileSync(join(folder, 'mapping.json'), mapping);
    const { endpoint, region, credentials } = cloud.clientOptions();
    const env = {
      ...process.env,
      ...{ AWS_ENDPOINT_URL: endpoint, AWS_REGION: region, HOME: folder },
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      CDK_DISABLE_CLI_TELEMETRY: '1',
    };
    const args = ['import', 'table-dev/Storage', '--resource-mapping', 'mapping.json'];
    const flags = ['--app', synthesise(dev), '--no-color', '--no-notices', '--ci'];
    const cdk = await runProgram(require.resolve('aws-cdk/bin/cdk'), [...args, ...flags], {
      env,
      cwd: folder,
    });
    if (cdk.code !== 0) throw new Error(cdk.output);
    const StackName = `${prefix}-Storage`;
    const [stack] = (await cfn.describeStacks({ StackName })).Stacks!;
    expect(stack!.StackStatus).toBe('IMPORT_COMPLETE');
    const { DataBucketName } = await deploy(dev);
    expect(await bucketsOf(prefix)).toEqual(before);
    expect(before).toContain(DataBucketName);
  });
});

describe('data that is not retained', () => {
  const prefix = resourcePrefix(local);
  const { step } = story();
  const empty = (...more: string[]) => mlops(cloud, ['empty', '--environment', 'local', '--json', ...more]);
  let outputs: Record<string, string>;

  step('is there: versions of objects, an image, a version in the registry, and a model', async () => {
    outputs = await deploy(local);
    const Bucket = outputs.DataBucketName!;
    for (const Body of ['1', '2']) await s3.putObject({ Bucket, Key: 'data/a.csv', Body });
    await s3.deleteObject({ Bucket, Key: 'data/a.csv' });
    await s3.putObject({ Bucket: outputs.ArtifactsBucketName!, Key: 'champion.json', Body: '{}' });
    const { repositories = [] } = await ecr.describeRepositories({});
    const { repositoryName } = repositories.find(({ repositoryName: name }) => name!.startsWith(prefix))!;
    const manifest = { mediaType: 'application/vnd.docker.distribution.manifest.v2+json', layers: [] };
    await ecr.putImage({ repositoryName, imageManifest: JSON.stringify(manifest), imageTag: 'x' });
    await sagemaker.createModelPackage({
      ModelPackageGroupName: prefix,
      InferenceSpecification: {
        Containers: [{ Image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/x:1' }],
        SupportedContentTypes: ['text/csv'],
        SupportedResponseMIMETypes: ['text/csv'],
      },
    });
  });

  step('is deleted after the stacks that write it', async () => {
    expect(await empty('--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`stack "${prefix}-Inference" exists`) as string,
    });
    for (const name of ['Inference', 'Pipeline'])
      expect(await deleted(`${prefix}-${name}`)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
    // CloudFormation keeps what has contents: so the command comes before.
    expect(await deleted(`${prefix}-Storage`)).toMatchObject({ StackStatus: 'DELETE_FAILED' });
  });

  step('is counted, and then deleted with the stack', async () => {
    const counted = JSON.parse((await empty()).stdout) as { deleted: boolean; objects: object };
    expect(counted).toMatchObject({ deleted: false, modelPackages: [expect.any(String)] });
    expect(Object.values(counted.objects)).toEqual([3, 1, 0]);
    expect(await empty('--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(await deleted(`${prefix}-Storage`)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
  });

  step('leaves nothing', async () => {
    expect(await bucketsOf(prefix)).toEqual([]);
    const { repositories = [] } = await ecr.describeRepositories({});
    expect(repositories.filter(({ repositoryName }) => repositoryName!.startsWith(prefix))).toEqual([]);
    const { ModelPackageGroupSummaryList = [] } = await sagemaker.listModelPackageGroups({});
    expect(
      ModelPackageGroupSummaryList.filter(({ ModelPackageGroupName }) => ModelPackageGroupName === prefix),
    ).toEqual([]);
    const { logGroups = [] } = await new CloudWatchLogs(cloud.clientOptions()).describeLogGroups({});
    expect(logGroups.filter(({ logGroupName }) => logGroupName!.includes(prefix))).toEqual([]);
    const kms = new KMS(cloud.clientOptions());
    const { Keys = [] } = await kms.listKeys({});
    const states = await Promise.all(
      Keys.map(async ({ KeyId }) => (await kms.describeKey({ KeyId })).KeyMetadata!.KeyState),
    );
    // The key of the retained data stays.
    expect(states.filter((state) => state === 'Enabled')).toHaveLength(1);
  });
});
