import type {
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatch } from '@aws-sdk/client-cloudwatch';
import { ID, INVOCATIONS, scalingFixture, type ScalingFixture } from './scaling-fixture';

let fixture: ScalingFixture;
let cloudWatch: CloudWatch;
beforeEach(async () => {
  fixture = await scalingFixture();
  cloudWatch = new CloudWatch(fixture.here.client);
});
afterEach(() => fixture.here.close());

const register = (MinCapacity: number, MaxCapacity: number) =>
  fixture.client.registerScalableTarget({ ...ID, MinCapacity, MaxCapacity });
const track = (more: Partial<TargetTrackingScalingPolicyConfiguration> = {}, PolicyName = 'invocations') =>
  fixture.client.putScalingPolicy({
    ...{ ...ID, PolicyName, PolicyType: 'TargetTrackingScaling' },
    TargetTrackingScalingPolicyConfiguration: { ...INVOCATIONS, TargetValue: 100, ...more },
  });
const steps = (
  PolicyName: string,
  ScalingAdjustment: number,
  more: Partial<StepScalingPolicyConfiguration> = {},
) =>
  fixture.client.putScalingPolicy({
    ...{ ...ID, PolicyName, PolicyType: 'StepScaling' },
    StepScalingPolicyConfiguration: {
      ...{ AdjustmentType: 'ChangeInCapacity', Cooldown: 120, ...more },
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment }],
    },
  });
const INVOKED = 'InvocationsPerInstance';
const activities = async () => (await fixture.client.describeScalingActivities(ID)).ScalingActivities ?? [];

