import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import { ECR } from '@aws-sdk/client-ecr';
import { KMS } from '@aws-sdk/client-kms';
import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { SNS } from '@aws-sdk/client-sns';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Remains } from '../../cli/teardown/leftovers';
import { resourcePrefix, type PipelineConfig } from '../../lib/config';
import { mlops } from '../cli/operator';
import { assemblyOf } from '../runs/assembly';
import { story } from '../runs/story';
import { DeployedPipeline } from '../runs/support';
import { local } from '../support/configs';

/** docs/teardown.md: the plan has everything that a pipeline leaves, and its commands leave nothing. */

/** Debian's package `awscli`; it does not know AWS_ENDPOINT_URL. */
const AWS = '/usr/bin/aws';
const config: PipelineConfig = {
  ...local,
  retainData: true,
  endpoint: {
    ...local.endpoint,
    dataCapturePercent: 0,
    serving: {
      ...(local.endpoint.serving as Extract<PipelineConfig['endpoint']['serving'], { kind: 'realtime' }>),
      scaling: {
        ...{ minInstances: 1, maxInstances: 2, invocationsPerInstance: 600 },
        ...{ scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 },
      },
    },
  },
};
const prefix = resourcePrefix(config);
const JOB_LOGS = /^\/aws\/sagemaker\/(Processing|Training|Transform)Jobs$/;

let pipeline: DeployedPipeline;
beforeAll(async () => {
  pipeline = await DeployedPipeline.open({ config, assembly: assemblyOf(config) });
});
afterAll(() => pipeline?.close());

const client = () => pipeline.session.cloud.clientOptions();

async function plan(): Promise<Remains> {
  const { stdout, stderr } = await mlops(pipeline.session.cloud, ['teardown', '--plan', '--json']);
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout) as Remains;
}

const names = ({ left }: Remains, ...kinds: string[]) =>
  left
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ name }) => name)
    .sort();

/** What runs create, by the services' own lists: nothing else is in the account. */
async function created() {
  const sagemaker = new SageMaker(client());
  const { Endpoints = [] } = await sagemaker.listEndpoints({});
  const { EndpointConfigs = [] } = await sagemaker.listEndpointConfigs({});
  const { Models = [] } = await sagemaker.listModels({});
  return {
    endpoints: Endpoints.map(({ EndpointName }) => EndpointName!).sort(),
    configurations: EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName!).sort(),
    models: Models.map(({ ModelName }) => ModelName!).sort(),
  };
}

/** What stacks retain, by the services' own lists. */
async function kept() {
  const { Buckets = [] } = await new S3({ ...client(), forcePathStyle: true }).listBuckets({});
  const { repositories = [] } = await new ECR(client()).describeRepositories({});
  const { Topics = [] } = await new SNS(client()).listTopics({});
  const { logGroups = [] } = await new CloudWatchLogs(client()).describeLogGroups({});
  const { ModelPackageGroupSummaryList: groups = [] } = await new SageMaker(client()).listModelPackageGroups(
    {},
  );
  const kms = new KMS(client());
  const { Keys = [] } = await kms.listKeys({});
  const states = await Promise.all(
    Keys.map(async ({ KeyId }) => (await kms.describeKey({ KeyId })).KeyMetadata!),
  );
  return {
    // Without that of the bootstrap, which is the account's.
    buckets: Buckets.map(({ Name }) => Name!)
      .filter((name) => name.startsWith(prefix))
      .sort(),
    repositories: repositories.map(({ repositoryName }) => repositoryName!).sort(),
    topics: Topics.map(({ TopicArn }) => TopicArn!).sort(),
    logs: logGroups
      .map(({ logGroupName }) => logGroupName!)
      .filter((name) => !JOB_LOGS.test(name))
      .sort(),
    registries: groups.map(({ ModelPackageGroupName }) => ModelPackageGroupName!),
    keys: states
      .filter(({ KeyState }) => KeyState === 'Enabled')
      .map(({ KeyId }) => KeyId!)
      .sort(),
  };
}

const { step } = story();

