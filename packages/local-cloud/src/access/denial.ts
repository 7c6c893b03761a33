import type { ServiceId } from '../model/catalog';
import { ServiceError } from '../model/errors';
import { denialMessage, type AccessRequest, type Decision } from '../iam';

/** The services' code and HTTP status of a denial, where they are not `AccessDeniedException` and 400. */
const FORMS: Partial<Record<ServiceId, readonly [code: string, status: number]>> = {
  apigateway: ['AccessDeniedException', 403],
  cloudformation: ['AccessDenied', 403],
  cloudwatch: ['AccessDenied', 403],
  ec2: ['UnauthorizedOperation', 403],
  lambda: ['AccessDeniedException', 403],
  s3: ['AccessDenied', 403],
  sagemakerruntime: ['AccessDeniedException', 403],
  sns: ['AuthorizationError', 403],
  sts: ['AccessDenied', 403],
};

/** Returns a denial in the form of the called service, with the message that AWS uses for all services. */
export function denied(
  service: ServiceId | undefined,
  request: AccessRequest,
  decision: Decision,
): ServiceError {
  const [code, status] = (service && FORMS[service]) ?? ['AccessDeniedException', 400];
  // S3 gives reasons to identities of the account only (S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors").
  const message = request.principal.kind === 'anonymous' ? 'Access Denied' : denialMessage(request, decision);
  return new ServiceError(code, message, { status });
}
