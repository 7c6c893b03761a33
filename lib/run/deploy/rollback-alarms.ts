import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../../config';
import { isTest, watches } from '../../config/serving-rules';
import { CHALLENGER_VARIANT } from '../../contract/names';

export interface RollbackAlarmsProps {
  readonly config: PipelineConfig;
  readonly endpointName: string;
}

/**
 * Alarms on an endpoint's variants, each for the endpoint and the variant: they roll an endpoint deployment back. In a
 * test only the challenger can be removed.
 */
export class RollbackAlarms extends Construct {
  readonly names: readonly string[];
  readonly arns: readonly string[];

  constructor(scope: Construct, id: string, { config, endpointName }: RollbackAlarmsProps) {
    super(scope, id);
    const { rollback, serving, deployment } = config.endpoint;
    if (rollback === null || serving.kind !== 'realtime' || !watches(deployment)) {
      this.names = [];
      this.arns = [];
      return;
    }
    const names = isTest(deployment) ? [CHALLENGER_VARIANT] : serving.variants.map(({ name }) => name);
    const alarms = names.flatMap((name) => {
      const dimensionsMap = { EndpointName: endpointName, VariantName: name };
      const metric = (metricName: string, statistic: string) =>
        new cloudwatch.Metric({
          ...{ namespace: 'AWS/SageMaker', metricName, dimensionsMap, statistic },
          period: Duration.minutes(1),
        });
      const alarm = (
        what: string,
        props: Pick<cloudwatch.AlarmProps, 'metric' | 'threshold' | 'alarmDescription'>,
      ) => {
        const alarmName = `${resourcePrefix(config)}-${name}-${what}`;
        const made = new cloudwatch.Alarm(this, `${name}-${what}`, {
          ...props,
          alarmName,
          evaluationPeriods: 1,
          comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
          // A variant without requests is healthy.
          treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
        });
        return { alarmName, arn: made.alarmArn };
      };
      return [
        alarm('errors', {
          alarmDescription: `${endpointName}/${name} returns 5xx errors: a deployment in progress is rolled back`,
          metric: metric('Invocation5XXErrors', 'Sum'),
          threshold: rollback.errorsPerMinute,
        }),
        alarm('latency', {
          alarmDescription: `${endpointName}/${name} answers slowly: a deployment in progress is rolled back`,
          metric: metric('ModelLatency', 'p99'),
          // The metric is in microseconds.
          threshold: rollback.latencyMs * 1000,
        }),
      ];
    });
    this.names = alarms.map(({ alarmName }) => alarmName);
    this.arns = alarms.map(({ arn }) => arn);
  }
}