step('lists what a run created, while the stacks own the rest', async () => {
  expect((await pipeline.run()).decision).toBe('deployed');
  const found = await plan();
  expect(found.stacks).toEqual(['Inference', 'Pipeline', 'Storage'].map((name) => `${prefix}-${name}`));
  const { endpoints, configurations, models } = await created();
  expect(endpoints).toHaveLength(1);
  expect(names(found, 'endpoint')).toEqual(endpoints);
  expect(names(found, 'endpoint configuration')).toEqual(configurations);
  expect(names(found, 'model')).toEqual(models);
  expect(names(found, 'model version')).toEqual([expect.stringMatching(/model-package\/.*\/1$/)]);
  expect(names(found, 'scalable target')).toEqual([`endpoint/${endpoints[0]}/variant/primary`]);
  expect(names(found, 'log group')).toEqual([`/aws/sagemaker/Endpoints/${endpoints[0]}`]);
  expect(names(found, 'bucket', 'repository', 'topic', 'key', 'registry')).toEqual([]);
  const shared = found.shared.map(({ name }) => name).filter((name) => JOB_LOGS.test(name));
  expect(shared).toHaveLength(2);
});

step(
  'a bucket has more versions than one call deletes, with longer names than fit into an argument',
  async () => {
    const s3 = new S3({ ...client(), forcePathStyle: true });
    const [Bucket] = (await kept()).buckets.filter((name) => name.includes('storedata'));
    for (let first = 0; first < 1_001; first += 91)
      await Promise.all(
        Array.from({ length: 91 }, (_, index) =>
          s3.putObject({ Bucket, Key: `${'a'.repeat(200)}/${first + index}`, Body: 'x' }),
        ),
      );
  },
);

step('lists what the deleted stacks kept, too', async () => {
  const cfn = new CloudFormation(client());
  await cfn.updateTerminationProtection({
    StackName: `${prefix}-Storage`,
    EnableTerminationProtection: false,
  });
  for (const name of ['Inference', 'Pipeline', 'Storage']) {
    const { StackId } = (await cfn.describeStacks({ StackName: `${prefix}-${name}` })).Stacks![0]!;
    await cfn.deleteStack({ StackName: StackId });
    // DescribeStacks answers when the operation has ended, or after a while.
    for (let status = ''; status !== 'DELETE_COMPLETE'; ) {
      status = (await cfn.describeStacks({ StackName: StackId })).Stacks![0]!.StackStatus!;
      if (status === 'DELETE_FAILED') throw new Error(`${name} is ${status}`);
    }
  }
  const found = await plan();
  expect(found.stacks).toEqual([]);
  const { buckets, repositories, topics, logs, registries, keys } = await kept();
  expect(buckets).toHaveLength(3);
  expect(names(found, 'bucket')).toEqual(buckets);
  expect(names(found, 'repository')).toEqual(repositories);
  expect(names(found, 'topic')).toEqual(topics);
  expect(names(found, 'registry')).toEqual(registries);
  expect(names(found, 'key')).toEqual(keys);
  expect(names(found, 'log group')).toEqual(logs);
});

// Skipped by name, as what the operator's commands do cannot be tested without the AWS CLI.
(existsSync(AWS) ? step : test.skip)(`its commands leave nothing (${AWS} runs them)`, async () => {
  const { endpoint, region, credentials } = client();
  const { stdout: script } = await mlops(pipeline.session.cloud, ['teardown', '--plan']);
  const aws = `aws() { ${AWS} --endpoint-url ${endpoint} --region ${region} "$@"; }`;
  await promisify(execFile)('bash', ['-ec', `${aws}\n${script}`], {
    env: {
      ...process.env,
      ...{ AWS_ACCESS_KEY_ID: credentials.accessKeyId, AWS_PAGER: '' },
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  expect((await plan()).left).toEqual([]);
  expect(await created()).toEqual({ endpoints: [], configurations: [], models: [] });
  expect(await kept()).toEqual({
    ...{ buckets: [], repositories: [], topics: [], logs: [], registries: [], keys: [] },
  });
  const { MetricAlarms } = await new CloudWatch(client()).describeAlarms({});
  expect(MetricAlarms).toEqual([]);
});
