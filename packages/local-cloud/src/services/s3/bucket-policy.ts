import { actionExists, actionFacts } from '../../iam';
import { ServiceError } from '../../model/errors';

interface Statement {
  Action?: unknown;
  NotAction?: unknown;
  Resource?: unknown;
  NotResource?: unknown;
}

const malformed = (message: string, Detail: string) =>
  new ServiceError('MalformedPolicy', message, { status: 400, members: { Detail } });

/**
 * Checks the rules of S3 for a policy of one bucket: its actions are S3's, its resources the bucket and its objects, and
 * each action applies to one of its statement's resources. Text that is not a policy is left to the common check. The
 * sentences are seen in https://github.com/noobaa/noobaa-core/issues/10058 (resource) and
 * https://github.com/versity/versitygw/issues/645 (action).
 *
 * @throws ServiceError MalformedPolicy
 */
export function checkBucketPolicy(bucket: string, text: string): void {
  for (const { Action, NotAction, Resource, NotResource } of statementsOf(text)) {
    const actions = strings(Action ?? NotAction);
    const wrong = actions.find((action) => !isS3Action(action));
    if (wrong !== undefined) throw malformed('Policy has invalid action', wrong);
    const resources = strings(Resource ?? NotResource);
    const foreign = resources.find((resource) => !isOf(bucket, resource));
    if (foreign !== undefined) throw malformed('Policy has invalid resource', foreign);
    if (Action === undefined || Resource === undefined) continue;
    const idle = actions.find((action) => !resources.some((resource) => applies(action, resource)));
    if (idle !== undefined) throw malformed('Action does not apply to any resource(s) in statement', idle);
  }
}

function statementsOf(text: string): Statement[] {
  try {
    const { Statement } = (JSON.parse(text) ?? {}) as { Statement?: unknown };
    return [Statement].flat().filter((each): each is Statement => typeof each === 'object' && each !== null);
  } catch {
    return [];
  }
}

const strings = (value: unknown) => [value].flat().filter((each): each is string => typeof each === 'string');

const isS3Action = (action: string) => action === '*' || (/^s3:/i.test(action) && actionExists(action));

function isOf(bucket: string, resource: string): boolean {
  const named = /^arn:(?:aws[a-z-]*|\*):s3:::([^/]+)(?:\/.*)?$/s.exec(resource)?.[1];
  if (named === undefined) return false;
  const escaped = named.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(bucket);
}

/** Returns true if an action is one on buckets or on objects, as the resource is. Patterns of actions apply to both. */
function applies(action: string, resource: string): boolean {
  if (/[*?]/.test(action)) return true;
  const path = resource.split(':::')[1]!;
  const kinds = path.includes('/') ? ['object'] : path.includes('*') ? ['bucket', 'object'] : ['bucket'];
  return (actionFacts(action)?.resourceTypes ?? []).some(({ name }) => kinds.includes(name));
}
