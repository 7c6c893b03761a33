import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { resourcePrefix, type PipelineConfig } from '../config';
import { CHALLENGER_VARIANT } from '../contract/names';
import { ENVIRONMENT_DIMENSION, METRIC_NAMESPACE, type PipelineMetric } from '../contract/observability';
import { API_STAGE, apiName } from './prediction-api';
import { variantNames } from './variants';

type Given = Readonly<{ statistic: string; period: Duration; label?: string }>;

/** The metrics of dashboard and alarms, each defined once. */
export class EnvironmentMetrics {
  constructor(
    private readonly config: PipelineConfig,
    private readonly endpointName: string,
  ) {}

  /** Returns a metric of runs. */
  pipeline(metricName: PipelineMetric, given: Given): Metric {
    const dimensionsMap = { [ENVIRONMENT_DIMENSION]: resourcePrefix(this.config) };
    return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, ...given });
  }

  /** Returns SageMaker's metric of one variant. */
  variant(metricName: string, VariantName: string, given: Given): Metric {
    const dimensionsMap = { EndpointName: this.endpointName, VariantName };
    return new Metric({ namespace: 'AWS/SageMaker', metricName, dimensionsMap, ...given });
  }

  api(metricName: '5XXError' | '4XXError' | 'Count' | 'Latency', given: Given): Metric {
    const dimensionsMap = { ApiName: apiName(this.config), Stage: API_STAGE };
    return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, ...given });
  }

  /** Variants that answer within the request, including the challenger's where the strategy has one. */
  get variants(): string[] {
    const { serving, deployment } = this.config.endpoint;
    if (serving.kind === 'asynchronous' || serving.kind === 'batch') return [];
    const tested = deployment.strategy === 'abTest' || deployment.strategy === 'shadow';
    return [...variantNames(this.config), ...(tested ? [CHALLENGER_VARIANT] : [])];
  }
}

export const DAY = Duration.days(1);
export const FIVE_MINUTES = Duration.minutes(5);
export const SUM = Stats.SUM;
/** The 99th percentile. */
export const P99 = Stats.percentile(99);
