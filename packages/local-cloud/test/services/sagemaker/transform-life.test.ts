import { SFN } from '@aws-sdk/client-sfn';
import { input, TransformFixture } from './transform-fixture';

let fixture: TransformFixture;

beforeAll(async () => {
  fixture = await TransformFixture.open();
});
afterAll(() => fixture.jobsCloud.close());

test('a state machine waits for its job', async () => {
  const sfn = new SFN(fixture.jobsCloud.here.client);
  const job = (name: string, body: string) => ({
    ...{ Type: 'Task', Resource: 'arn:aws:states:::sagemaker:createTransformJob.sync' },
    Arguments: {
      ...{ TransformJobName: name, ModelName: 'good', ModelClientConfig: { InvocationsMaxRetries: 0 } },
      TransformInput: input(`states/${body}`),
      TransformOutput: { S3OutputPath: 's3://bucket/out/states' },
      TransformResources: { InstanceType: 'ml.m5.large', InstanceCount: 1 },
    },
  });
  for (const body of ['fine', 'bug']) await fixture.jobsCloud.put(`states/${body}`, body);
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
  await fixture.jobsCloud.event(
    ({ resources, detail }) => resources[0] === executionArn && detail.status === 'FAILED',
  );
  const { error, cause } = await sfn.describeExecution({ executionArn });
  expect(error).toBe('States.TaskFailed');
  expect(JSON.parse(cause!)).toMatchObject({
    ...{ TransformJobName: 'bad-job', TransformJobStatus: 'Failed' },
    FailureReason: 'AlgorithmError: See job logs for more information',
  });
  expect(await fixture.jobsCloud.get('out/states/fine.out')).toBe('good(fine)');
});

test('a stopped job writes no more results', async () => {
  const job = await fixture.start({ a: '1', b: 'never', c: '3' });
  await fixture.jobsCloud.until(async () => (await fixture.log().catch(() => '')).includes('waiting'));
  await fixture.client.stopTransformJob({ TransformJobName: job });
  expect(await fixture.ended(job)).toMatchObject({ TransformJobStatus: 'Stopped' });
  expect(await fixture.results(job)).toEqual({ 'a.out': 'good(1)' });
  await expect(fixture.client.stopTransformJob({ TransformJobName: job })).rejects.toThrow(
    /in status Stopped/,
  );
});

test('jobs are listed, the newest first', async () => {
  const { TransformJobSummaries = [], NextToken } = await fixture.client.listTransformJobs({ MaxResults: 2 });
  expect(TransformJobSummaries.map(({ TransformJobName }) => TransformJobName)).toEqual([
    `job-${fixture.jobs}`,
    'bad-job',
  ]);
  const next = await fixture.client.listTransformJobs({ MaxResults: 1, NextToken });
  expect(next.TransformJobSummaries?.[0]?.TransformJobName).toBe('good-job');
  const stopped = await fixture.client.listTransformJobs({ StatusEquals: 'Stopped' });
  expect(stopped.TransformJobSummaries).toHaveLength(1);
});

test('a job that ran when the cloud was closed has failed', async () => {
  const job = await fixture.start({ a: 'never' });
  await fixture.restart();
  expect(await fixture.client.describeTransformJob({ TransformJobName: job })).toMatchObject({
    TransformJobStatus: 'Failed',
    FailureReason: 'InternalServerError: the local cloud ended while the job ran',
    TransformEndTime: expect.any(Date),
  });
});
