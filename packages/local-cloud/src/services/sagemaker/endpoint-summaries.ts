import type {
  DataCaptureConfig,
  DataCaptureConfigSummary,
  PendingDeploymentSummary,
  ProductionVariantStatus,
  ProductionVariantSummary,
} from '@aws-sdk/client-sagemaker';
import type { Fleet } from './endpoint-fleet';
import type { VariantHost } from './endpoint-variants';

/** Returns the variants that serve, as DescribeEndpoint shows them. */
export function variantSummaries(fleet: Fleet) {
  return {
    ProductionVariants: fleet.variants.map((variant) => summary(fleet, variant)),
    ShadowProductionVariants: fleet.shadow && [summary(fleet, fleet.shadow)],
  };
}

/** @param status of every variant, for the progress of a deployment */
export function pendingSummary(
  fleet: Fleet,
  started: Date,
  status: ProductionVariantStatus,
): PendingDeploymentSummary {
  const pending = (variant: VariantHost) => ({ ...summary(fleet, variant), VariantStatus: [status] });
  return {
    EndpointConfigName: fleet.order.config.EndpointConfigName,
    StartTime: started,
    ProductionVariants: fleet.variants.map(pending),
    ...(fleet.shadow && { ShadowProductionVariants: [pending(fleet.shadow)] }),
  };
}

export function captureSummary(capture: DataCaptureConfig | undefined): DataCaptureConfigSummary | undefined {
  if (!capture) return undefined;
  return {
    EnableCapture: capture.EnableCapture ?? false,
    CaptureStatus: capture.EnableCapture ? 'Started' : 'Stopped',
    CurrentSamplingPercentage: capture.InitialSamplingPercentage,
    DestinationS3Uri: capture.DestinationS3Uri,
    KmsKeyId: capture.KmsKeyId ?? '',
  };
}

function summary(
  { order }: Fleet,
  { name, weight, variant, instanceCount }: VariantHost,
): ProductionVariantSummary {
  const weights = { VariantName: name, CurrentWeight: weight, DesiredWeight: weight };
  if (variant.ServerlessConfig) {
    const config = { ...variant.ServerlessConfig };
    return { ...weights, CurrentServerlessConfig: config, DesiredServerlessConfig: config };
  }
  return {
    ...weights,
    CurrentInstanceCount: instanceCount,
    DesiredInstanceCount: order.sizes[name]!.instances,
  };
}
