import type {
  PutScalingPolicyRequest,
  RegisterScalableTargetRequest,
} from '@aws-sdk/client-application-auto-scaling';
import { wakeUpAlarm, type ScalingSettings } from '../../lib/contract/scaling';

/** One variant of a configuration; serverless ones have no instance type. */
export interface Variant {
  readonly name: string;
  readonly instanceType: string | undefined;
}

/** Alarm that wakes an endpoint without instances; its action is the policy `wakeUp`. */
export interface WakeUp {
  readonly policy: PutScalingPolicyRequest;
  readonly alarm: {
    readonly AlarmName: string;
    readonly Dimensions: readonly { Name: string; Value: string }[];
  };
}

const DIMENSION = 'sagemaker:variant:DesiredInstanceCount';

/**
 * Returns the variants to deregister before an update: SageMaker refuses to remove a registered variant, or to change
 * its instance type.
 */
export function toDeregister(before: readonly Variant[], after: readonly Variant[]): string[] {
  const types = new Map(after.map(({ name, instanceType }) => [name, instanceType]));
  return before
    .filter(({ name, instanceType }) => !types.has(name) || types.get(name) !== instanceType)
    .map(({ name }) => name);
}

/** Returns the variant as a target of Application Auto Scaling. */
export function target(endpointName: string, variant: string) {
  return {
    ServiceNamespace: 'sagemaker' as const,
    ResourceId: `endpoint/${endpointName}/variant/${variant}`,
    ScalableDimension: DIMENSION as 'sagemaker:variant:DesiredInstanceCount',
  };
}

export function registration(
  endpointName: string,
  variant: string,
  { minInstances, maxInstances }: ScalingSettings,
): RegisterScalableTargetRequest {
  return { ...target(endpointName, variant), MinCapacity: minInstances, MaxCapacity: maxInstances };
}

/** Returns the target tracking policy: it keeps the metric near its target by adding and removing instances. */
export function trackingPolicy(
  endpointName: string,
  variant: string,
  settings: ScalingSettings,
): PutScalingPolicyRequest {
  const metric =
    settings.metric === 'invocations'
      ? {
          PredefinedMetricSpecification: {
            PredefinedMetricType: 'SageMakerVariantInvocationsPerInstance' as const,
          },
        }
      : {
          CustomizedMetricSpecification: {
            Namespace: 'AWS/SageMaker',
            MetricName: 'ApproximateBacklogSizePerInstance',
            Dimensions: [{ Name: 'EndpointName', Value: endpointName }],
            Statistic: 'Average' as const,
          },
        };
  return {
    ...target(endpointName, variant),
    PolicyName: 'target-tracking',
    PolicyType: 'TargetTrackingScaling',
    TargetTrackingScalingPolicyConfiguration: {
      TargetValue: settings.target,
      ScaleInCooldown: settings.scaleInCooldownSeconds,
      ScaleOutCooldown: settings.scaleOutCooldownSeconds,
      ...metric,
    },
  };
}

/**
 * Returns the alarm and policy that wake an endpoint. The backlog per instance is undefined without an instance, so the
 * queue of an endpoint that was scaled in to zero needs another metric ("Autoscale an asynchronous endpoint", Developer
 * Guide).
 *
 * @returns undefined where there is always an instance
 */
export function wakeUp(
  prefix: string,
  endpointName: string,
  variant: string,
  { metric, minInstances, scaleOutCooldownSeconds }: ScalingSettings,
): WakeUp | undefined {
  if (metric !== 'backlog' || minInstances > 0) return undefined;
  return {
    policy: {
      ...target(endpointName, variant),
      PolicyName: 'wake-up',
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        MetricAggregationType: 'Average',
        Cooldown: scaleOutCooldownSeconds,
        StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
      },
    },
    alarm: {
      AlarmName: wakeUpAlarm(prefix, variant),
      Dimensions: [{ Name: 'EndpointName', Value: endpointName }],
    },
  };
}
