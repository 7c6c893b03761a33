import type { Alarm, ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import type { Input } from '../../core/service';
import { parseVariant } from './endpoint-variant';
import type { ServiceRole } from './service-role';

type AlarmRequest = Input<'cloudwatch', 'PutMetricAlarm'>;

/** Minutes above the target before instances are added, and below it before they are removed. */
const HIGH_PERIODS = 3;
const LOW_PERIODS = 15;
/** Instances are removed below this share of the target, so that the capacity does not oscillate. */
const LOW_SHARE = 0.9;

/** The alarms of a target tracking policy on its metric. They belong to the policy. */
export class PolicyAlarms {
  constructor(
    private readonly cloud: Cloud,
    private readonly role: ServiceRole,
  ) {}

  /** Creates the alarms, or updates those of the policy. */
  async put(policy: ScalingPolicy): Promise<Alarm[]> {
    const { TargetValue = 0, DisableScaleIn } = policy.TargetTrackingScalingPolicyConfiguration!;
    const names = policy.Alarms?.map(({ AlarmName }) => AlarmName!) ?? [];
    const name = (kind: 'High' | 'Low') =>
      names.find((each) => each.includes(`-Alarm${kind}-`)) ??
      `TargetTracking-${policy.ResourceId}-Alarm${kind}-${randomUUID()}`;
    const common = {
      ...metricOf(policy),
      AlarmDescription: `DO NOT EDIT OR DELETE. For TargetTrackingScaling policy ${policy.PolicyARN}.`,
      AlarmActions: [policy.PolicyARN!],
      Period: 60,
    };
    const alarms: AlarmRequest[] = [
      {
        ...common,
        AlarmName: name('High'),
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: TargetValue,
        EvaluationPeriods: HIGH_PERIODS,
      },
    ];
    if (!DisableScaleIn) {
      alarms.push({
        ...common,
        AlarmName: name('Low'),
        ComparisonOperator: 'LessThanThreshold',
        Threshold: TargetValue * LOW_SHARE,
        EvaluationPeriods: LOW_PERIODS,
      });
    }
    await this.delete(names.filter((each) => !alarms.some(({ AlarmName }) => AlarmName === each)));
    for (const alarm of alarms) {
      await this.cloud.call('cloudwatch', 'PutMetricAlarm', alarm, this.role.session());
    }
    return alarms.map(({ AlarmName }) => ({
      AlarmName,
      AlarmARN: this.cloud.arn('cloudwatch', `alarm:${AlarmName}`),
    }));
  }

  async delete(AlarmNames: string[]): Promise<void> {
    if (AlarmNames.length === 0) return;
    const found = await this.describe(AlarmNames);
    const names = found.map(({ AlarmName }) => AlarmName!);
    if (names.length === 0) return;
    await this.cloud.call('cloudwatch', 'DeleteAlarms', { AlarmNames: names }, this.role.session());
  }

  /** Returns true if the policy is ready to remove instances; undefined if it never removes any. */
  async isLow(policy: ScalingPolicy): Promise<boolean | undefined> {
    const low = policy.Alarms?.find(({ AlarmName }) => AlarmName!.includes('-AlarmLow-'));
    if (!low) return undefined;
    return (await this.describe([low.AlarmName!]))[0]?.StateValue === 'ALARM';
  }

  private async describe(AlarmNames: string[]) {
    const { MetricAlarms = [] } = await this.cloud.call(
      'cloudwatch',
      'DescribeAlarms',
      { AlarmNames },
      this.role.session(),
    );
    return MetricAlarms;
  }
}

function metricOf(policy: ScalingPolicy): Partial<AlarmRequest> {
  const own = policy.TargetTrackingScalingPolicyConfiguration!.CustomizedMetricSpecification;
  if (own) {
    const { MetricName, Namespace, Dimensions, Statistic, Unit } = own;
    return { MetricName, Namespace, Dimensions, Statistic, ...(Unit && { Unit }) } as Partial<AlarmRequest>;
  }
  const { endpoint, variant } = parseVariant(policy);
  return {
    MetricName: 'InvocationsPerInstance',
    Namespace: 'AWS/SageMaker',
    Dimensions: [
      { Name: 'EndpointName', Value: endpoint },
      { Name: 'VariantName', Value: variant },
    ],
    Statistic: 'Sum',
  };
}
