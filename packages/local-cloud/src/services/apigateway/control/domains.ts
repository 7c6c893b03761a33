import { badRequest } from './requests';
import { type ApiGatewayState, type RestApi } from './state';

/**
 * "When you use an enhanced security policy, you must also set the endpoint access mode"
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies.html). The gateway's own
 * sentence is not known. Requests to this machine have no TLS: policies are stored, and not enforced.
 */
export function checkTls({
  securityPolicy,
  endpointAccessMode,
}: Pick<RestApi, 'securityPolicy' | 'endpointAccessMode'>): void {
  if (!securityPolicy?.startsWith('SecurityPolicy_') || endpointAccessMode) return;
  throw badRequest(`Security policy ${securityPolicy} requires an endpoint access mode, STRICT or BASIC`);
}

/** Throws if a domain name is mapped to an API. The message is that of https://github.com/serverless/serverless/issues/3638. */
export function assertNotMapped(state: ApiGatewayState, restApiId: string): void {
  const domains = Object.values(state.domains).filter(({ mappings }) =>
    Object.values(mappings).some((mapping) => mapping.restApiId === restApiId),
  );
  if (domains.length === 0) return;
  const names = domains.map(({ domainName }) => domainName).join(', ');
  throw badRequest(
    `Deleting RestApi ${restApiId} failed. Please remove all base path mappings related to the RestApi in your domains: ${names}`,
  );
}
