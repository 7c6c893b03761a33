import type { AuthorizationRequest, Cloud } from '../core/cloud';
import type { Principal } from '../core/principals';
import type { PermissionContext } from '../core/service';

/**
 * Returns the global condition keys of a request (IAM User Guide, "AWS global condition context keys"). Loopback counts
 * as TLS: a cloud on one machine has no certificate, and a policy that requires TLS is meant for AWS.
 */
export function globalKeys(cloud: Cloud, { principal, sourceArn, service, via }: AuthorizationRequest) {
  const now = cloud.clock.now();
  return {
    ...principalKeys(principal),
    ...(sourceArn !== undefined && {
      'aws:SourceArn': sourceArn,
      'aws:SourceAccount': sourceArn.split(':')[4] || principal.account,
    }),
    ...(via !== undefined && {
      'kms:ViaService': `${via}.${cloud.region}.amazonaws.com`,
      'aws:CalledVia': [`${via}.amazonaws.com`],
    }),
    'aws:ViaAWSService': String(via !== undefined),
    ...(principal.kind !== 'service' && via === undefined && { 'aws:SourceIp': '127.0.0.1' }),
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    'aws:RequestedRegion': cloud.region,
    'aws:SecureTransport': 'true',
    ...(service === 's3' && { 's3:TlsVersion': '1.3' }),
  } satisfies PermissionContext;
}

function principalKeys({ kind, arn, account, roleArn, userId }: Principal): PermissionContext {
  if (kind === 'service') {
    return { 'aws:PrincipalIsAWSService': 'true', 'aws:PrincipalServiceName': arn };
  }
  if (kind === 'anonymous') {
    return { 'aws:PrincipalType': 'Anonymous', 'aws:userid': userId, 'aws:PrincipalIsAWSService': 'false' };
  }
  return {
    'aws:PrincipalArn': roleArn ?? arn,
    'aws:PrincipalAccount': account,
    'aws:PrincipalType': kind === 'role' ? 'AssumedRole' : 'User',
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': userId,
    ...(kind === 'operator' && { 'aws:username': arn.slice(arn.lastIndexOf('/') + 1) }),
  };
}
