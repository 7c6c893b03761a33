import { input, TransformFixture, type Change } from './transform-fixture';

const lines = { SplitType: 'Line' as const };
let fixture: TransformFixture;

beforeAll(async () => {
  fixture = await TransformFixture.open();
});
afterEach(() => fixture.denied.clear());
afterAll(() => fixture.jobsCloud.close());

test('each object has its result, in the same folders', async () => {
  const { job, results, ...description } = await fixture.run({ 'a.csv': '1,2', 'more/b.csv': '3\n4\n' });
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
    fixture.jobsCloud.events
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
    'several records in a request',
    { BatchStrategy: 'SingleRecord', MaxConcurrentTransforms: 3 },
    'a\nb\nc\nd',
    'good(a)good(b)good(c)good(d)',
  ],
  ['the batches that the container requests', { ModelName: 'modest' }, 'a\nb', 'modest(a)modest(b)'],
])('lines are sent as %s', async (_, change, body, expected) => {
  const job = `job-${fixture.jobs + 1}`;
  const { results } = await fixture.run(
    { a: body },
    { TransformInput: input(`in/${job}/`, lines), ...change },
  );
  expect(results).toEqual({ 'a.out': expected });
});

test('each response has its own line if requested', async () => {
  const name = `job-${fixture.jobs + 1}`;
  const { results } = await fixture.run(
    { a: 'x\ny' },
    {
      BatchStrategy: 'SingleRecord',
      TransformInput: input(`in/${name}/`, lines),
      TransformOutput: { S3OutputPath: `s3://bucket/out/${name}/`, AssembleWith: 'Line' },
    },
  );
  expect(results).toEqual({ 'a.out': 'good(x)\ngood(y)\n' });
});

test('the container gets the variables of a batch job, with the job’s environment over the model’s', async () => {
  const name = `job-${fixture.jobs + 1}`;
  const { results } = await fixture.run(
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
])('%s fails one object and the job, not the other objects', async (_, body, kind, log) => {
  const { TransformJobStatus, FailureReason, results } = await fixture.run({ a: '1', b: body, c: '3' });
  expect(TransformJobStatus).toBe('Failed');
  expect(FailureReason).toBe(`${kind}: See job logs for more information`);
  expect(results).toEqual({ 'a.out': 'good(1)', 'c.out': 'good(3)' });
  expect(await fixture.log()).toMatch(log);
});

test('a record above the payload fails its object', async () => {
  const job = `job-${fixture.jobs + 1}`;
  const { FailureReason, results } = await fixture.run(
    { a: 'x'.repeat(1_048_577), b: 'y' },
    { MaxPayloadInMB: 1, TransformInput: input(`in/${job}/`, lines) },
  );
  expect(FailureReason).toBe('ClientError: See job logs for more information');
  expect(results).toEqual({ 'b.out': 'good(y)' });
});

test('a request is retried as often as configured', async () => {
  expect((await fixture.run({ a: 'flaky' })).results).toEqual({ 'a.out': 'good(flaky)' });
});

test.each<[string, Change, string]>([
  ['ends in the middle', {}, 'die'],
  ['does not start', { ModelName: 'broken' }, '1'],
])('a container that %s fails the job', async (_, change, body) => {
  const { TransformJobStatus, FailureReason, results } = await fixture.run({ a: body, b: '2' }, change);
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
  fixture.denied.add(action);
  const job = await fixture.start({ a: '1' });
  const { TransformJobStatus, FailureReason } = await fixture.ended(job);
  expect(TransformJobStatus).toBe('Failed');
  expect(FailureReason).toMatch(reason);
});

test('a prefix without objects fails the job', async () => {
  const { FailureReason } = await fixture.run({});
  expect(FailureReason).toMatch(/^ClientError: .*No S3 objects found under S3 URL "s3:\/\/bucket\/in\/job-/);
});
