import type { ServiceId } from '../model/catalog';
import { denialForm } from '../model/denial-form';
import { ServiceError } from '../model/errors';
import { denialMessage, type AccessRequest, type Decision } from '../iam';

/** Returns a denial in the form of the called service, with the message that AWS uses for all services. */
export function denied(
  service: ServiceId | undefined,
  request: AccessRequest,
  decision: Decision,
): ServiceError {
  const [code, status] = denialForm(service);
  // S3 gives reasons to identities of the account only (S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors").
  const isWithoutReason =
    request.principal.kind === 'anonymous' && !request.action.startsWith('execute-api:');
  const message = isWithoutReason ? 'Access Denied' : denialMessage(request, decision);
  return new ServiceError(code, message, { status });
}
