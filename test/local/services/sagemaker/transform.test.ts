import { SageMaker, type CreateTransformJobCommandInput } from '@aws-sdk/client-sagemaker';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from 'tar';
import { SFN } from '@aws-sdk/client-sfn';
import { ServiceError } from '../../../../local/core/errors';
import { stepfunctions } from '../../../../local/services/stepfunctions';
import { ROLE, workshop, type Workshop } from '../../jobs/workshop';

/** Answers each request with its model's word and the request; some records make it misbehave. */
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const word = fs.readFileSync(path.join(process.env.SAGEMAKER_BASE_DIR, 'model/word'), 'utf8');
if (word === 'broken') process.exit(4);
let failures = 0;
require('node:http').createServer((request, response) => {
  if (request.url === '/ping') return response.end();
  if (request.url === '/execution-parameters') {
    return word === 'modest' ? response.end('{"BatchStrategy": "SINGLE_RECORD", "MaxPayloadInMB": 1}') : response.writeHead(404).end();
  }
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    if (body === 'bad') return response.writeHead(400).end('no such feature');
    if (body === 'bug') return response.writeHead(500).end('oops');
    if (body === 'flaky' && failures++ < 2) return response.writeHead(503).end();
    if (body === 'never') return console.log('waiting');
    if (body === 'die') process.exit(1);
    if (body === 'environment') body = [process.argv[2], process.env.MOOD, process.env.SIZE, process.env.SAGEMAKER_BATCH, process.env.SAGEMAKER_BATCH_STRATEGY, request.headers['content-type'], request.headers.accept].join();
    response.end(word + '(' + body + ')');
  });
}).listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

const denied = new Set<string>();
let shop: Workshop;
let client: SageMaker;
let image: string;
let jobs = 0;

beforeAll(async () => {
  shop = await workshop({
    services: [stepfunctions],
    cloud: {
      authorizer:
        () =>
        ({ principal, action, resources }) => {
          if (!principal.roleArn || !denied.has(action)) return;
          throw new ServiceError('AccessDenied', `${principal.arn} may not ${action} on ${resources.join()}`);
        },
    },
  });
  client = new SageMaker(shop.here.client);
  image = await shop.image(PROGRAM);
  for (const word of ['good', 'broken', 'modest']) {
    const folder = join(shop.here.stateDirectory, word);
    mkdirSync(folder);
    writeFileSync(join(folder, 'word'), word);
    await create({ gzip: true, cwd: folder, file: `${folder}.tar.gz` }, ['word']);
    const Body = readFileSync(`${folder}.tar.gz`);
    const object = { Bucket: 'bucket', Key: `models/${word}.tar.gz`, Body };
    await shop.here.cloud.call('s3', 'PutObject', object, { principal: shop.here.cloud.principals.operator });
    const container = { Image: image, ModelDataUrl: `s3://bucket/models/${word}.tar.gz` };
    const PrimaryContainer = { ...container, Environment: { MOOD: 'calm', SIZE: 'small' } };
    await client.createModel({ ModelName: word, ExecutionRoleArn: ROLE, PrimaryContainer });
  }
});
afterEach(() => denied.clear());
afterAll(() => shop.close());

type Change = Partial<CreateTransformJobCommandInput>;

/** Starts a job over its own prefix with these objects; results go to `out/<job>/`. */
async function start(objects: Record<string, string>, change: Change = {}): Promise<string> {
  const TransformJobName = `job-${++jobs}`;
  for (const [key, body] of Object.entries(objects)) await shop.put(`in/${TransformJobName}/${key}`, body);
  await client.createTransformJob({
    ...{ TransformJobName, ModelName: 'good', ModelClientConfig: { InvocationsMaxRetries: 2 } },
    TransformInput: input(`in/${TransformJobName}/`),
    TransformOutput: { S3OutputPath: `s3://bucket/out/${TransformJobName}` },
    TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    ...change,
  });
  return TransformJobName;
}

const input = (prefix: string, more: object = {}) => ({
  DataSource: { S3DataSource: { S3DataType: 'S3Prefix' as const, S3Uri: `s3://bucket/${prefix}` } },
  ...more,
});
const lines = { SplitType: 'Line' as const };

async function ended(TransformJobName: string) {
  await shop.event(
    ({ detail }) =>
      detail.TransformJobName === TransformJobName &&
      ['Completed', 'Failed', 'Stopped'].includes(String(detail.TransformJobStatus)),
  );
  return client.describeTransformJob({ TransformJobName });
}

async function results(job: string): Promise<Record<string, string>> {
  const keys = await shop.keys(`out/${job}/`);
  const texts = await Promise.all(keys.map((key) => shop.get(key)));
  return Object.fromEntries(keys.map((key, i) => [key.slice(`out/${job}/`.length), texts[i]!]));
}

