import { ServiceError } from '../../../src/model/errors';
import { lambda } from './fakes';
import { stateMachineCloud, type StateMachineCloud } from './state-machine-cloud';

let here: StateMachineCloud;
const denied = new Set<string>();

beforeAll(async () => {
  here = await stateMachineCloud([lambda], {
    authorizer:
      () =>
      ({ principal, action, resources }) => {
        if (denied.has(action)) {
          const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resources.join()}`;
          throw new ServiceError('AccessDeniedException', message, { status: 400 });
        }
      },
  });
  const { cloud } = here.here;
  const operator = { principal: cloud.principals.operator };
  await cloud.call('s3', 'CreateBucket', { Bucket: 'bucket' }, operator);
  await cloud.call('ssm', 'PutParameter', { Name: '/rate', Value: '0.1', Type: 'String' }, operator);
  await cloud.call('sns', 'CreateTopic', { Name: 'news' }, operator);
  await cloud.call('ecr', 'CreateRepository', { repositoryName: 'app' }, operator);
});
afterEach(() => denied.clear());
afterAll(() => here.close());

const SDK = 'arn:aws:states:::aws-sdk:';
const LAMBDA = 'arn:aws:states:::lambda:invoke';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:news';

describe('lambda:invoke', () => {
  test('sends the payload and returns the whole response', async () => {
    const { output } = await here.task(LAMBDA, { FunctionName: 'f', Payload: { a: 1 } });
    expect(output).toMatchObject({
      ...{ StatusCode: 200, ExecutedVersion: '$LATEST' },
      Payload: { FunctionName: 'f', event: { a: 1 } },
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
  });

  test("a function's own ARN returns only the payload", async () => {
    expect((await here.task(FUNCTION, { a: 1 })).output).toEqual({ FunctionName: FUNCTION, event: { a: 1 } });
  });

  test.each([
    ['fail', 'NotGoodEnough', /^\{"errorType":"NotGoodEnough","errorMessage":"no"\}$/],
    ['crash', 'Lambda.Unknown', /gone/],
    [
      'throttle',
      'Lambda.TooManyRequestsException',
      /^Rate Exceeded\. \(Service: AWSLambda; Status Code: 429; Error Code: TooManyRequestsException;/,
    ],
  ])('%s is the error %s', async (what, error, cause) => {
    const ended = await here.task(LAMBDA, { FunctionName: 'f', Payload: { do: what } });
    expect(ended).toMatchObject({ status: 'FAILED', error, cause: expect.stringMatching(cause) });
  });

  test('a function may return nothing', async () => {
    const { output } = await here.task(LAMBDA, { FunctionName: 'f', Payload: { do: 'nothing' } });
    expect(output).toMatchObject({ Payload: null });
  });
});

describe('aws-sdk', () => {
  test.each<[string, unknown, object]>([
    [
      'ssm:getParameter',
      { Name: '/rate' },
      {
        Parameter: {
          Name: '/rate',
          Value: '0.1',
          Arn: expect.stringMatching(/^arn:/),
          LastModifiedDate: expect.stringMatching(/^\d{4}-.*Z$/),
        },
      },
    ],
    [
      'ecr:describeRepositories',
      { RepositoryNames: ['app'] },
      { Repositories: [{ RepositoryName: 'app', CreatedAt: expect.stringMatching(/Z$/) }] },
    ],
    ['s3:putObject', { Bucket: 'bucket', Key: 'k', Body: { a: [1, 'ü'] } }, { ETag: expect.any(String) }],
  ])('%s', async (action, args, output) => {
    expect(await here.task(SDK + action, args)).toMatchObject({ status: 'SUCCEEDED', output });
  });

  test('an object is sent as its JSON text, and returned as text', async () => {
    await here.task(`${SDK}s3:putObject`, { Bucket: 'bucket', Key: 'json', Body: { a: 1 } });
    const { output } = await here.task(`${SDK}s3:getObject`, { Bucket: 'bucket', Key: 'json' });
    expect(output).toMatchObject({ Body: '{"a":1}', ContentLength: 7 });
  });

  test.each<[string, unknown, string, RegExp]>([
    [
      's3:getObject',
      { Bucket: 'bucket', Key: 'none' },
      'S3.NoSuchKeyException',
      /^The specified key does not exist\. \(Service: S3, Status Code: 404, Request ID: [\w-]+\)$/,
    ],
    [
      'ssm:getParameter',
      { Name: '/none' },
      'Ssm.ParameterNotFoundException',
      /Service: Ssm, Status Code: 400/,
    ],
    [
      'sns:getTopicAttributes',
      { TopicArn: `${TOPIC}s` },
      'Sns.NotFoundException',
      /Service: Sns, Status Code: 404/,
    ],
    [
      'ssm:getParameter',
      { name: '/rate' },
      'States.Runtime',
      /could not be used to start the Task: \[The field "name" is not supported by Step Functions/,
    ],
  ])('%s %j fails as %s', async (action, args, error, cause) => {
    expect(await here.task(SDK + action, args)).toMatchObject({
      status: 'FAILED',
      error,
      cause: expect.stringMatching(cause),
    });
  });

  test('every call uses the role', async () => {
    denied.add('ssm:GetParameter');
    const { error, cause } = await here.task(`${SDK}ssm:getParameter`, { Name: '/rate' });
    expect(error).toBe('Ssm.AccessDeniedException');
    expect(cause).toMatch(/assumed-role\/Machine\/[\w-]+ is not authorized to perform: ssm:GetParameter/);
  });
});

describe('other optimized integrations', () => {
  test('a message may be JSON', async () => {
    const { status, output } = await here.task('arn:aws:states:::sns:publish', {
      TopicArn: TOPIC,
      Message: { a: 1 },
    });
    expect([status, output]).toEqual([
      'SUCCEEDED',
      expect.objectContaining({ MessageId: expect.any(String) }),
    ]);
  });

  test('an event may have JSON as its detail, and a refused event fails the task', async () => {
    const put = (Source: string) =>
      here.task('arn:aws:states:::events:putEvents', {
        Entries: [{ Source, DetailType: 't', Detail: { a: 1 } }],
      });
    expect(await put('mine')).toMatchObject({ status: 'SUCCEEDED', output: { FailedEntryCount: 0 } });
    const event = await here.event(({ source }) => source === 'mine');
    expect(event.detail).toEqual({ a: 1 });
    expect(await put('aws.mine')).toMatchObject({
      error: 'EventBridge.FailedEntry',
      cause: expect.stringContaining('ErrorCode'),
    });
  });

  test('another execution is started, or run to its end with its output as JSON', async () => {
    const double = { Double: { Type: 'Pass', Output: { twice: '{% $states.input.n * 2 %}' }, End: true } };
    const StateMachineArn = await here.machine(double);
    const run = (pattern: string) =>
      here.task(`arn:aws:states:::states:startExecution${pattern}`, { StateMachineArn, Input: { n: 4 } });
    expect((await run('')).output).toMatchObject({ ExecutionArn: expect.stringContaining(':execution:') });
    expect((await run('.sync:2')).output).toMatchObject({
      Status: 'SUCCEEDED',
      Input: { n: 4 },
      Output: { twice: 8 },
    });
    const failing = await here.machine({ No: { Type: 'Fail', Error: 'Inner', Cause: 'why' } });
    const failed = await here.task('arn:aws:states:::states:startExecution.sync:2', {
      StateMachineArn: failing,
    });
    expect(failed.error).toBe('States.TaskFailed');
    expect(JSON.parse(failed.cause!)).toMatchObject({ Status: 'FAILED', Error: 'Inner', Cause: 'why' });
  });
});

describe('task tokens', () => {
  async function waiting() {
    const stateMachineArn = await here.machine({
      Ask: {
        ...{ Type: 'Task', Resource: `${SDK}ssm:putParameter.waitForTaskToken`, End: true },
        Arguments: {
          Name: '/token',
          Value: '{% $states.context.Task.Token %}',
          Type: 'String',
          Overwrite: true,
        },
      },
    });
    const changes = here.events.length;
    const executionArn = await here.start(stateMachineArn);
    await here.event((event) => here.events.indexOf(event) >= changes && event.source === 'aws.ssm');
    const caller = { principal: here.here.cloud.principals.operator };
    const { Parameter } = await here.here.cloud.call('ssm', 'GetParameter', { Name: '/token' }, caller);
    return { executionArn, taskToken: Parameter!.Value! };
  }

  test('a success ends the task, once', async () => {
    const { executionArn, taskToken } = await waiting();
    await expect(here.client.sendTaskSuccess({ taskToken, output: '{' })).rejects.toMatchObject({
      name: 'InvalidOutput',
    });
    await here.client.sendTaskHeartbeat({ taskToken });
    await here.client.sendTaskSuccess({ taskToken, output: '{"approved": true}' });
    expect(await here.ended(executionArn)).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"approved":true}',
    });
    await expect(here.client.sendTaskSuccess({ taskToken, output: '1' })).rejects.toMatchObject({
      name: 'TaskTimedOut',
    });
  });

  test('a failure fails the task', async () => {
    const { executionArn, taskToken } = await waiting();
    await here.client.sendTaskFailure({ taskToken, error: 'Refused', cause: 'by the team' });
    expect(await here.ended(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'Refused',
      cause: 'by the team',
    });
  });

  test('an unknown token', async () => {
    await expect(here.client.sendTaskHeartbeat({ taskToken: 'x' })).rejects.toMatchObject({
      name: 'InvalidToken',
    });
  });
});
