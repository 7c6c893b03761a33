import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { ServiceDefinition } from '../../../src/core/service';
import { ServiceError } from '../../../src/model/errors';
import { applicationAutoScaling } from '../../../src/services/applicationautoscaling';
import { cloudwatch } from '../../../src/services/cloudwatch';
import { sns } from '../../../src/services/sns';
import { fake } from '../../support/fake';

/** A CloudWatch whose alarms have the state that a test sets, and that stores published metrics. */
export class FakeCloudWatch {
  readonly alarms = new Map<string, 'OK' | 'ALARM' | 'INSUFFICIENT_DATA'>();
  readonly data: MetricDatum[] = [];
  /** The publisher, and true if it is an AWS service. */
  readonly publishers = new Set<string>();
  /** The principals that described alarms. */
  readonly watchers = new Set<string>();

  readonly definition: ServiceDefinition<'cloudwatch'> = fake(cloudwatch, () => ({
    operations: {
      PutMetricData: async ({ Namespace, MetricData = [] }, { principal }) => {
        this.publishers.add(`${Namespace} ${principal.arn}`);
        this.data.push(...MetricData);
        return {};
      },
      DescribeAlarms: async ({ AlarmNames = [] }, { principal }) => {
        this.watchers.add(principal.arn);
        const known = AlarmNames.filter((name) => this.alarms.has(name));
        return {
          MetricAlarms: known.map((AlarmName) => ({ AlarmName, StateValue: this.alarms.get(AlarmName)! })),
        };
      },
    },
  }));

  /** Returns every value of a variant's metric (or, without a variant, of an endpoint's), repeated by its count. */
  values(metric: string, endpointName: string, variant?: string): number[] {
    const wanted = [endpointName, ...(variant === undefined ? [] : [variant])].join();
    return this.data
      .filter(({ MetricName }) => MetricName === metric)
      .filter(({ Dimensions = [] }) => Dimensions.map(({ Value }) => Value).join() === wanted)
      .flatMap(({ Values = [], Counts = [] }) =>
        Values.flatMap((value, index) => Array<number>(Counts[index] ?? 1).fill(value)),
      );
  }
}

export interface Published {
  topic: string;
  principal: string;
  message: Record<string, unknown>;
}

/** An SNS that stores published messages. */
export class FakeTopics {
  readonly published: Published[] = [];
  readonly missing = new Set<string>();

  readonly definition: ServiceDefinition<'sns'> = fake(sns, () => ({
    operations: {
      Publish: async ({ TopicArn = '', Message = '' }, { principal }) => {
        if (this.missing.has(TopicArn)) throw new ServiceError('NotFound', 'Topic does not exist');
        const message = JSON.parse(Message) as Record<string, unknown>;
        this.published.push({ topic: TopicArn, principal: principal.arn, message });
        return { MessageId: 'id' };
      },
    },
  }));
}

/** An Application Auto Scaling that scales nothing. */
export class FakeScaling {
  /** Registered targets, as `endpoint/<name>/variant/<name>`. */
  readonly targets = new Set<string>();

  readonly definition: ServiceDefinition<'applicationautoscaling'> = fake(applicationAutoScaling, () => ({
    operations: {
      DescribeScalableTargets: async ({ ServiceNamespace, ResourceIds = [] }) => ({
        ScalableTargets: ResourceIds.filter((id) => this.targets.has(id)).map((ResourceId) => ({
          ServiceNamespace,
          ResourceId,
          ScalableDimension: 'sagemaker:variant:DesiredInstanceCount' as const,
          MinCapacity: 1,
          MaxCapacity: 2,
          RoleARN: 'arn',
          CreationTime: new Date(0),
        })),
      }),
    },
  }));
}
