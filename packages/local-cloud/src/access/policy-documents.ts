import { ServiceError } from '../model/errors';
import type { Cloud } from '../core/cloud';
import { MalformedPolicy, Policy, type PolicyKind } from '../iam';
import { missingPrincipal } from './principal-check';

const parsed = new WeakMap<object, Policy>();
const documents = new Map<string, object>();

/** Returns the document of a stored text: the same object for the same text, so that it is parsed once. */
export function documentOf(text: string | undefined): object | undefined {
  if (text === undefined || text === '') return undefined;
  let document = documents.get(text);
  if (!document) {
    document = JSON.parse(text) as object;
    documents.set(text, document);
  }
  return document;
}

/** Returns the policy of a document that was checked when it was stored. Documents are replaced, never changed. */
export function policyOf(name: string, document: object, kind: PolicyKind): Policy {
  let policy = parsed.get(document);
  if (!policy) {
    policy = Policy.parse(name, document, kind);
    parsed.set(document, policy);
  }
  return policy;
}

/** The facts with which a service checks the policies that it stores. */
export interface PolicyCheck {
  /** The policy's name in messages. */
  name: string;
  kind: PolicyKind;
  /** The service's error code for a malformed policy. */
  code: string;
  /**
   * Returns the service's message about a principal that does not exist; the argument is in IAM's form,
   * `"AWS":"arn:…"`.
   */
  noPrincipal?: (principal: string) => string;
}

/**
 * Checks a document before it is stored.
 *
 * @param document JSON text, or the parsed value
 * @throws ServiceError
 */
export function parsePolicy(
  cloud: Cloud,
  { name, kind, code, noPrincipal = invalidPrincipal }: PolicyCheck,
  document: unknown,
): object {
  let value = document;
  try {
    if (typeof document === 'string') value = JSON.parse(document) as unknown;
    Policy.parse(name, value, kind, { checkActions: true });
  } catch (error) {
    if (error instanceof MalformedPolicy || error instanceof SyntaxError) {
      throw new ServiceError(code, error.message);
    }
    throw error;
  }
  const missing = missingPrincipal(cloud, value as object);
  if (missing !== undefined) throw new ServiceError(code, noPrincipal(missing));
  return value as object;
}

/** IAM's message (https://github.com/hashicorp/terraform-provider-aws/issues/8905). */
const invalidPrincipal = (principal: string) => `Invalid principal in policy: ${principal}`;
