import { input, TransformGround, type Change } from './transform-ground';

const lines = { SplitType: 'Line' as const };
let ground: TransformGround;

beforeAll(async () => {
  ground = await TransformGround.open();
});
afterEach(() => ground.denied.clear());
afterAll(() => ground.shop.close());

test('each object has its result, in folders as before', async () => {
  const { job, results, ...description } = await ground.run({ 'a.csv': '1,2', 'more/b.csv': '3\n4\n' });
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
    ground.shop.events
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
  const job = `job-${ground.jobs + 1}`;
  const { results } = await ground.run(
    { a: body },
    { TransformInput: input(`in/${job}/`, lines), ...change },
  );
  expect(results).toEqual({ 'a.out': expected });
});

test('each answer has a line where that is asked for', async () => {
  const name = `job-${ground.jobs + 1}`;
  const { results } = await ground.run(
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
  const name = `job-${ground.jobs + 1}`;
  const { results } = await ground.run(
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
  const { TransformJobStatus, FailureReason, results } = await ground.run({ a: '1', b: body, c: '3' });
  expect(TransformJobStatus).toBe('Failed');
  expect(FailureReason).toBe(`${kind}: See job logs for more information`);
  expect(results).toEqual({ 'a.out': 'good(1)', 'c.out': 'good(3)' });
  expect(await ground.log()).toMatch(log);
});

test('a record above the payload spoils its object', async () => {
  const job = `job-${ground.jobs + 1}`;
  const { FailureReason, results } = await ground.run(
    { a: 'x'.repeat(1_048_577), b: 'y' },
    { MaxPayloadInMB: 1, TransformInput: input(`in/${job}/`, lines) },
  );
  expect(FailureReason).toBe('ClientError: See job logs for more information');
  expect(results).toEqual({ 'b.out': 'good(y)' });
});

test('a request is tried again as often as is said', async () => {
  expect((await ground.run({ a: 'flaky' })).results).toEqual({ 'a.out': 'good(flaky)' });
});

test.each<[string, Change, string]>([
  ['ends in the middle', {}, 'die'],
  ['does not start', { ModelName: 'broken' }, '1'],
])('a container that %s fails the job', async (_, change, body) => {
  const { TransformJobStatus, FailureReason, results } = await ground.run({ a: body, b: '2' }, change);
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
  ground.denied.add(action);
  const job = await ground.start({ a: '1' });
  const { TransformJobStatus, FailureReason } = await ground.ended(job);
  expect(TransformJobStatus).toBe('Failed');
  expect(FailureReason).toMatch(reason);
});

test('a prefix without objects fails the job', async () => {
  const { FailureReason } = await ground.run({});
  expect(FailureReason).toMatch(/^ClientError: .*No S3 objects found under S3 URL "s3:\/\/bucket\/in\/job-/);
});
