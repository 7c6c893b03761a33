import type { Properties, ResourceContext } from '../../core/resource-type';
import { ServiceError } from '../../model/errors';
import type { Networks } from './networks';

/**
 * Checks a VPC endpoint: its type, and that no other one is in its way. In one VPC the names of a service resolve to one
 * interface endpoint, and a route table has one route to the addresses of a service.
 *
 * @param id of an existing endpoint
 * @throws ServiceError
 */
export function checkEndpoint(
  properties: Properties,
  networks: Networks,
  _: ResourceContext,
  id: string | undefined,
): void {
  const { VpcEndpointType = 'Gateway', ServiceName, RouteTableIds, VpcId } = properties;
  const isGateway = VpcEndpointType === 'Gateway';
  const hasGateway = /\.(s3|dynamodb)$/.test(String(ServiceName));
  if (isGateway && !hasGateway) {
    throw new ServiceError(
      'InvalidParameter',
      `Endpoint type (Gateway) does not match available service types ([Interface]).`,
    );
  }
  if (!isGateway && RouteTableIds !== undefined) {
    throw new ServiceError(
      'InvalidParameter',
      'Route table IDs are only supported for Gateway type VPC Endpoint.',
    );
  }
  const self = id === undefined ? undefined : networks.find('vpc endpoint', id);
  const others = networks
    .ofVpc('vpc endpoint', String(VpcId))
    .filter((other) => other !== self && other.properties.ServiceName === ServiceName)
    .map((other) => other.properties);
  if (isGateway) checkRoutes(properties, others);
  else checkPrivateDns(properties, others);
}

/** The refusal: https://github.com/eksctl-io/eksctl/issues/2510. EC2 names the id of the service's prefix list. */
function checkRoutes({ RouteTableIds = [] }: Properties, others: readonly Properties[]): void {
  const taken = others.flatMap((other) => (other.RouteTableIds ?? []) as string[]);
  const table = (RouteTableIds as string[]).find((each) => taken.includes(each));
  if (table === undefined) return;
  throw new ServiceError(
    'RouteAlreadyExists',
    `route table ${table} already has a route with destination-prefix-list-id of this service`,
  );
}

/** Code and sentence: https://github.com/hashicorp/terraform-provider-aws/issues/17535. */
function checkPrivateDns(
  { PrivateDnsEnabled, ServiceName, VpcId }: Properties,
  others: readonly Properties[],
): void {
  if (!isTrue(PrivateDnsEnabled) || !others.some((other) => isTrue(other.PrivateDnsEnabled))) return;
  // com.amazonaws.us-east-1.sagemaker.api is api.sagemaker.us-east-1.amazonaws.com.
  const [, , region, ...labels] = String(ServiceName).split('.');
  const domain = [...labels.reverse(), region, 'amazonaws.com'].join('.');
  throw new ServiceError(
    'InvalidParameter',
    `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${domain} in the VPC ${String(VpcId)}`,
  );
}

function isTrue(value: unknown): boolean {
  return String(value) === 'true';
}
