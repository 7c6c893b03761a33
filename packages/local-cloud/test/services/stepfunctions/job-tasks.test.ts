import { ServiceError } from '../../../src/model/errors';
import { codebuild, sagemaker, stopped } from './fakes';
import { stateMachineCloud, type StateMachineCloud } from './state-machine-cloud';

let here: StateMachineCloud;
const denied = new Set<string>();

beforeAll(async () => {
  here = await stateMachineCloud([sagemaker, codebuild], {
    authorizer:
      () =>
      ({ principal, action, resources }) => {
        if (denied.has(action)) {
          const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resources.join()}`;
          throw new ServiceError('AccessDeniedException', message, { status: 400 });
        }
      },
  });
});
afterEach(() => denied.clear());
afterAll(() => here.close());

const TRAIN = 'arn:aws:states:::sagemaker:createTrainingJob';

const training = (TrainingJobName: string) => ({
  TrainingJobName,
  RoleArn: 'arn:aws:iam::123456789012:role/Job',
  AlgorithmSpecification: { TrainingImage: 'image', TrainingInputMode: 'File' },
  OutputDataConfig: { S3OutputPath: 's3://bucket/' },
  ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 1 },
  StoppingCondition: { MaxRuntimeInSeconds: 60 },
});

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

test('without .sync only the request is sent', async () => {
  const { output } = await here.task(TRAIN, training('open'));
  expect(output).toEqual({ TrainingJobArn: 'arn:aws:sagemaker:us-east-1:123456789012:training-job/open' });
});

test('the history has the request’s response before the end', async () => {
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
    const state = { Type: 'Task', Resource: `${TRAIN}.sync`, Arguments: training('complete-3'), End: true };
    const made = await here.machine({ Do: state });
    denied.add(action);
    const { error, cause } = await here.ended(await here.start(made));
    expect(error).toBe('SageMaker.AmazonSageMakerException');
    expect(cause).toContain(
      `${action} on resource: arn:aws:events:us-east-1:123456789012:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule`,
    );
    await expect(here.machine({ Again: state })).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: "'arn:aws:iam::123456789012:role/Machine' is not authorized to create managed-rule.",
    });
  },
);

test.each([
  ['the execution is stopped', {}, 'ABORTED'],
  ['the task times out', { TimeoutSeconds: 1 }, 'FAILED'],
])('the job is stopped with the role when %s', async (_, more, status) => {
  const name = `endless-${status.toLowerCase()}`;
  const state = { Type: 'Task', Resource: `${TRAIN}.sync`, Arguments: training(name), End: true, ...more };
  const executionArn = await here.start(await here.machine({ Do: state }));
  await here.event(({ detail }) => detail.TrainingJobName === name);
  if (status === 'ABORTED') await here.client.stopExecution({ executionArn });
  expect((await here.ended(executionArn)).status).toBe(status);
  await here.event(({ detail }) => detail.TrainingJobName === name && detail.TrainingJobStatus === 'Stopped');
  expect(stopped).toContain(`${name} by arn:aws:iam::123456789012:role/Machine`);
});

test('a build has PascalCase input and output', async () => {
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
