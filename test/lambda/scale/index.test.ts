import {
  DeregisterScalableTargetCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeEndpointCommand, DescribeEndpointConfigCommand } from '@aws-sdk/client-sagemaker';
import type { ScalingSettings } from '../../../lib/contract/scaling';
import { fakeClients, serviceError, setEnvironment } from '../support/fake-clients';

const scaling: ScalingSettings = {
  ...{ minInstances: 0, maxInstances: 2, metric: 'backlog', target: 5 },
  ...{ scaleInCooldownSeconds: 60, scaleOutCooldownSeconds: 30 },
};
setEnvironment({ ENDPOINT_NAME: 'endpoint', RESOURCE_PREFIX: 'mlops-dev', SETTINGS: { scaling } });
let handler: typeof import('../../../lambda/scale').handler;
beforeAll(async () => ({ handler } = await import('../../../lambda/scale/index.ts')));

const aws = fakeClients();
const target = (variant: string) => ({
  ServiceNamespace: 'sagemaker' as const,
  ResourceId: `endpoint/endpoint/variant/${variant}`,
  ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
});
const config = (EndpointConfigName: string, variants: Readonly<Record<string, string>>) =>
  aws.expect(
    DescribeEndpointConfigCommand,
    { EndpointConfigName },
    {
      ProductionVariants: Object.entries(variants).map(([VariantName, InstanceType]) => ({
        VariantName,
        InstanceType,
      })),
    },
  );

function inService(variants: Readonly<Record<string, string>>): void {
  aws.expect(DescribeEndpointCommand, { EndpointName: 'endpoint' }, { EndpointConfigName: 'now' });
  config('now', variants);
}

test('prepare deregisters the variants that the new configuration changes or removes', async () => {
  inService({ same: 'ml.m5.large', changed: 'ml.m5.large', removed: 'ml.m5.large' });
  config('next', { same: 'ml.m5.large', changed: 'ml.c5.large' });
  aws.expect(DeregisterScalableTargetCommand, target('changed'), {});
  const absent = new ObjectNotFoundException({ message: 'not registered', $metadata: {} });
  aws.expect(DeregisterScalableTargetCommand, target('removed'), absent);
  expect(await handler({ action: 'prepare', config: 'next' })).toEqual({ variants: ['changed', 'removed'] });
});

test('apply registers each variant, with an alarm that wakes one without instances', async () => {
  inService({ primary: 'ml.m5.large' });
  aws.expect(RegisterScalableTargetCommand, { ...target('primary'), MinCapacity: 0, MaxCapacity: 2 }, {});
  const policy = (PolicyType: string): never =>
    expect.objectContaining({ ...target('primary'), PolicyType }) as never;
  aws.expect(PutScalingPolicyCommand, policy('TargetTrackingScaling'), { PolicyARN: 'tracking' });
  aws.expect(PutScalingPolicyCommand, policy('StepScaling'), { PolicyARN: 'wake-up' });
  const alarm = { AlarmName: 'mlops-dev-primary-wake-up', AlarmActions: ['wake-up'] };
  aws.expect(PutMetricAlarmCommand, expect.objectContaining(alarm) as never, {});
  expect(await handler({ action: 'apply' })).toEqual({ variants: ['primary'] });
});

test('withdraw deregisters each variant', async () => {
  inService({ a: 'ml.m5.large', b: 'ml.m5.large' });
  for (const name of ['a', 'b']) aws.expect(DeregisterScalableTargetCommand, target(name), {});
  expect(await handler({ action: 'withdraw' })).toEqual({ variants: ['a', 'b'] });
});

test('a refused call fails the function', async () => {
  inService({ a: 'ml.m5.large' });
  aws.expect(DeregisterScalableTargetCommand, target('a'), serviceError('AccessDeniedException'));
  await expect(handler({ action: 'withdraw' })).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
