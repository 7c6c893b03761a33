import type { DescribeEndpointConfigOutput } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import { validation } from './limits';

/**
 * Throws if an update removes a variant that is scaled automatically, or changes its instance type: it must first be
 * deregistered as a scalable target.
 *
 * @throws ServiceError ValidationException
 */
export async function checkScaledVariants(
  cloud: Cloud,
  endpointName: string,
  before: DescribeEndpointConfigOutput,
  after: DescribeEndpointConfigOutput,
): Promise<void> {
  const types = new Map(
    after.ProductionVariants?.map((variant) => [variant.VariantName, variant.InstanceType]),
  );
  const changed = (before.ProductionVariants ?? [])
    .filter(({ VariantName, InstanceType }) => types.get(VariantName) !== InstanceType)
    .map(({ VariantName }) => VariantName!);
  if (changed.length === 0 || !cloud.services.ids.includes('applicationautoscaling')) return;
  const resource = (variant: string) => `endpoint/${endpointName}/variant/${variant}`;
  const { ScalableTargets = [] } = await cloud.call(
    'applicationautoscaling',
    'DescribeScalableTargets',
    { ServiceNamespace: 'sagemaker', ResourceIds: changed.map(resource) },
    // SageMaker reads this without the caller's permissions; no policy of the account has to allow it.
    { principal: cloud.principals.operator },
  );
  const registered = new Set(ScalableTargets.map(({ ResourceId }) => ResourceId));
  const scaled = changed.filter((variant) => registered.has(resource(variant)));
  if (scaled.length > 0) {
    throw validation(
      `The variant(s) "${JSON.stringify(scaled)}" must be deregistered as scalable targets with AWS Auto Scaling before they can be removed or have their instance type updated.`,
    );
  }
}
