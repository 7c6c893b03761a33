import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { Caller } from '../../core/service';
import { keyArn } from '../kms/key-arn';
import { validation } from './limits';

const SERVICE = 'sagemaker.amazonaws.com';

/**
 * Opens a session of a job's or model's role, which its containers and SageMaker use.
 *
 * @param sourceArn the job, model or endpoint
 * @throws ServiceError ValidationException if the role does not trust SageMaker
 */
export function sessionOf(cloud: Cloud, roleArn: string, sourceArn: string): Principal {
  try {
    return cloud.assumeRole(SERVICE, roleArn, 'SageMaker', sourceArn);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw validation(
      `Could not assume role ${roleArn}. Please ensure that the role exists and allows principal '${SERVICE}' to assume the role.`,
    );
  }
}

/**
 * Checks that volumes can be encrypted with the key, through a grant. The caller or the role that uses the volume must
 * be allowed to create it (Developer Guide, "SageMaker AI API Permissions: Actions, Permissions, and Resources
 * Reference", kms:CreateGrant).
 */
export function authorizeVolumeKey(
  cloud: Cloud,
  caller: Caller,
  keyId: string | undefined,
  role?: Principal,
): void {
  if (keyId === undefined) return;
  const permission = {
    action: 'kms:CreateGrant',
    resources: [keyArn(cloud, keyId)],
    context: { 'kms:GrantIsForAWSResource': 'true', 'kms:CallerAccount': cloud.account },
  };
  const authorize = (principal: Principal) =>
    cloud.authorize({ principal, via: 'sagemaker' }, permission, 'sagemaker');
  if (role) {
    try {
      return authorize(role);
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
    }
  }
  authorize(caller.principal);
}

/**
 * Checks the key of a training job's artifacts: "the SageMaker execution role must include permissions to call
 * kms:Encrypt" (API reference, OutputDataConfig).
 *
 * @throws ServiceError of the kind AccessDenied
 */
export function authorizeOutputKey(cloud: Cloud, role: Principal, keyId: string | undefined): void {
  if (keyId === undefined) return;
  const context = { 'kms:CallerAccount': cloud.account };
  cloud.authorize(
    { principal: role, via: 's3' },
    { action: 'kms:Encrypt', resources: [keyArn(cloud, keyId)], context },
    'sagemaker',
  );
}