const run = async (objects: Record<string, string>, change: Change = {}) => {
  const job = await start(objects, change);
  return { job, ...(await ended(job)), results: await results(job) };
};
const jobLog = async () => (await shop.log('/aws/sagemaker/TransformJobs')).join('\n');

test('each object has its result, in folders as before', async () => {
  const { job, results, ...description } = await run({ 'a.csv': '1,2', 'more/b.csv': '3\n4\n' });
  expect(results).toEqual({ 'a.csv.out': 'good(1,2)', 'more/b.csv.out': 'good(3\n4\n)' });
  expect(description).toMatchObject({
    TransformJobArn: `arn:aws:sagemaker:us-east-1:123456789012:transform-job/${job}`,
    ...{ TransformJobStatus: 'Completed', ModelName: 'good' },
    ...{
      CreationTime: expect.any(Date),
      TransformStartTime: expect.any(Date),
      TransformEndTime: expect.any(Date),
    },
  });
  expect(
    shop.events
      .filter(({ detail }) => detail.TransformJobName === job)
      .map((event) => [event['detail-type'], event.detail.TransformJobStatus]),
  ).toEqual([
    ['SageMaker Transform Job State Change', 'InProgress'],
    ['SageMaker Transform Job State Change', 'InProgress'],
    ['SageMaker Transform Job State Change', 'Completed'],
  ]);
});

test.each<[string, Change, string, string]>([
  ['batches', {}, 'a\nb\n', 'good(a\nb\n)'],
  ['records', { BatchStrategy: 'SingleRecord' }, 'a\nb\n', 'good(a)good(b)'],
  [
    'records, several at once',
    { BatchStrategy: 'SingleRecord', MaxConcurrentTransforms: 3 },
    'a\nb\nc\nd',
    'good(a)good(b)good(c)good(d)',
  ],
  ['records as the container asks', { ModelName: 'modest' }, 'a\nb', 'modest(a)modest(b)'],
])('lines go out as %s', async (_, change, body, expected) => {
  const job = `job-${jobs + 1}`;
  const { results } = await run({ a: body }, { TransformInput: input(`in/${job}/`, lines), ...change });
  expect(results).toEqual({ 'a.out': expected });
});

test('each answer has a line where that is asked for', async () => {
  const name = `job-${jobs + 1}`;
  const { results } = await run(
    { a: 'x\ny' },
    {
      BatchStrategy: 'SingleRecord',
      TransformInput: input(`in/${name}/`, lines),
      TransformOutput: { S3OutputPath: `s3://bucket/out/${name}/`, AssembleWith: 'Line' },
    },
  );
  expect(results).toEqual({ 'a.out': 'good(x)\ngood(y)\n' });
});

test('the container is served as a batch’s, with the job’s environment over the model’s', async () => {
  const name = `job-${jobs + 1}`;
  const { results } = await run(
    { a: 'environment' },
    {
      BatchStrategy: 'SingleRecord',
      Environment: { SIZE: 'large' },
      TransformInput: input(`in/${name}/`, { ...lines, ContentType: 'text/csv' }),
      TransformOutput: { S3OutputPath: `s3://bucket/out/${name}`, Accept: 'application/json' },
    },
  );
  expect(results).toEqual({
    'a.out': 'good(serve,calm,large,true,SINGLE_RECORD,text/csv,application/json)',
  });
});

test.each([
  [
    'data that the container refuses',
    'bad',
    'ClientError',
    /in\/job-\d+\/b: ClientError: 400\n.*Message:\n.*: no such feature/,
  ],
  ['a container that fails', 'bug', 'AlgorithmError', /Bad HTTP status received from algorithm: 500/],
])('%s spoils one object and the job, not the others', async (_, body, kind, log) => {
  const { TransformJobStatus, FailureReason, results } = await run({ a: '1', b: body, c: '3' });
  expect(TransformJobStatus).toBe('Failed');
  expect(FailureReason).toBe(`${kind}: See job logs for more information`);
  expect(results).toEqual({ 'a.out': 'good(1)', 'c.out': 'good(3)' });
  expect(await jobLog()).toMatch(log);
});

test('a record above the payload spoils its object', async () => {
  const job = `job-${jobs + 1}`;
  const { FailureReason, results } = await run(
    { a: 'x'.repeat(1_048_577), b: 'y' },
    { MaxPayloadInMB: 1, TransformInput: input(`in/${job}/`, lines) },
  );
  expect(FailureReason).toBe('ClientError: See job logs for more information');
  expect(results).toEqual({ 'b.out': 'good(y)' });
});

