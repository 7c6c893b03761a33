import type { DeploymentConfig, UpdateEndpointCommandInput } from '@aws-sdk/client-sagemaker';
import { serving, type Serving } from './serving';

let here: Serving;
beforeAll(async () => (here = await serving()));
afterEach(() => here.reset());
afterAll(() => here.jobsCloud.close());

const CANARY: DeploymentConfig = {
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: {
      Type: 'CANARY',
      CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
      WaitIntervalInSeconds: 600,
    },
    TerminationWaitInSeconds: 300,
  },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
};
const ROLLING: DeploymentConfig = {
  RollingUpdatePolicy: {
    MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 },
    WaitIntervalInSeconds: 60,
  },
  AutoRollbackConfiguration: { Alarms: [{ AlarmName: 'errors' }] },
};

/** Creates an endpoint with two instances of `old`, and a configuration with two of another model. */
async function endpoint(next = 'new', more: object = {}) {
  here.cloudwatch.alarms.set('errors', 'OK');
  const before = await here.config(['old'], { InitialInstanceCount: 2 });
  const EndpointName = await here.endpoint(before);
  const EndpointConfigName = await here.config([next], { InitialInstanceCount: 2, ...more });
  const update = (DeploymentConfig?: DeploymentConfig, change: Partial<UpdateEndpointCommandInput> = {}) =>
    here.client.updateEndpoint({ EndpointName, EndpointConfigName, DeploymentConfig, ...change });
  /** Resolves when the deployment bakes with this capacity. */
  const baking = (capacity: string) =>
    here.jobsCloud.until(async () => {
      const { PendingDeploymentSummary: pending } = await describe();
      const [status] = pending?.ProductionVariants?.[0]?.VariantStatus ?? [];
      return status?.Status === 'Baking' && status.StatusMessage!.includes(capacity);
    });
  const describe = () => here.client.describeEndpoint({ EndpointName });
  return { before, EndpointName, EndpointConfigName, update, baking, describe };
}

/** Returns the model that answers for this random number. */
async function wordAt(EndpointName: string, random: number) {
  here.random = random;
  return (await here.ask(EndpointName)).said.word;
}

test('a canary gets its share, then all traffic, and no request fails', async () => {
  const { before, EndpointName, EndpointConfigName, update, baking, describe } = await endpoint();
  const words = await here.wordsDuring(EndpointName, async () => {
    await update(CANARY);
    await baking('canary capacity of 1 instance(s)');
    expect(await describe()).toMatchObject({
      EndpointStatus: 'Updating',
      EndpointConfigName: before,
      ProductionVariants: [{ CurrentInstanceCount: 2 }],
      PendingDeploymentSummary: {
        EndpointConfigName,
        ProductionVariants: [
          {
            VariantName: 'v0',
            CurrentInstanceCount: 2,
            DesiredInstanceCount: 2,
            VariantStatus: [
              { StatusMessage: expect.stringMatching(/^Baking for 600 seconds \(WaitInterval/) },
            ],
          },
        ],
      },
    });
    expect(await wordAt(EndpointName, 0.49)).toBe('old');
    expect(await wordAt(EndpointName, 0.5)).toBe('new');
    await here.clock.pass(600);
    await baking('full capacity of 2 instance(s)');
    expect(await wordAt(EndpointName, 0)).toBe('new');
    expect((await describe()).EndpointStatus).toBe('Updating');
    await here.clock.pass(300);
    await here.settled(EndpointName);
  });
  expect(new Set(words)).toEqual(new Set(['old', 'new']));
  const after = await describe();
  expect(after).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName,
    LastDeploymentConfig: CANARY,
    ProductionVariants: [{ CurrentInstanceCount: 2 }],
  });
  expect(after.PendingDeploymentSummary).toBeUndefined();
  expect(after.FailureReason).toBeUndefined();
});

