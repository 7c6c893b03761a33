import { registration, toDeregister, trackingPolicy, wakeUp } from '../../../lambda/scale/policies';
import type { ScalingSettings } from '../../../lib/contract/scaling';

const settings: ScalingSettings = {
  ...{ minInstances: 0, maxInstances: 4, scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 },
  ...{ metric: 'backlog', target: 5 },
};

const variant = (name: string, instanceType?: string) => ({ name, instanceType });

// SageMaker refuses an update that removes a registered variant or changes its instance type.
test.each([
  ['nothing', [variant('a', 'm5')], [variant('a', 'm5')], []],
  [
    'a variant that goes',
    [variant('a', 'm5'), variant('challenger', 'm5')],
    [variant('a', 'm5')],
    ['challenger'],
  ],
  ['another instance type', [variant('a', 'm5')], [variant('a', 'c5')], ['a']],
  ['nothing that comes', [variant('a', 'm5')], [variant('a', 'm5'), variant('b', 'm5')], []],
])('what is deregistered: %s', (_, before, after, names) => {
  expect(toDeregister(before, after)).toEqual(names);
});

test('a variant is registered with its limits', () => {
  expect(registration('e', 'v', settings)).toEqual({
    ...{ ServiceNamespace: 'sagemaker', ResourceId: 'endpoint/e/variant/v' },
    ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
    ...{ MinCapacity: 0, MaxCapacity: 4 },
  });
});

test('invocations are counted by AWS, a backlog by a metric of the endpoint', () => {
  const metric = (kind: ScalingSettings['metric']) =>
    trackingPolicy('e', 'v', { ...settings, metric: kind }).TargetTrackingScalingPolicyConfiguration;
  expect(metric('invocations')).toEqual({
    ...{ TargetValue: 5, ScaleInCooldown: 300, ScaleOutCooldown: 60 },
    PredefinedMetricSpecification: { PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' },
  });
  expect(metric('backlog')).toMatchObject({
    CustomizedMetricSpecification: {
      MetricName: 'ApproximateBacklogSizePerInstance',
      Dimensions: [{ Name: 'EndpointName', Value: 'e' }],
    },
  });
});

test('a queue without instances starts one; with a minimum of one there is no such policy', () => {
  expect(wakeUp('mlops-dev', 'e', 'v', settings)).toMatchObject({
    alarm: { AlarmName: 'mlops-dev-v-wake-up' },
    policy: { StepScalingPolicyConfiguration: { StepAdjustments: [{ ScalingAdjustment: 1 }] } },
  });
  expect(wakeUp('mlops-dev', 'e', 'v', { ...settings, minInstances: 1 })).toBeUndefined();
  expect(wakeUp('mlops-dev', 'e', 'v', { ...settings, metric: 'invocations' })).toBeUndefined();
});
