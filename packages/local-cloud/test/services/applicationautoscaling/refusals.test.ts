import type {
  PutScalingPolicyCommandInput,
  RegisterScalableTargetCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { putRole } from '../../access/roles';
import { ID, INVOCATIONS, scalingFixture, type ScalingFixture } from './scaling-fixture';

let fixture: ScalingFixture;
beforeAll(async () => {
  fixture = await scalingFixture();
});
afterAll(() => fixture.here.close());

test.each<[string, Partial<RegisterScalableTargetCommandInput>, string, RegExp]>([
  ['no limits', { MinCapacity: undefined }, 'ValidationException', /MinCapacity must be.*not undefined/],
  [
    'the maximum below the minimum',
    { MinCapacity: 3 },
    'ValidationException',
    /\(2\) cannot be less than.*\(3\)/,
  ],
  ['a negative minimum', { MinCapacity: -1 }, 'ValidationException', /MinCapacity must be.*not -1/],
  [
    'zero for a real-time endpoint',
    { MinCapacity: 0 },
    'ValidationException',
    /only an asynchronous endpoint/,
  ],
  [
    'a missing endpoint',
    { ResourceId: 'endpoint/X/variant/v' },
    'ValidationException',
    /Could not find endpoint/,
  ],
  [
    'a missing variant',
    { ResourceId: 'endpoint/E/variant/x' },
    'ValidationException',
    /no production variant x/,
  ],
  [
    'a serverless variant',
    { ResourceId: 'endpoint/E/variant/serverless' },
    'ValidationException',
    /no instances to scale/,
  ],
  ['no variant', { ResourceId: 'endpoint/E' }, 'ValidationException', /'endpoint\/E' is not endpoint/],
  [
    'another dimension',
    { ScalableDimension: 'sagemaker:variant:DesiredProvisionedConcurrency' },
    'NotImplemented',
    /DesiredProvisionedConcurrency/,
  ],
  [
    'another service',
    { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' },
    'NotImplemented',
    /ecs:service:DesiredCount of ecs/,
  ],
])('a target is refused: %s', async (_, change, name, message) => {
  const request = { ...ID, MinCapacity: 1, MaxCapacity: 2, ...change };
  await expect(fixture.client.registerScalableTarget(request)).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  const { ScalableTargets } = await fixture.client.describeScalableTargets({ ServiceNamespace: 'sagemaker' });
  expect(ScalableTargets).toEqual([]);
});

describe('policies', () => {
  beforeAll(() => fixture.client.registerScalableTarget({ ...ID, MinCapacity: 1, MaxCapacity: 2 }));
  const tracking = (change: object): Partial<PutScalingPolicyCommandInput> => ({
    TargetTrackingScalingPolicyConfiguration: { ...INVOCATIONS, TargetValue: 100, ...change },
  });
  const steps = (change: object, ...StepAdjustments: object[]): Partial<PutScalingPolicyCommandInput> =>
    ({
      PolicyType: 'StepScaling',
      TargetTrackingScalingPolicyConfiguration: undefined,
      StepScalingPolicyConfiguration: { AdjustmentType: 'ChangeInCapacity', StepAdjustments, ...change },
    }) as Partial<PutScalingPolicyCommandInput>;
  const step = (lower: number | undefined, upper: number | undefined) => ({
    ...{ MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper, ScalingAdjustment: -1 },
  });

  test.each<[string, Partial<PutScalingPolicyCommandInput>, string, RegExp]>([
    ['no target', { ResourceId: 'endpoint/X/variant/v' }, 'ObjectNotFoundException', /No scalable target/],
    ['prediction', { PolicyType: 'PredictiveScaling' }, 'NotImplemented', /PredictiveScaling/],
    [
      'the wrong settings',
      { PolicyType: 'StepScaling' },
      'ValidationException',
      /needs StepScalingPolicyConfig/,
    ],
    ['a target of 0', tracking({ TargetValue: 0 }), 'ValidationException', /TargetValue must be.*not 0/],
    [
      'a negative cool-down',
      tracking({ ScaleInCooldown: -1 }),
      'ValidationException',
      /ScaleInCooldown.*not -1/,
    ],
    [
      'a metric of containers',
      tracking({
        PredefinedMetricSpecification: { PredefinedMetricType: 'ECSServiceAverageCPUUtilization' },
      }),
      'ValidationException',
      /ECSServiceAverageCPUUtilization is not one of SageMaker/,
    ],
    [
      'a metric of seconds',
      tracking({
        PredefinedMetricSpecification: {
          PredefinedMetricType: 'SageMakerVariantConcurrentRequestsPerModelHighResolution',
        },
      }),
      'NotImplemented',
      /ConcurrentRequestsPerModelHighResolution/,
    ],
    [
      'metric math',
      tracking({ PredefinedMetricSpecification: undefined, CustomizedMetricSpecification: { Metrics: [] } }),
      'NotImplemented',
      /Metrics of a customized metric/,
    ],
    ['no steps', steps({}), 'ValidationException', /1 to 20 steps, not 0/],
    ['steps with a gap', steps({}, step(0, 5), step(6, 9)), 'ValidationException', /ends at 5.*begins at 6/],
    [
      'a step without bounds',
      steps({}, step(undefined, undefined)),
      'ValidationException',
      /At least one bound/,
    ],
    ['a step that ends before it begins', steps({}, step(5, 1)), 'ValidationException', /from 5 to 1/],
    [
      'a negative number of instances',
      steps({ AdjustmentType: 'ExactCapacity' }, step(0, 1)),
      'ValidationException',
      /ExactCapacity needs.*not -1/,
    ],
    [
      'a minimum change with an exact number',
      steps({ MinAdjustmentMagnitude: 2 }, step(0, 1)),
      'ValidationException',
      /MinAdjustmentMagnitude belongs/,
    ],
  ])('a policy is refused: %s', async (_, change, name, message) => {
    const request = { ...ID, PolicyName: 'p', PolicyType: 'TargetTrackingScaling' as const, ...tracking({}) };
    await expect(fixture.client.putScalingPolicy({ ...request, ...change })).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message),
    });
    const { ScalingPolicies } = await fixture.client.describeScalingPolicies({
      ServiceNamespace: 'sagemaker',
    });
    expect(ScalingPolicies).toEqual([]);
  });

  test('a policy’s type cannot change', async () => {
    const policy = { ...ID, PolicyName: 'p', PolicyType: 'TargetTrackingScaling' as const, ...tracking({}) };
    await fixture.client.putScalingPolicy(policy);
    await expect(
      fixture.client.putScalingPolicy({ ...policy, ...steps({}, step(0, undefined)) }),
    ).rejects.toThrow(/of the type TargetTrackingScaling, which cannot be changed to StepScaling/);
  });
});