test.each([
  ['while the canary bakes', 'canary', 0],
  ['while the full fleet bakes', 'full', 600],
])('an alarm %s restores the old model, and no request fails', async (_, capacity, seconds) => {
  const { before, EndpointName, EndpointConfigName, update, baking, describe } = await endpoint();
  await here.wordsDuring(EndpointName, async () => {
    await update(CANARY);
    await baking('canary');
    await here.clock.pass(seconds);
    await baking(capacity);
    here.cloudwatch.alarms.set('errors', 'ALARM');
    await here.clock.pass(2);
    await here.settled(EndpointName);
  });
  const after = await describe();
  expect(after).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: before });
  expect(after.FailureReason).toBe(
    `The deployment of endpoint configuration "${EndpointConfigName}" was rolled back: CloudWatch alarm(s) [errors] went to ALARM.`,
  );
  expect(await wordAt(EndpointName, 0.99)).toBe('old');
  const statuses = here.jobsCloud.events
    .filter(({ detail }) => detail.EndpointName === EndpointName)
    .filter((event) => event['detail-type'] === 'SageMaker Endpoint State Change')
    .map(({ detail }) => detail.EndpointStatus);
  expect(statuses).toEqual(['CREATING', 'IN_SERVICE', 'UPDATING', 'ROLLING_BACK', 'IN_SERVICE']);
  // The alarms are described with the models' role, as the guide says.
  expect([...here.cloudwatch.watchers]).toEqual(['arn:aws:sts::123456789012:assumed-role/Job/SageMaker']);
});

test('a rolling deployment replaces instances batch by batch, and no request fails', async () => {
  const { EndpointName, EndpointConfigName, update, baking, describe } = await endpoint();
  await here.wordsDuring(EndpointName, async () => {
    await update(ROLLING);
    await baking('batch capacity of 1 instance(s)');
    expect(await describe()).toMatchObject({
      ProductionVariants: [{ CurrentInstanceCount: 2 }],
      PendingDeploymentSummary: {
        ProductionVariants: [{ CurrentInstanceCount: 1, DesiredInstanceCount: 2 }],
      },
    });
    expect(await wordAt(EndpointName, 0.49)).toBe('old');
    expect(await wordAt(EndpointName, 0.5)).toBe('new');
    await here.clock.pass(60);
    await baking('batch capacity of 2 instance(s)');
    expect((await describe()).ProductionVariants).toMatchObject([{ CurrentInstanceCount: 1 }]);
    await here.clock.pass(60);
    await here.settled(EndpointName);
  });
  expect(await describe()).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName });
});

test('a rolling deployment restores all of its old instances', async () => {
  const { before, EndpointName, update, baking, describe } = await endpoint();
  await here.wordsDuring(EndpointName, async () => {
    await update(ROLLING);
    await baking('of 1 instance(s)');
    await here.clock.pass(60);
    await baking('of 2 instance(s)');
    here.cloudwatch.alarms.set('errors', 'ALARM');
    await here.clock.pass(2);
    await here.settled(EndpointName);
  });
  expect(await describe()).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: before,
    ProductionVariants: [{ CurrentInstanceCount: 2, DesiredInstanceCount: 2 }],
  });
});

test('without a policy alarms are checked once, after all traffic has moved', async () => {
  const { before, EndpointName, update } = await endpoint();
  const { AutoRollbackConfiguration } = CANARY;
  await update({ AutoRollbackConfiguration });
  here.cloudwatch.alarms.set('errors', 'ALARM');
  expect(await here.settled(EndpointName)).toMatchObject({ EndpointConfigName: before });
});

test('a deployment that does not end in time is rolled back', async () => {
  const { before, EndpointName, update } = await endpoint('unhealthy');
  const { BlueGreenUpdatePolicy: policy } = CANARY;
  await update({ BlueGreenUpdatePolicy: { ...policy!, MaximumExecutionTimeoutInSeconds: 901 } });
  await here.clock.pass(901);
  expect(await here.settled(EndpointName)).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: before,
    FailureReason: expect.stringMatching(
      /did not end within 901 seconds \(MaximumExecutionTimeoutInSeconds\)/,
    ),
  });
});

