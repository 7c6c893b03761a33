import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { DIMENSION, NAMESPACE, validation, type TargetId } from './state';
import type { ServiceRole } from './service-role';

/** A production variant of an endpoint, as a scalable resource. */
export interface EndpointVariant {
  endpoint: string;
  variant: string;
}

/** The state of a variant's instances. */
export interface VariantCapacity {
  desired: number;
  current: number;
  /** The endpoint's status, such as `InService`. */
  status: string;
  configName: string;
}

/** Endpoints are accessed with the service-linked role, independent of the caller. */
export class EndpointVariants {
  constructor(
    private readonly cloud: Cloud,
    private readonly role: ServiceRole,
  ) {}

  /**
   * @throws ServiceError ValidationException if the endpoint does not have the variant, or the variant has no instances
   */
  async capacity({ endpoint, variant }: EndpointVariant): Promise<VariantCapacity> {
    const { EndpointStatus, EndpointConfigName, ProductionVariants = [] } = await this.describe(endpoint);
    const found = ProductionVariants.find(({ VariantName }) => VariantName === variant);
    if (!found) throw validation(`The endpoint ${endpoint} has no production variant ${variant}.`);
    const { CurrentInstanceCount: current, DesiredInstanceCount: desired = current } = found;
    if (current === undefined || desired === undefined) {
      throw validation(`The variant ${variant} of the endpoint ${endpoint} has no instances to scale.`);
    }
    return { current, desired, status: EndpointStatus!, configName: EndpointConfigName! };
  }

  /** Returns true if an endpoint of this configuration is asynchronous: only then may it have no instances. */
  async isAsynchronous(EndpointConfigName: string): Promise<boolean> {
    const input = { EndpointConfigName };
    const session = this.role.session();
    const config = await this.cloud.call('sagemaker', 'DescribeEndpointConfig', input, session);
    return config.AsyncInferenceConfig !== undefined;
  }

  async setDesired({ endpoint, variant }: EndpointVariant, DesiredInstanceCount: number): Promise<void> {
    const DesiredWeightsAndCapacities = [{ VariantName: variant, DesiredInstanceCount }];
    await this.cloud.call(
      'sagemaker',
      'UpdateEndpointWeightsAndCapacities',
      { EndpointName: endpoint, DesiredWeightsAndCapacities },
      this.role.session(),
    );
  }

  private async describe(EndpointName: string) {
    try {
      return await this.cloud.call('sagemaker', 'DescribeEndpoint', { EndpointName }, this.role.session());
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw validation(error.message);
    }
  }
}

/**
 * @throws ServiceError ValidationException for a resource id that is not a variant's; NotImplemented for other
 * resources that Application Auto Scaling supports in AWS
 */
export function parseVariant({
  ServiceNamespace,
  ResourceId = '',
  ScalableDimension,
}: TargetId): EndpointVariant {
  if (ServiceNamespace !== NAMESPACE || ScalableDimension !== DIMENSION) {
    throw notSupported(`scaling ${ScalableDimension} of ${ServiceNamespace}`, `It scales ${DIMENSION}.`);
  }
  const [, endpoint, variant] = /^endpoint\/([^/]+)\/variant\/([^/]+)$/.exec(ResourceId) ?? [];
  if (endpoint && variant) return { endpoint, variant };
  throw validation(
    `Unsupported service namespace, resource type or scalable dimension: '${ResourceId}' is not endpoint/<name>/variant/<name>.`,
  );
}
