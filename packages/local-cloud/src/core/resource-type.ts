import { randomBytes } from 'node:crypto';
import type { Cloud } from './cloud';
import type { Caller } from './service';

export type Properties = Record<string, unknown>;

/** What a handler has at hand. */
export interface ResourceContext {
  cloud: Cloud;
  /** In whose name: the role that the stack was given, or who asked for the deployment. */
  caller: Caller;
  stackName: string;
  logicalId: string;
  /** Told what exists already, by a handler that has more to do: if that fails, it is deleted again. */
  made: (created: Created) => void;
}

/** What `Ref` and `Fn::GetAtt` yield. */
export interface Created {
  physicalId: string;
  attributes?: Record<string, unknown>;
}

/** One CloudFormation resource type on the local cloud. */
export interface ResourceType {
  /** Every property that the handler knows; any other in a template is refused. */
  properties: readonly string[];
  create(properties: Properties, context: ResourceContext): Promise<Created>;
  /** Changes a resource in place. Which properties replace it instead is a fact of AWS's (`src/facts`). */
  update?: (properties: Properties, context: ResourceContext, before: Existing) => Promise<Created>;
  /** Properties that `update` does not change although AWS does: a change is refused by name. */
  fixed?: readonly string[];
  delete(existing: Existing, context: ResourceContext): Promise<void>;
}

/** By name, such as `AWS::S3::Bucket`. */
export type ResourceTypes = Readonly<Record<string, ResourceType>>;

export interface Existing extends Created {
  properties: Properties;
}

/** A name as CloudFormation makes it: stack, logical id, twelve random characters. */
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

/** CloudFormation's PascalCase to the camelCase of services that have it; map keys of users stay in `except`. */
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

/** `[{Key, Value}]` as a map. */
export function tagMap(tags: unknown): Record<string, string> | undefined {
  const list = tags as { Key: string; Value: string }[] | undefined;
  return list && Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}
