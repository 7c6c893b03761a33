import type { Build } from '@aws-sdk/client-codebuild';
import type { DescribeTrainingJobResponse } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../../../local/core/cloud';
import { ServiceError } from '../../../../local/core/errors';
import type { Service } from '../../../../local/core/service';
import { studio, type Studio } from './studio';

let here: Studio;
const denied = new Set<string>();
const stopped: string[] = [];
const jobs = new Map<string, DescribeTrainingJobResponse>();
const builds = new Map<string, Build>();

/** Answers what its payload asks for. */
const lambda = (): Service<'lambda'> => ({
  id: 'lambda',
  operations: {
    async Invoke({ FunctionName, Payload }) {
      const event = JSON.parse(Buffer.from(Payload as Uint8Array).toString()) as { do?: string };
      const answer = (payload: unknown, FunctionError?: string) => ({
        ...{ StatusCode: 200, ExecutedVersion: '$LATEST', FunctionError },
        Payload: Buffer.from(payload === undefined ? '' : JSON.stringify(payload)),
      });
      if (event.do === 'fail') return answer({ errorType: 'NotGoodEnough', errorMessage: 'no' }, 'Unhandled');
      if (event.do === 'crash') return answer({ errorMessage: 'gone' }, 'Unhandled');
      if (event.do === 'throttle')
        throw new ServiceError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 });
      if (event.do === 'nothing') return answer(undefined);
      return answer({ FunctionName, event });
    },
  },
});

function trainingJob(
  name: string,
  status: DescribeTrainingJobResponse['TrainingJobStatus'],
  cloud: Cloud,
): void {
  const job = jobs.get(name)!;
  job.TrainingJobStatus = status;
  const { TrainingJobName, TrainingJobArn } = job;
  cloud.events.publish({
    source: 'aws.sagemaker',
    detailType: 'SageMaker Training Job State Change',
    detail: { TrainingJobName, TrainingJobStatus: status },
    resources: [TrainingJobArn!],
  });
}

/** Jobs that end at once as their name says, or stay in progress. */
const sagemaker = (cloud: Cloud): Service<'sagemaker'> => ({
  id: 'sagemaker',
  operations: {
    async CreateTrainingJob(input) {
      const { TrainingJobName: name = '' } = input;
      if (name === 'quota') throw new ServiceError('ResourceLimitExceeded', 'The account-level limit is 0.');
      if (name === 'invalid') throw new ServiceError('ValidationException', 'No such role.');
      if (name === 'unplayed')
        throw new ServiceError('NotImplemented', 'The local cloud does not support it.', { status: 501 });
      const TrainingJobArn = cloud.arn('sagemaker', `training-job/${name}`);
      jobs.set(name, {
        ...input,
        TrainingJobArn,
        SecondaryStatus: 'Training',
        ModelArtifacts: { S3ModelArtifacts: '' },
        CreationTime: new Date(1_700_000_000_000),
      } as DescribeTrainingJobResponse);
      trainingJob(name, 'InProgress', cloud);
      const end = ({ complete: 'Completed', fail: 'Failed', stop: 'Stopped' } as const)[name.split('-')[0]!];
      if (end) trainingJob(name, end, cloud);
      return { TrainingJobArn };
    },
    async DescribeTrainingJob({ TrainingJobName }) {
      return jobs.get(TrainingJobName!)!;
    },
    async StopTrainingJob({ TrainingJobName }, { principal }) {
      stopped.push(`${TrainingJobName} by ${principal.roleArn}`);
      trainingJob(TrainingJobName!, 'Stopped', cloud);
      return {};
    },
  },
});

const codebuild = (cloud: Cloud): Service<'codebuild'> => ({
  id: 'codebuild',
  operations: {
    async StartBuild({ projectName }) {
      const id = `${projectName}:1`;
      const build: Build = { id, arn: cloud.arn('codebuild', `build/${id}`), buildStatus: 'IN_PROGRESS' };
      builds.set(id, { ...build, buildStatus: projectName === 'good' ? 'SUCCEEDED' : 'FAILED' });
      setImmediate(() =>
        cloud.events.publish({
          source: 'aws.codebuild',
          detailType: 'CodeBuild Build State Change',
          detail: { 'build-status': builds.get(id)!.buildStatus },
          resources: [build.arn!],
        }),
      );
      return { build };
    },
    async BatchGetBuilds({ ids = [] }) {
      return { builds: ids.map((id) => builds.get(id)!) };
    },
  },
});

