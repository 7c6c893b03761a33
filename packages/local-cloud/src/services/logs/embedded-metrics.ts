import type { MetricDatum } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { LogEvent } from './groups';

/** Metrics of one namespace. */
export interface EmbeddedMetrics {
  namespace: string;
  data: MetricDatum[];
}

/**
 * Limits of the specification of the embedded metric format: metrics in a directive, values of a metric, dimensions in
 * a set.
 */
const MAX_METRICS = 100;
const MAX_VALUES = 100;
const MAX_DIMENSIONS = 30;

interface Directive {
  Namespace: string;
  Dimensions: string[][];
  Metrics: { Name: string; Unit?: MetricDatum['Unit']; StorageResolution?: number }[];
}

/**
 * Returns the metrics of a log event in the embedded metric format: `_aws` defines which members of the document are
 * metrics and which are dimensions. Metadata that Lambda writes before the document is skipped. Invalid metrics are
 * ignored: CloudWatch Logs reports them only in its own metrics.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function embeddedMetrics({ message }: Pick<LogEvent, 'message'>): EmbeddedMetrics[] {
  if (!message.includes('"_aws"')) return [];
  const document = parse(message.slice(message.indexOf('{')));
  const metadata = document?._aws;
  if (!document || !isObject(metadata) || !Number.isInteger(metadata.Timestamp)) return [];
  if (!Array.isArray(metadata.CloudWatchMetrics)) return [];
  const timestamp = new Date(metadata.Timestamp as number);
  return metadata.CloudWatchMetrics.filter(isDirective).flatMap((directive) => {
    const data = dataOf(directive, document, timestamp);
    return data.length === 0 ? [] : [{ namespace: directive.Namespace, data }];
  });
}

/** Publishes the metrics of events in the embedded metric format, as the service itself. */
export async function publishMetrics(cloud: Cloud, events: readonly LogEvent[]): Promise<void> {
  // In a cloud without CloudWatch, metrics are not published.
  if (!cloud.services.ids.includes('cloudwatch')) return;
  const caller = { principal: cloud.principals.service('logs.amazonaws.com') };
  for (const { namespace, data } of events.flatMap(embeddedMetrics)) {
    try {
      const request = { Namespace: namespace, MetricData: data };
      await cloud.call('cloudwatch', 'PutMetricData', request, caller);
    } catch (error) {
      // For a reserved namespace, an unknown unit or an old timestamp, there is no metric, but the event is stored.
      if (!(error instanceof ServiceError)) throw error;
    }
  }
}

/** Returns a datum for each metric and set of dimensions. */
function dataOf(
  { Dimensions, Metrics }: Directive,
  document: Record<string, unknown>,
  Timestamp: Date,
): MetricDatum[] {
  const sets = Dimensions.filter((names) => names.every((name) => isDimension(document[name])));
  return Metrics.flatMap(({ Name, Unit, StorageResolution }) => {
    const value = document[Name];
    const values = Array.isArray(value) ? (value as unknown[]) : [value];
    const sound = values.length > 0 && values.length <= MAX_VALUES && values.every(Number.isFinite);
    if (!sound) return [];
    return sets.map((names) => ({
      MetricName: Name,
      Dimensions: names.map((name) => ({ Name: name, Value: document[name] as string })),
      Timestamp,
      Values: values as number[],
      ...(Unit !== undefined && { Unit }),
      ...(StorageResolution !== undefined && { StorageResolution }),
    }));
  });
}

function isDirective(value: unknown): value is Directive {
  if (!isObject(value)) return false;
  const { Namespace, Dimensions, Metrics } = value;
  return (
    typeof Namespace === 'string' &&
    Array.isArray(Dimensions) &&
    Dimensions.every(
      (set) =>
        Array.isArray(set) &&
        set.length <= MAX_DIMENSIONS &&
        set.every((name) => typeof name === 'string' && name !== ''),
    ) &&
    Array.isArray(Metrics) &&
    Metrics.length <= MAX_METRICS &&
    Metrics.every((metric) => isObject(metric) && typeof metric.Name === 'string')
  );
}

function isDimension(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '' && value.length <= 1_024;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
