import { ListObjectsV2Command, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import {
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  DescribeModelCommand,
} from '@aws-sdk/client-sagemaker';
import { PublishCommand } from '@aws-sdk/client-sns';
import { GetParametersByPathCommand } from '@aws-sdk/client-ssm';
import type { Champion } from '../../../lib/contract/run';
import { CHAMPION } from '../../templates/support/dry-run';
import { gate } from '../decide/gate-evaluation';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

setEnvironment({
  ...{ DATA_BUCKET: 'data', ARTIFACTS_BUCKET: 'artifacts', HYPERPARAMETER_PATH: '/p', TOPIC_ARN: 'topic' },
  ...{
    RESOURCE_PREFIX: 'mlops-dev',
    ENVIRONMENT_NAME: 'dev',
    DATA_PREFIX: 'data/',
    SCHEMA_KEY: 'schema.json',
  },
  ...{
    IMAGE_HASHES: { preprocessing: 'p', training: 't', inference: 'i' },
    MAX_SHARDS: 2,
    GIT_COMMIT: 'c0ffee',
  },
  ...{ VOLUMES: { given: {}, trainingCopies: true, testFraction: 0.2 }, GATE: gate },
  SETTINGS: {
    bucketOfTeam: false,
    production: {
      endpointName: 'mlops-dev-endpoint',
      inferenceRepositoryUri: '1.dkr.ecr.eu-west-1.amazonaws.com/serve',
    },
  },
});
let handler: typeof import('../../../lambda/initiate').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/initiate/index.ts')));

const aws = fakeClients();
const request = { runId: 'run-9', executionArn: 'arn:aws:states:eu-west-1:1:execution:M:run-9', input: {} };
const SCHEMA = JSON.stringify({ label: 'kind', features: ['a'] });
const ROWS = 'a,kind\n1,x\n2,y\n';

/** @param answer of SNS; undefined: no mail is expected */
function account(champion: object | null, writes: readonly string[], answer?: object): void {
  aws.expect(
    GetParametersByPathCommand,
    { Path: '/p', Recursive: true },
    {
      Parameters: [{ Name: '/p/training/epochs', Value: '3' }],
      NextToken: 'next',
    },
  );
  aws.expect(GetParametersByPathCommand, { Path: '/p', Recursive: true, NextToken: 'next' }, {});
  const version = { VersionId: 'v1', IsLatest: true };
  const data = [{ ...version, Key: 'data/1.csv', Size: ROWS.length }];
  aws.expect(ListObjectVersionsCommand, { Bucket: 'data', Prefix: 'data/' }, { Versions: data });
  const schema = [{ ...version, Key: 'schema.json', Size: SCHEMA.length }];
  aws.expect(ListObjectVersionsCommand, { Bucket: 'data', Prefix: 'schema.json' }, { Versions: schema });
  aws.bucket('data', { 'schema.json?versionId=v1': SCHEMA, 'data/1.csv?versionId=v1': ROWS });
  const none = { 'challenger.json': null, 'rejections/*': null };
  aws.bucket('artifacts', { 'champion.json': champion, ...none }, writes);
  const text = expect.any(String) as string;
  if (answer) aws.expect(PublishCommand, { TopicArn: 'topic', Subject: text, Message: text }, answer);
}
const KEY = 'runs/run-0/models/job/output/model.tar.gz';

/** The champion is in service, and nothing of it is gone. */
function serves({ modelName, endpointConfigName, inferenceImage, modelDataUrl }: Champion): void {
  aws.expect(ListObjectsV2Command, { Bucket: 'artifacts', Prefix: KEY }, { Contents: [{ Key: KEY }] });
  const PrimaryContainer = { Image: inferenceImage, ModelDataUrl: modelDataUrl };
  aws.expect(DescribeModelCommand, { ModelName: modelName }, { PrimaryContainer });
  const ProductionVariants = [{ ModelName: modelName }];
  aws.expect(
    DescribeEndpointConfigCommand,
    { EndpointConfigName: endpointConfigName },
    { ProductionVariants },
  );
  aws.expect(
    DescribeEndpointCommand,
    { EndpointName: 'mlops-dev-endpoint' },
    { EndpointStatus: 'InService', EndpointConfigName: endpointConfigName },
  );
}
const writes = ['manifest.json', 'schema/schema.json', 'shards/0.manifest'].map(
  (name) => `runs/run-9/${name}`,
);

test('a run that starts and one with nothing to do are planned and counted', async () => {
  account(null, writes, {});
  const plan = await handler(request);
  expect(plan).toMatchObject({ changed: true, trainingHyperparameters: { epochs: '3' } });
  expect(aws.metrics).toMatchObject({ RunsStarted: 1 });

  const champion = { ...CHAMPION, modelDataUrl: `s3://artifacts/${KEY}`, fingerprint: plan.fingerprint };
  account(champion, []);
  serves(champion);
  expect(await handler(request)).toMatchObject({ changed: false, restore: null });
  expect(aws.metrics).toMatchObject({ RunsUnchanged: 1, RunsCompleted: 1 });
});

test('a mail that cannot be sent fails the function', async () => {
  account(null, writes, serviceError('AuthorizationErrorException'));
  await expect(handler(request)).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
  expect(aws.logs).toMatchObject([{ runId: 'run-9', error: 'AuthorizationErrorException' }]);
  expect(aws.metrics).toEqual({});
});
