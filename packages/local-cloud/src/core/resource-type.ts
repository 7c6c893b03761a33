import { randomBytes } from 'node:crypto';
import type { Cloud } from './cloud';
import type { Caller } from './service';

export type Properties = Record<string, unknown>;

/** The context of a resource handler's call. */
export interface ResourceContext {
  cloud: Cloud;
  /** The principal of the calls: the stack's role, or the caller of the stack operation. */
  caller: Caller;
  stackName: string;
  logicalId: string;
  /**
   * Reports a resource that exists already, for a handler with further steps: if those fail, the rollback deletes the
   * resource. A later report replaces an earlier one.
   */
  made: (created: Created) => void;
  /** The stack operation, for a handler that waits for others. Only stacks set it. */
  operation?: OperationContext;
}

export interface OperationContext {
  readonly stackId: string;
  /** The type in the template, such as `Custom::Thing`. */
  readonly type: string;
  /** Aborted when the operation is interrupted. */
  readonly signal: AbortSignal;
}

/** The values of `Ref` and `Fn::GetAtt`. */
export interface Created {
  physicalId: string;
  attributes?: Record<string, unknown>;
}

/** One CloudFormation resource type on the local cloud. */
export interface ResourceType {
  /** The properties that the handler supports; any other in a template is refused. */
  properties: readonly string[];
  create(properties: Properties, context: ResourceContext): Promise<Created>;
  /** Changes a resource in place. AWS's facts (`src/facts`) say which properties replace it instead. */
  update?: (properties: Properties, context: ResourceContext, before: Existing) => Promise<Created>;
  /** How a stack imports a resource that exists. Types without it cannot be imported. */
  adopt?: Adoption;
  /** Properties that `update` does not change, although AWS does: a change is refused by name. */
  fixed?: readonly string[];
  delete(existing: Existing, context: ResourceContext): Promise<void>;
  /** A custom resource has any property and any attribute, and an update may answer with a new physical id. */
  custom?: true;
}

/** How an existing resource becomes a stack's. */
export interface Adoption {
  /** The property that identifies it. */
  readonly identifier: string;
  /** @throws ServiceError if it does not exist */
  find(id: string, context: Pick<ResourceContext, 'cloud' | 'caller'>): Promise<Created>;
}

/** Resource types by name, such as `AWS::S3::Bucket`. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

const CUSTOM_RESOURCE = 'AWS::CloudFormation::CustomResource';

export function isCustom(type: string): boolean {
  return type === CUSTOM_RESOURCE || type.startsWith('Custom::');
}

/** Returns a type by its name in a template; undefined if there is none. Names of custom resources are free. */
export function findType(types: ResourceTypes, name: string): ResourceType | undefined {
  return types[isCustom(name) ? CUSTOM_RESOURCE : name];
}

export interface Existing extends Created {
  properties: Properties;
}

/** Returns a name as CloudFormation makes it: stack, logical id, twelve random characters. */
export function generatedName(
  { stackName, logicalId }: ResourceContext,
  maxLength: number,
  style: 'mixed' | 'lower' = 'mixed',
): string {
  const suffix = randomBytes(12)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, 12)
    .padEnd(12, '0');
  const room = maxLength - suffix.length - 2;
  const stack = stackName.slice(0, Math.max(room - logicalId.length, Math.floor(room / 2)));
  const name = `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
  return style === 'lower' ? name.toLowerCase() : name;
}

/**
 * Converts CloudFormation's PascalCase to the camelCase of some services; `except` lists members whose keys are the
 * user's own.
 */
export function camelCase(value: unknown, except: readonly string[] = []): unknown {
  if (Array.isArray(value)) return value.map((item) => camelCase(item, except));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key.charAt(0).toLowerCase() + key.slice(1),
      except.includes(key) ? member : camelCase(member, except),
    ]),
  );
}

/** Converts `[{Key, Value}]` to a map. */
export function tagMap(tags: unknown): Record<string, string> | undefined {
  const list = tags as { Key: string; Value: string }[] | undefined;
  return list && Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}
