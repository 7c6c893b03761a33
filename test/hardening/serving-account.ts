import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { ECR } from '@aws-sdk/client-ecr';
import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import type { LocalCloud } from 'local-cloud';
import { coreOf, pushProgram } from 'local-cloud/testing';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';

export const BUCKET = 'artifacts';
export const ENDPOINT = 'endpoint';
export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:pipeline';

/** Answers SageMaker's health checks. */
const SERVER = `require('node:http').createServer((request, response) => response.end())
  .listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');`;

const allow = (Action: string, more: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, ...more }],
});

const RESOURCES = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'serving',
      AssumeRolePolicyDocument: allow('sts:AssumeRole', {
        Principal: { Service: 'sagemaker.amazonaws.com' },
      }),
      Policies: [{ PolicyName: 'all', PolicyDocument: allow('*', { Resource: '*' }) }],
    },
  },
  Bucket: {
    Type: 'AWS::S3::Bucket',
    Properties: { BucketName: BUCKET, VersioningConfiguration: { Status: 'Enabled' } },
  },
};

/**
 * Adds a bucket and models, each with its artifact and its endpoint configuration; the last one serves.
 *
 * @returns the image of the models
 */
export async function addServing(cloud: LocalCloud, models: readonly string[]): Promise<string> {
  const options = cloud.clientOptions();
  const sagemaker = new SageMaker(options);
  await stack(cloud, 'serving', { Resources: RESOURCES });
  const { repository } = await new ECR(options).createRepository({ repositoryName: 'programs' });
  const uri = repository!.repositoryUri!;
  const image = `${uri}@${await pushProgram(coreOf(cloud), `${uri}:1`, SERVER)}`;
  const Body = await archive();
  const s3 = new S3({ ...options, forcePathStyle: true });
  for (const name of models) {
    const Key = `${name}/model.tar.gz`;
    await s3.putObject({ Bucket: BUCKET, Key, Body });
    await sagemaker.createModel({
      ModelName: name,
      ExecutionRoleArn: `arn:aws:iam::${cloud.account}:role/serving`,
      PrimaryContainer: { Image: image, ModelDataUrl: `s3://${BUCKET}/${Key}` },
    });
    await configure(sagemaker, name, [name]);
  }
  await sagemaker.createModelPackageGroup({ ModelPackageGroupName: 'models' });
  await sagemaker.createEndpoint({ EndpointName: ENDPOINT, EndpointConfigName: models.at(-1) });
  return image;
}

export async function configure(
  sagemaker: SageMaker,
  EndpointConfigName: string,
  models: readonly string[],
): Promise<void> {
  const ProductionVariants = models.map((ModelName) => ({
    ...{ VariantName: ModelName, ModelName, InstanceType: 'ml.m5.large' as const, InitialInstanceCount: 1 },
  }));
  await sagemaker.createEndpointConfig({ EndpointConfigName, ProductionVariants });
}

/** Creates a stack, and waits until it is created. */
export async function stack(cloud: LocalCloud, StackName: string, template: object): Promise<void> {
  const cfn = new CloudFormation(cloud.clientOptions());
  const TemplateBody = JSON.stringify(template);
  await cfn.createStack({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] });
  for (;;) {
    const { StackStatus, StackStatusReason } = (await cfn.describeStacks({ StackName })).Stacks![0]!;
    if (StackStatus === 'CREATE_COMPLETE') return;
    if (StackStatus !== 'CREATE_IN_PROGRESS') throw new Error(`${StackStatus}: ${StackStatusReason}`);
  }
}

async function archive(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'archive-'));
  try {
    await create({ file: join(folder, 'model.tar.gz'), gzip: true, cwd: __dirname }, ['serving-account.ts']);
    return readFileSync(join(folder, 'model.tar.gz'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