test('instances follow the metric up, after three minutes, to the maximum', async () => {
  await register(1, 3);
  await track({ ScaleOutCooldown: 0 });
  await fixture.publish(INVOKED, 190, 190);
  expect(fixture.endpoint.instances).toBe(1);
  await fixture.publish(INVOKED, 190);
  expect(fixture.endpoint.instances).toBe(2);
  await fixture.publish(INVOKED, 900);
  expect(fixture.endpoint.instances).toBe(3);
  await fixture.publish(INVOKED, 900);
  expect(await activities()).toHaveLength(2);
  const [{ arn, roleArn } = {}] = fixture.endpoint.changedBy;
  expect(arn).toMatch(/assumed-role\/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint\//);
  expect(roleArn).toBe(
    'arn:aws:iam::123456789012:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint',
  );
});

test('each change and its cause is an activity', async () => {
  await register(1, 3);
  await track();
  await fixture.publish(INVOKED, 190, 190, 190);
  expect(await activities()).toEqual([
    {
      ...ID,
      ActivityId: expect.any(String),
      Description: 'Setting desired instance count to 2.',
      Cause: expect.stringMatching(
        /^monitor alarm TargetTracking-endpoint\/E\/variant\/v-AlarmHigh-\S+ in state ALARM triggered policy invocations$/,
      ),
      StartTime: new Date('2030-01-01T00:03:00Z'),
      EndTime: new Date('2030-01-01T00:03:00Z'),
      StatusCode: 'Successful',
      StatusMessage:
        'Successfully set desired instance count to 2. Change successfully fulfilled by sagemaker.',
    },
  ]);
});

test('a change is finished when the endpoint is in service', async () => {
  await register(1, 9);
  await track({ ScaleOutCooldown: 0 });
  fixture.endpoint.status = 'Updating';
  await fixture.publish(INVOKED, 190, 190, 190);
  expect(await activities()).toMatchObject([
    {
      StatusCode: 'Failed',
      StatusMessage:
        'Failed to set desired instance count to 2. Reason: Cannot update in-progress endpoint "E".',
    },
  ]);
  fixture.endpoint.status = 'InService';
  await fixture.publish(INVOKED, 190);
  expect(await activities()).toMatchObject([{ StatusCode: 'Successful' }, { StatusCode: 'Failed' }]);
});

test('during the cool-down only a larger need adds more', async () => {
  await register(1, 9);
  await track({ ScaleOutCooldown: 240 });
  await fixture.publish(INVOKED, 190, 190, 190);
  expect(fixture.endpoint.instances).toBe(2);
  await fixture.publish(INVOKED, 190, 190);
  expect(fixture.endpoint.instances).toBe(2);
  await fixture.publish(INVOKED, 390);
  expect(fixture.endpoint.instances).toBe(4);
});

test('instances are removed after fifteen minutes below the target, one step in each cool-down', async () => {
  fixture.endpoint.instances = 4;
  await register(1, 4);
  await track({ ScaleInCooldown: 120 });
  await fixture.publish(INVOKED, ...Array<number>(14).fill(60));
  expect(fixture.endpoint.instances).toBe(4);
  await fixture.publish(INVOKED, 60);
  expect(fixture.endpoint.instances).toBe(3);
  await fixture.publish(INVOKED, 60);
  expect(fixture.endpoint.instances).toBe(3);
  await fixture.publish(INVOKED, 10);
  expect(fixture.endpoint.instances).toBe(1);
});

test('instances are removed only if every policy is ready', async () => {
  fixture.endpoint.instances = 4;
  await register(1, 4);
  await track();
  await track(
    {
      PredefinedMetricSpecification: undefined,
      CustomizedMetricSpecification: { MetricName: 'Load', Namespace: 'App', Statistic: 'Average' },
    },
    'load',
  );
  await fixture.publish(INVOKED, ...Array<number>(16).fill(10));
  expect(fixture.endpoint.instances).toBe(4);
  await fixture.client.deleteScalingPolicy({ ...ID, PolicyName: 'load' });
  await fixture.publish(INVOKED, 10);
  expect(fixture.endpoint.instances).toBe(1);
});

test.each<[string, object, number[], number]>([
  ['out', { DynamicScalingOutSuspended: true }, [190, 190, 190], 2],
  ['in', { DynamicScalingInSuspended: true }, Array<number>(16).fill(10), 2],
])('no scaling %s while it is suspended', async (_, SuspendedState, values, expected) => {
  fixture.endpoint.instances = 2;
  await register(1, 9);
  await fixture.client.registerScalableTarget({ ...ID, SuspendedState });
  await track();
  await fixture.publish(INVOKED, ...values);
  expect(fixture.endpoint.instances).toBe(expected);
});

test('a policy that may not scale in has no alarm for scale-in', async () => {
  await register(1, 9);
  expect((await track()).Alarms).toHaveLength(2);
  const { Alarms } = await track({ DisableScaleIn: true });
  expect(Alarms?.map(({ AlarmName }) => AlarmName)).toEqual([expect.stringContaining('-AlarmHigh-')]);
  expect((await cloudWatch.describeAlarms({})).MetricAlarms).toMatchObject([
    {
      ...{
        Namespace: 'AWS/SageMaker',
        MetricName: INVOKED,
        Statistic: 'Sum',
        Period: 60,
        EvaluationPeriods: 3,
      },
      ...{ Threshold: 100, ComparisonOperator: 'GreaterThanThreshold' },
      Dimensions: [
        { Name: 'EndpointName', Value: 'E' },
        { Name: 'VariantName', Value: 'v' },
      ],
    },
  ]);
});

test('an asynchronous endpoint scales to zero, and from zero by its own alarm', async () => {
  fixture.endpoint.asynchronous = true;
  await register(0, 3);
  const Dimensions = [
    { Name: 'EndpointName', Value: 'E' },
    { Name: 'VariantName', Value: 'v' },
  ];
  await track({
    TargetValue: 5,
    PredefinedMetricSpecification: undefined,
    CustomizedMetricSpecification: {
      ...{ MetricName: 'ApproximateBacklogSizePerInstance', Namespace: 'AWS/SageMaker', Dimensions },
      Statistic: 'Average',
    },
  });
  await fixture.publish('ApproximateBacklogSizePerInstance', ...Array<number>(15).fill(0));
  expect(fixture.endpoint.instances).toBe(0);

  const { PolicyARN } = await steps('from-none', 1);
  await cloudWatch.putMetricAlarm({
    ...{
      AlarmName: 'waiting',
      Namespace: 'AWS/SageMaker',
      MetricName: 'HasBacklogWithoutCapacity',
      Dimensions,
    },
    ...{ Statistic: 'Average', Period: 60, EvaluationPeriods: 2, DatapointsToAlarm: 2 },
    ...{ Threshold: 1, ComparisonOperator: 'GreaterThanOrEqualToThreshold', AlarmActions: [PolicyARN!] },
  });
  await fixture.publish('HasBacklogWithoutCapacity', 1, 1);
  expect(fixture.endpoint.instances).toBe(1);
});

test('a target’s capacity is moved within its limits', async () => {
  await register(2, 4);
  expect(fixture.endpoint.instances).toBe(2);
  await register(3, 4);
  fixture.endpoint.instances = 9;
  await register(3, 4);
  expect(fixture.endpoint.instances).toBe(4);
  expect((await activities()).map(({ Cause }) => Cause)).toEqual([
    'maximum capacity was set to 4',
    'minimum capacity was set to 3',
    'minimum capacity was set to 2',
  ]);
});

test('deregistering removes the policies and their alarms', async () => {
  await register(1, 4);
  await track();
  await fixture.client.deregisterScalableTarget(ID);
  expect((await cloudWatch.describeAlarms({})).MetricAlarms).toEqual([]);
  const { ServiceNamespace } = ID;
  expect((await fixture.client.describeScalingPolicies({ ServiceNamespace })).ScalingPolicies).toEqual([]);
  expect((await fixture.client.describeScalableTargets({ ServiceNamespace })).ScalableTargets).toEqual([]);
  await expect(fixture.client.deregisterScalableTarget(ID)).rejects.toMatchObject({
    name: 'ObjectNotFoundException',
    message: expect.stringContaining('resource ID: endpoint/E/variant/v'),
  });
});
