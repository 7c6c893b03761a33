import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { PipelineConfig } from '../config';
import { CHALLENGER_VARIANT } from '../contract/names';
import type { MetricView } from '../platform/team-alarm';
import { endpointTarget } from './endpoint';
import { API_STAGE, apiName } from './prediction-api';
import { variantNames } from './variants';

/** Returns variants that answer within the request, including the challenger's where the strategy has one. */
export function watchedVariants(config: PipelineConfig): string[] {
  const { serving, deployment } = config.endpoint;
  if (serving.kind === 'asynchronous' || serving.kind === 'batch') return [];
  const tested = deployment.strategy === 'abTest' || deployment.strategy === 'shadow';
  return [...variantNames(config), ...(tested ? [CHALLENGER_VARIANT] : [])];
}

/** Returns SageMaker's metric of one variant. */
export function variantMetric(
  config: PipelineConfig,
  metricName: string,
  VariantName: string,
  view: MetricView,
): Metric {
  const dimensionsMap = { EndpointName: endpointTarget(config).endpointName, VariantName };
  return new Metric({ namespace: 'AWS/SageMaker', metricName, dimensionsMap, ...view });
}

/** Returns API Gateway's metric of the prediction API. */
export function apiMetric(
  config: PipelineConfig,
  metricName: '5XXError' | '4XXError' | 'Count' | 'Latency',
  view: MetricView,
): Metric {
  const dimensionsMap = { ApiName: apiName(config), Stage: API_STAGE };
  return new Metric({ namespace: 'AWS/ApiGateway', metricName, dimensionsMap, ...view });
}
