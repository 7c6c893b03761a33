import type { ServiceId } from './catalog';

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

/** Returns the code and the HTTP status of a service's denial. */
export function denialForm(service: ServiceId | undefined): readonly [code: string, status: number] {
  return (service && FORMS[service]) ?? ['AccessDeniedException', 400];
}
