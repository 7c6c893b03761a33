import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Principal } from '../../core/principals';
import type { Caller } from '../../core/service';
import { keyArn } from '../kms/key-arn';
import { validation } from './limits';

const SERVICE = 'sagemaker.amazonaws.com';

/**
 * A session of a job's or model's role, as its containers and SageMaker itself use it.
 *
 * @param sourceArn the job, model or endpoint
 * @throws ServiceError ValidationException where the role does not trust SageMaker
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
 * Volumes are encrypted through a grant on the key. Who asks for the volume must be allowed to make one, or the
 * role that the volume is for (Developer Guide, "SageMaker AI API Permissions: Actions, Permissions, and Resources
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
 * A training job's artifacts get their own key: "the SageMaker execution role must include permissions to call
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
