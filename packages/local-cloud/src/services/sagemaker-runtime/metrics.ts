import type { StandardUnit } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';
import { ServiceMetrics } from '../../core/service-metrics';

/** The endpoint and the variant of a value. */
export interface Subject {
  endpointName: string;
  /** Undefined for values of the whole endpoint. */
  variant?: string;
}

/** Metrics of endpoints, by endpoint and variant. */
export class EndpointMetrics {
  private readonly metrics: ServiceMetrics;

  constructor(cloud: Cloud) {
    const service = 'sagemaker.amazonaws.com';
    this.metrics = new ServiceMetrics(cloud, { namespace: 'AWS/SageMaker', service, resolution: 1 });
  }

  add({ endpointName, variant }: Subject, name: string, value: number, unit?: StandardUnit): void {
    const subject = { EndpointName: endpointName, ...(variant !== undefined && { VariantName: variant }) };
    this.metrics.add(subject, name, value, unit);
  }

  close(): Promise<void> {
    return this.metrics.close();
  }
}
