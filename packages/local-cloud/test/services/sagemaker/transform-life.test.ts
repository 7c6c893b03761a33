import { SFN } from '@aws-sdk/client-sfn';
import { input, TransformGround } from './transform-ground';

let ground: TransformGround;

beforeAll(async () => {
  ground = await TransformGround.open();
});
afterAll(() => ground.shop.close());

test('a state machine waits for its job', async () => {
  const sfn = new SFN(ground.shop.here.client);
  const job = (name: string, body: string) => ({
    ...{ Type: 'Task', Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync' },
    Arguments: {
      ...{ TransformJobName: name, ModelName: 'good', ModelClientConfig: { InvocationsMaxRetries: 0 } },
      TransformInput: input(`states/${body}`),
      TransformOutput: { S3OutputPath: 's3://bucket/out/states' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    },
  });
  for (const body of ['fine', 'bug']) await ground.shop.put(`states/${body}`, body);
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
  await ground.shop.event(
    ({ resources, detail }) => resources[0] === executionArn && detail.status === 'FAILED',
  );
  const { error, cause } = await sfn.describeExecution({ executionArn });
  expect(error).toBe('States.TaskFailed');
  expect(JSON.parse(cause!)).toMatchObject({
    ...{ TransformJobName: 'bad-job', TransformJobStatus: 'Failed' },
    FailureReason: 'AlgorithmError: See job logs for more information',
  });
  expect(await ground.shop.get('out/states/fine.out')).toBe('good(fine)');
});

test('a job that is stopped writes no more', async () => {
  const job = await ground.start({ a: '1', b: 'never', c: '3' });
  await ground.shop.until(async () => (await ground.log().catch(() => '')).includes('waiting'));
  await ground.client.stopTransformJob({ TransformJobName: job });
  expect(await ground.ended(job)).toMatchObject({ TransformJobStatus: 'Stopped' });
  expect(await ground.results(job)).toEqual({ 'a.out': 'good(1)' });
  await expect(ground.client.stopTransformJob({ TransformJobName: job })).rejects.toThrow(
    /in status Stopped/,
  );
});

test('jobs are listed, the newest first', async () => {
  const { TransformJobSummaries = [], NextToken } = await ground.client.listTransformJobs({ MaxResults: 2 });
  expect(TransformJobSummaries.map(({ TransformJobName }) => TransformJobName)).toEqual([
    `job-${ground.jobs}`,
    'bad-job',
  ]);
  const next = await ground.client.listTransformJobs({ MaxResults: 1, NextToken });
  expect(next.TransformJobSummaries?.[0]?.TransformJobName).toBe('good-job');
  const stopped = await ground.client.listTransformJobs({ StatusEquals: 'Stopped' });
  expect(stopped.TransformJobSummaries).toHaveLength(1);
});

test('a job that ran when the cloud was closed has failed', async () => {
  const job = await ground.start({ a: 'never' });
  await ground.restart();
  expect(await ground.client.describeTransformJob({ TransformJobName: job })).toMatchObject({
    TransformJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the local cloud ended while the job ran',
  });
});
