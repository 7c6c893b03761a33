import { ServiceError } from '../model/errors';
import { MalformedPolicy, Policy, type PolicyKind } from '../iam';

const parsed = new WeakMap<object, Policy>();
const documents = new Map<string, object>();

/** The document that a stored text says: the same object for the same text, so that it is parsed once. */
export function documentOf(text: string | undefined): object | undefined {
  if (text === undefined || text === '') return undefined;
  let document = documents.get(text);
  if (!document) {
    document = JSON.parse(text) as object;
    documents.set(text, document);
  }
  return document;
}

/** The policy of a document that was checked when it was stored; documents are replaced, never changed. */
export function policyOf(name: string, document: object, kind: PolicyKind): Policy {
  let policy = parsed.get(document);
  if (!policy) {
    policy = Policy.parse(name, document, kind);
    parsed.set(document, policy);
  }
  return policy;
}

/**
 * Checks a document before it is stored.
 *
 * @param document JSON, or what it says
 * @param code what the service calls a malformed policy
 * @throws ServiceError
 */
export function parsePolicy(name: string, document: unknown, kind: PolicyKind, code: string): object {
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
  return value as object;
}