beforeAll(async () => {
  here = await studio([lambda, sagemaker, codebuild], {
    authorize: ({ principal, action, resources }) => {
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
const TRAIN = 'arn:aws:states:::sagemaker:createTrainingJob';
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:news';

const training = (TrainingJobName: string) => ({
  TrainingJobName,
  RoleArn: 'arn:aws:iam::123456789012:role/Job',
  AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' },
  OutputDataConfig: { S3OutputPath: 's3://bucket/' },
  ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
});

describe('lambda:invoke', () => {
  test('gives the payload and has the answer around it', async () => {
    const { output } = await here.task(LAMBDA, { FunctionName: 'f', Payload: { a: 1 } });
    expect(output).toMatchObject({
      ...{ StatusCode: 200, ExecutedVersion: '$LATEST' },
      Payload: { FunctionName: 'f', event: { a: 1 } },
      SdkHttpMetadata: { HttpStatusCode: 200 },
    });
  });

  test("a function's own ARN has the payload alone", async () => {
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

  test('a function may answer nothing', async () => {
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

  test('an object is its JSON text, and comes back as text', async () => {
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

  test('every call is in the name of the role', async () => {
    denied.add('ssm:GetParameter');
    const { error, cause } = await here.task(`${SDK}ssm:getParameter`, { Name: '/rate' });
    expect(error).toBe('Ssm.AccessDeniedException');
    expect(cause).toMatch(/assumed-role\/Machine\/[\w-]+ is not authorized to perform: ssm:GetParameter/);
  });
});

describe('jobs', () => {
  test.each(['complete', 'stop'])('one that ends as "%s" succeeds with its description', async (name) => {
    const { status, output } = await here.task(`${TRAIN}.sync`, training(name));
    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({
      TrainingJobName: name,
      TrainingJobArn: expect.stringContaining(name),
      TrainingJobStatus: name === 'stop' ? 'Stopped' : 'Completed',
      CreationTime: 1_700_000_000_000,
    });
  });

  test('one that fails is a failed task with the description as the cause', async () => {
    const { error, cause } = await here.task(`${TRAIN}.sync`, training('fail'));
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause!)).toMatchObject({ TrainingJobName: 'fail', TrainingJobStatus: 'Failed' });
  });

  test('without .sync only the request is made', async () => {
    const { output } = await here.task(TRAIN, training('open'));
    expect(output).toEqual({ TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/open' });
  });

  test('the history has the request’s answer before the end', async () => {
    const executionArn = await here.start(
      await here.machine({
        Do: { Type: 'Task', Resource: `${TRAIN}.sync`, Arguments: training('complete-2'), End: true },
      }),
    );
    await here.ended(executionArn);
    const types = (await here.history(executionArn)).map(({ type }) => type);
    expect(types.filter((type) => type!.startsWith('Task') && !type!.startsWith('TaskState'))).toEqual([
      'TaskScheduled',
      'TaskStarted',
      'TaskSubmitted',
      'TaskSucceeded',
    ]);
  });

  test.each([
    ['quota', 'SageMaker.ResourceLimitExceededException'],
    ['invalid', 'SageMaker.AmazonSageMakerException'],
    ['unplayed', 'States.Runtime'],
  ])('a refusal (%s) is %s', async (name, error) => {
    expect((await here.task(`${TRAIN}.sync`, training(name))).error).toBe(error);
  });

  test.each(['events:PutRule', 'events:PutTargets', 'events:DescribeRule'])(
    '.sync needs %s on its rule',
    async (action) => {
      denied.add(action);
      const { error, cause } = await here.task(`${TRAIN}.sync`, training('complete-3'));
      expect(error).toBe('SageMaker.AmazonSageMakerException');
      expect(cause).toContain(
        `${action} on resource: arn:aws:events:us-east-1:123456789012:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule`,
      );
    },
  );

  test.each([
    ['the execution is stopped', {}, 'ABORTED'],
    ['the task’s time is over', { TimeoutSeconds: 1 }, 'FAILED'],
  ])('the job is stopped in the role’s name when %s', async (_, more, status) => {
    const name = `endless-${status.toLowerCase()}`;
    const state = { Type: 'Task', Resource: `${TRAIN}.sync`, Arguments: training(name), End: true, ...more };
    const executionArn = await here.start(await here.machine({ Do: state }));
    await here.event(({ detail }) => detail.TrainingJobName === name);
    if (status === 'ABORTED') await here.client.stopExecution({ executionArn });
    expect((await here.ended(executionArn)).status).toBe(status);
    await here.event(
      ({ detail }) => detail.TrainingJobName === name && detail.TrainingJobStatus === 'Stopped',
    );
    expect(stopped).toContain(`${name} by arn:aws:iam::123456789012:role/Machine`);
  });

  test('a build has PascalCase in and out', async () => {
    const start = (ProjectName: string) =>
      here.task('arn:aws:states:::codebuild:startBuild.sync', { ProjectName });
    expect(await start('good')).toMatchObject({
      status: 'SUCCEEDED',
      output: { Build: { Id: 'good:1', BuildStatus: 'SUCCEEDED' } },
    });
    const failed = await start('bad');
    expect(failed.error).toBe('States.TaskFailed');
    expect(JSON.parse(failed.cause!)).toMatchObject({ Build: { Id: 'bad:1', BuildStatus: 'FAILED' } });
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

  test('an event may have JSON as its detail, and one that is refused fails the task', async () => {
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

  test('an answer ends the task, once', async () => {
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

  test('a refusal fails the task', async () => {
    const { executionArn, taskToken } = await waiting();
    await here.client.sendTaskFailure({ taskToken, error: 'Refused', cause: 'by the team' });
    expect(await here.ended(executionArn)).toMatchObject({
      status: 'FAILED',
      error: 'Refused',
      cause: 'by the team',
    });
  });

  test('a token that was never given', async () => {
    await expect(here.client.sendTaskHeartbeat({ taskToken: 'x' })).rejects.toMatchObject({
      name: 'InvalidToken',
    });
  });
});
