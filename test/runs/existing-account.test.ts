import { ListTagsCommand, SageMaker } from '@aws-sdk/client-sagemaker';
import { rmSync } from 'node:fs';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import { assemblyOf } from './assembly';
import { BUCKET, deployLandingZone, type AccountFields } from './landing-zone';
import { story } from './story';
import { DeployedPipeline } from './support';

const TAGS = { team: 'fraud', 'cost-center': '42' };

/** The local environment in an account with rules of its own. */
const inAccount = ({ network, permissionsBoundary, keyArn }: AccountFields): PipelineConfig => ({
  ...local,
  ...{ network, permissionsBoundary, rolePath: '/ml/', tags: TAGS },
  data: { ...local.data, bucket: { name: BUCKET, keyArn } },
});

const SET = { 'training.epochs': '15' };

let pipeline: DeployedPipeline;
let fields: AccountFields;
let sagemaker: SageMaker;
const folders: string[] = [];

beforeAll(async () => {
  pipeline = await DeployedPipeline.open({
    config: { ...local, data: { ...local.data, bucket: { name: BUCKET } } },
    assembly: async (cloud) => {
      fields = await deployLandingZone(cloud, { versioned: true });
      const folder = assemblyOf(inAccount(fields));
      folders.push(folder);
      return folder;
    },
  });
  sagemaker = new SageMaker(pipeline.session.cloud.clientOptions());
});
afterAll(async () => {
  await pipeline.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Tags of what a run has created. */
async function tagsOf(ResourceArn: string): Promise<Record<string, string>> {
  const { Tags = [] } = await sagemaker.send(new ListTagsCommand({ ResourceArn }));
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key!, Value!]));
}

const { step, check } = story();

step('a run works with the VPC, the boundary, the path, the tags and the bucket of the account', async () => {
  expect(pipeline.session.createdBucket).toBeUndefined();
  expect(pipeline.session.outputs.DataBucketName).toBe(BUCKET);
  const { decision, message, prediction } = await pipeline.run({ set: SET });
  expect([decision, message]).toEqual(['deployed', expect.any(String)]);
  expect(prediction).toMatchObject({ difference: null });
});

check('everything that the run created is in the VPC, under roles of the path, with the tags', async () => {
  const { TrainingJobSummaries = [] } = await sagemaker.listTrainingJobs();
  const job = await sagemaker.describeTrainingJob({
    TrainingJobName: TrainingJobSummaries[0]!.TrainingJobName!,
  });
  const network = fields.network as Extract<PipelineConfig['network'], { vpcId: string }>;
  expect(job.VpcConfig!.Subnets).toEqual(network.subnets.map(({ subnetId }) => subnetId));
  expect(job.RoleArn).toContain(':role/ml/');

  const { ProcessingJobSummaries = [] } = await sagemaker.listProcessingJobs();
  const { Models = [] } = await sagemaker.listModels();
  const { EndpointConfigs = [] } = await sagemaker.listEndpointConfigs();
  const { Endpoints = [] } = await sagemaker.listEndpoints();
  const created = [
    job.TrainingJobArn!,
    ...ProcessingJobSummaries.map(({ ProcessingJobArn }) => ProcessingJobArn!),
    ...Models.map(({ ModelArn }) => ModelArn!),
    ...EndpointConfigs.map(({ EndpointConfigArn }) => EndpointConfigArn!),
    ...Endpoints.map(({ EndpointArn }) => EndpointArn!),
  ];
  expect(created).toHaveLength(6);
  for (const arn of created)
    expect([arn, await tagsOf(arn)]).toMatchObject([arn, { app: 'mlops', model: 'table', ...TAGS }]);
});

check('a boundary that allows less ends a run, in the words of AWS', async () => {
  const { cloud } = pipeline.session;
  await deployLandingZone(cloud, { versioned: true, without: ['s3:ListBucketVersions'] });
  try {
    const { decision, message } = await pipeline.run({ force: true, set: SET });
    expect(decision).toBe('failed');
    expect(message).toContain('no permissions boundary allows the s3:ListBucketVersions action');
  } finally {
    await deployLandingZone(cloud, { versioned: true });
  }
});

check('a bucket without versions ends a run, with the remedy', async () => {
  await deployLandingZone(pipeline.session.cloud, { versioned: false });
  const { decision, error, message } = await pipeline.run({ force: true, set: SET });
  expect([decision, error]).toEqual(['failed', 'InvalidData']);
  expect(message).toContain(
    `data.bucket.name is "${BUCKET}", whose versioning is Suspended; must be Enabled`,
  );
});