test('a new fleet that does not start leaves the old one unchanged, and a deleted alarm restores it', async () => {
  const broken = await endpoint('broken');
  await broken.update(CANARY);
  expect(await here.settled(broken.EndpointName)).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: broken.before,
    FailureReason: expect.stringMatching(/was rolled back: .*exit code 4: cannot read the model/),
  });
  const { before, EndpointName, update, baking } = await endpoint();
  await update(CANARY);
  await baking('canary');
  here.cloudwatch.alarms.clear();
  await here.clock.pass(2);
  expect(await here.settled(EndpointName)).toMatchObject({
    EndpointConfigName: before,
    FailureReason: expect.stringMatching(/Alarm\(s\) \[errors\] do not exist any more/),
  });
});

test('a container that dies during a deployment fails only its own requests', async () => {
  const { EndpointName, EndpointConfigName, update, baking } = await endpoint();
  await update(CANARY);
  await baking('canary');
  here.random = 0.9;
  await expect(here.ask(EndpointName, 'die')).rejects.toMatchObject({ name: 'ModelError' });
  const words: string[] = [];
  for (let i = 0; i < 4; i++) words.push((await here.ask(EndpointName)).said.word!);
  expect(words).toEqual(['new', 'new', 'new', 'new']);
  await here.clock.pass(600);
  await baking('full');
  await here.clock.pass(300);
  expect(await here.settled(EndpointName)).toMatchObject({ EndpointConfigName });
});

test('a deployment that is interrupted by the end of the cloud is abandoned', async () => {
  const { before, EndpointName, update, baking } = await endpoint();
  await update(CANARY);
  await baking('canary');
  await here.restart();
  const after = await here.settled(EndpointName);
  expect(after).toMatchObject({
    EndpointStatus: 'InService',
    EndpointConfigName: before,
    ProductionVariants: [{ CurrentInstanceCount: 2 }],
  });
  expect(after.PendingDeploymentSummary).toBeUndefined();
  expect(await wordAt(EndpointName, 0.99)).toBe('old');
});

test('a deployment configuration can be kept for the next update', async () => {
  const { EndpointName, update, baking, describe } = await endpoint();
  await update(CANARY);
  await baking('canary');
  await here.clock.pass(600);
  await baking('full');
  await here.clock.pass(300);
  await here.settled(EndpointName);
  const third = await here.config(['third'], { InitialInstanceCount: 2 });
  await update(undefined, { EndpointConfigName: third, RetainDeploymentConfig: true });
  await baking('canary');
  here.cloudwatch.alarms.set('errors', 'ALARM');
  await here.clock.pass(2);
  await here.settled(EndpointName);
  expect((await describe()).LastDeploymentConfig).toEqual(CANARY);
});

describe('alarms before a deployment', () => {
  test.each<[string, () => void, RegExp]>([
    ['one is missing', () => here.cloudwatch.alarms.clear(), /Could not find the alarm\(s\) \[errors\]/],
    [
      'one is in ALARM',
      () => here.cloudwatch.alarms.set('errors', 'ALARM'),
      /\[errors\] of AutoRollbackConfiguration are in the state ALARM/,
    ],
  ])('%s: the endpoint does not change', async (_, change, message) => {
    const { before, update, describe } = await endpoint();
    change();
    await expect(update(CANARY)).rejects.toMatchObject({
      name: 'ValidationException',
      message: expect.stringMatching(message),
    });
    expect(await describe()).toMatchObject({ EndpointStatus: 'InService', EndpointConfigName: before });
  });

  test('alarms cannot be used without permission', async () => {
    const { update } = await endpoint();
    here.denied.add('cloudwatch:DescribeAlarms');
    await expect(update(CANARY)).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

test('an endpoint whose configuration was deleted continues to serve, and cannot be changed', async () => {
  const { before, EndpointName, update } = await endpoint();
  await here.client.deleteEndpointConfig({ EndpointConfigName: before });
  await expect(update()).rejects.toThrow(/Could not find endpoint configuration/);
  expect(await wordAt(EndpointName, 0)).toBe('old');
});
