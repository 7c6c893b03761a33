import {
  ApplicationAutoScalingClient,
  DeregisterScalableTargetCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CloudWatchClient, PutMetricAlarmCommand } from '@aws-sdk/client-cloudwatch';
import type { ScalingSettings } from '../../lib/contract/scaling';
import { registration, target, trackingPolicy, wakeUp } from './policies';

/** Application Auto Scaling of one endpoint's variants. */
export class Autoscaling {
  constructor(
    private readonly prefix: string,
    private readonly endpointName: string,
    private readonly client = new ApplicationAutoScalingClient(),
    private readonly cloudwatch = new CloudWatchClient(),
  ) {}

  /** Deregisters a variant; one that is not registered is left unchanged. */
  async deregister(variant: string): Promise<void> {
    try {
      await this.client.send(new DeregisterScalableTargetCommand(target(this.endpointName, variant)));
    } catch (error) {
      if (!(error instanceof ObjectNotFoundException)) throw error;
    }
  }

  /** Registers the variant, or updates its registration; it can be repeated. */
  async register(variant: string, settings: ScalingSettings): Promise<void> {
    const { client, endpointName, prefix } = this;
    await client.send(new RegisterScalableTargetCommand(registration(endpointName, variant, settings)));
    await client.send(new PutScalingPolicyCommand(trackingPolicy(endpointName, variant, settings)));
    const wake = wakeUp(prefix, endpointName, variant, settings);
    if (!wake) return;
    const { PolicyARN } = await client.send(new PutScalingPolicyCommand(wake.policy));
    await this.cloudwatch.send(
      new PutMetricAlarmCommand({
        AlarmName: wake.alarm.AlarmName,
        AlarmDescription: `${endpointName}/${variant} has requests and no instance: one is started`,
        AlarmActions: [PolicyARN!],
        Namespace: 'AWS/SageMaker',
        MetricName: 'HasBacklogWithoutCapacity',
        Dimensions: wake.alarm.Dimensions.map((dimension) => ({ ...dimension })),
        Statistic: 'Average',
        Period: 60,
        EvaluationPeriods: 1,
        Threshold: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'missing',
      }),
    );
  }
}