test('a request is tried again as often as is said', async () => {
  expect((await run({ a: 'flaky' })).results).toEqual({ 'a.out': 'good(flaky)' });
});

test.each<[string, Change, string]>([
  ['ends in the middle', {}, 'die'],
  ['does not start', { ModelName: 'broken' }, '1'],
])('a container that %s fails the job', async (_, change, body) => {
  const { TransformJobStatus, FailureReason, results } = await run({ a: body, b: '2' }, change);
  expect([TransformJobStatus, FailureReason]).toEqual([
    'Failed',
    'AlgorithmError: See job logs for more information',
  ]);
  expect(results).toEqual({});
});

test.each([
  ['s3:ListBucket', /^ClientError: Failed to list the input: .*s3:ListBucket/],
  ['s3:GetObject', /^ClientError: Failed to download model data from s3:\/\/bucket\/models\/good.tar.gz/],
  ['ecr:BatchGetImage', /^ClientError: Cannot pull image/],
  ['s3:PutObject', /^ClientError: See job logs/],
])('the model’s role needs %s', async (action, reason) => {
  denied.add(action);
  const job = await start({ a: '1' });
  const { TransformJobStatus, FailureReason } = await ended(job);
  expect(TransformJobStatus).toBe('Failed');
  expect(FailureReason).toMatch(reason);
});

test('a prefix without objects fails the job', async () => {
  const { FailureReason } = await run({});
  expect(FailureReason).toMatch(/^ClientError: .*No S3 objects found under S3 URL "s3:\/\/bucket\/in\/job-/);
});

test('a state machine waits for its job', async () => {
  const sfn = new SFN(shop.here.client);
  const job = (name: string, body: string) => ({
    ...{ Type: 'Task', Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync' },
    Arguments: {
      ...{ TransformJobName: name, ModelName: 'good', ModelClientConfig: { InvocationsMaxRetries: 0 } },
      TransformInput: input(`states/${body}`),
      TransformOutput: { S3OutputPath: 's3://bucket/out/states' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    },
  });
  for (const body of ['fine', 'bug']) await shop.put(`states/${body}`, body);
  const definition = {
    ...{ QueryLanguage: 'JSONata', StartAt: 'Good' },
    States: {
      Good: { ...job('good-job', 'fine'), Next: 'Bad' },
      Bad: { ...job('bad-job', 'bug'), End: true },
    },
  };
  const { stateMachineArn } = await sfn.createStateMachine({
    ...{ name: 'batch', roleArn: 'arn:aws:iam::123456789012:role/Machine' },
    definition: JSON.stringify(definition),
  });
  const { executionArn } = await sfn.startExecution({ stateMachineArn });
  await shop.event(({ resources, detail }) => resources[0] === executionArn && detail.status === 'FAILED');
  const { error, cause } = await sfn.describeExecution({ executionArn });
  expect(error).toBe('States.TaskFailed');
  expect(JSON.parse(cause!)).toMatchObject({
    ...{ TransformJobName: 'bad-job', TransformJobStatus: 'Failed' },
    FailureReason: 'AlgorithmError: See job logs for more information',
  });
  expect(await shop.get('out/states/fine.out')).toBe('good(fine)');
});

test('a job that is stopped writes no more', async () => {
  const job = await start({ a: '1', b: 'never', c: '3' });
  await shop.until(async () => (await jobLog().catch(() => '')).includes('waiting'));
  await client.stopTransformJob({ TransformJobName: job });
  expect(await ended(job)).toMatchObject({ TransformJobStatus: 'Stopped' });
  expect(await results(job)).toEqual({ 'a.out': 'good(1)' });
  await expect(client.stopTransformJob({ TransformJobName: job })).rejects.toThrow(/in status Stopped/);
});

test('jobs are listed, the newest first', async () => {
  const { TransformJobSummaries = [], NextToken } = await client.listTransformJobs({ MaxResults: 2 });
  expect(TransformJobSummaries.map(({ TransformJobName }) => TransformJobName)).toEqual([
    `job-${jobs}`,
    'bad-job',
  ]);
  const next = await client.listTransformJobs({ MaxResults: 1, NextToken });
  expect(next.TransformJobSummaries?.[0]?.TransformJobName).toBe('good-job');
  const stopped = await client.listTransformJobs({ StatusEquals: 'Stopped' });
  expect(stopped.TransformJobSummaries).toHaveLength(1);
});

test('a job that ran when the cloud was closed has failed', async () => {
  const job = await start({ a: 'never' });
  await shop.restart();
  client = new SageMaker(shop.here.client);
  expect(await client.describeTransformJob({ TransformJobName: job })).toMatchObject({
    TransformJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the machine was stopped',
  });
});