describe('the caller who registers a target', () => {
  const ROLE = 'arn:aws:iam::123456789012:role/Deployer';
  const allow = (Action: string[], Condition?: object) => ({
    Effect: 'Allow',
    Action,
    Resource: '*',
    Condition,
  });
  const OWN = ['application-autoscaling:*'];
  const ENDPOINT = [
    'sagemaker:DescribeEndpoint',
    'sagemaker:DescribeEndpointConfig',
    'sagemaker:UpdateEndpointWeightsAndCapacities',
  ];
  const ALARMS = ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'];
  const LINK = allow(['iam:CreateServiceLinkedRole'], {
    StringEquals: { 'iam:AWSServiceName': 'sagemaker.application-autoscaling.amazonaws.com' },
  });
  let fresh: ScalingFixture;
  beforeEach(async () => {
    fresh = await scalingFixture();
  });
  afterEach(() => fresh.here.close());

  const register = async (...statements: object[]) => {
    const { cloud } = fresh.here;
    putRole(cloud, ROLE, { statements });
    const caller = { principal: cloud.principals.role(ROLE, 'test') };
    const request = { ...ID, MinCapacity: 1, MaxCapacity: 2 };
    await cloud.call('applicationautoscaling', 'RegisterScalableTarget', request, caller);
    const policy = { TargetTrackingScalingPolicyConfiguration: { ...INVOCATIONS, TargetValue: 1 } };
    await cloud.call(
      'applicationautoscaling',
      'PutScalingPolicy',
      { ...ID, PolicyName: 'p', PolicyType: 'TargetTrackingScaling', ...policy },
      caller,
    );
  };

  test('needs its own permissions, on the endpoint, and the policy’s on alarms', async () => {
    await expect(register(LINK, allow([...OWN, ...ENDPOINT, ...ALARMS]))).resolves.toBeUndefined();
  });

  test.each<[string, object[], RegExp]>([
    ['none', [], /application-autoscaling:RegisterScalableTarget on resource: \S+scalable-target\/\*/],
    ['not for the service-linked role', [allow([...OWN, ...ENDPOINT])], /iam:CreateServiceLinkedRole/],
    [
      'not on the endpoint',
      [LINK, allow(OWN)],
      /missing the permissions sagemaker:DescribeEndpoint, sagemaker:Up/,
    ],
    [
      'not on alarms',
      [LINK, allow([...OWN, ...ENDPOINT, ALARMS[1]!])],
      /missing the permissions cloudwatch:PutMetricAlarm, cloudwatch:DeleteAlarms on \S+alarm:TargetTracking-endpoint/,
    ],
  ])('is refused with permissions: %s', async (_, statements, message) => {
    await expect(register(...statements)).rejects.toThrow(message);
  });
});
