import { isDeepStrictEqual } from 'node:util';
import { checkType } from './check';
import { creationOrder } from './graph';
import { KNOWN_AFTER_APPLY, resolve, type Scope } from './intrinsics';
import { typedProperties } from '../facts/resource-values';
import { isCustom, type Properties, type ResourceTypes } from '../core/resource-type';
import { mustReplace } from './replacement';
import { resolveOutputs, wantedResources, type Resource, type StackOutput } from './scope';
import type { RemovalPolicy, Template, TemplateResource } from './template';

/** The attributes that CloudFormation compares and shows besides a resource's properties. */
const ATTRIBUTES = ['Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'] as const;

export type ChangedAttribute = 'Properties' | (typeof ATTRIBUTES)[number];

export interface AttributeChange {
  attribute: ChangedAttribute;
  /** The property's name. */
  name?: string;
  recreation: 'Never' | 'Always';
  /** True if the new value depends on another change of the same change set. */
  dynamic: boolean;
  before?: unknown;
  after?: unknown;
}

export interface ResourceChange {
  action: 'Add' | 'Import' | 'Modify' | 'Remove';
  logicalId: string;
  type: string;
  physicalId?: string;
  /** The replacement of a modified resource; `Conditional` if a value that is known only later decides. */
  replacement?: 'True' | 'False' | 'Conditional';
  /** The policy for the physical resource, if it is removed or replaced. */
  removal?: RemovalPolicy;
  details: AttributeChange[];
}

/** A resource of a stack before the update. */
export interface CurrentResource extends Resource {
  properties: Properties;
}

export interface CurrentStack {
  template: Template;
  resources: Readonly<Record<string, CurrentResource>>;
  outputs: readonly StackOutput[];
}

export interface StackChanges {
  changes: ResourceChange[];
  /** True if outputs may change, even if no resource does. */
  outputsChange: boolean;
}

/**
 * Returns the changes of an update, without making them.
 *
 * @param scopeOf makes the scope in which the new template is evaluated, from the expected resources
 * @throws TemplateError for every failure that can be known in advance: unknown types, imports of missing exports …
 */
export function changesOf(
  types: ResourceTypes,
  template: Template,
  current: CurrentStack,
  scopeOf: (find: (logicalId: string) => Resource | undefined) => Scope,
): StackChanges {
  const future = new Map<string, Resource>();
  const scope = scopeOf((logicalId) => future.get(logicalId));
  const wanted = wantedResources(creationOrder(template), scope);
  const changes: ResourceChange[] = [];
  for (const logicalId of wanted) {
    const definition = template.Resources[logicalId]!;
    const written = (resolve(definition.Properties ?? {}, scope) ?? {}) as Properties;
    checkType(types, logicalId, definition.Type, written);
    const properties = typedProperties(definition.Type, written);
    const before = current.resources[logicalId];
    const change = before
      ? modification(logicalId, definition, properties, before, current.template.Resources[logicalId])
      : addition(logicalId, definition.Type);
    if (change) changes.push(change);
    future.set(logicalId, expected(before, change, definition.Type, properties));
  }
  for (const [logicalId, { type, physicalId }] of Object.entries(current.resources)) {
    if (wanted.includes(logicalId)) continue;
    const removal = current.template.Resources[logicalId]?.DeletionPolicy;
    changes.push({ action: 'Remove', logicalId, type, physicalId, removal, details: [] });
  }
  return { changes, outputsChange: !isDeepStrictEqual(resolveOutputs(template, scope), current.outputs) };
}

/** Returns the names of the properties that differ. */
export function changedProperties(before: Properties, after: Properties): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(plain(before[name]), plain(after[name])),
  );
}

/** Returns a value as it is stored: without members that JSON leaves out. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
}

function addition(logicalId: string, type: string): ResourceChange {
  return { action: 'Add', logicalId, type, details: [] };
}

function modification(
  logicalId: string,
  definition: TemplateResource,
  properties: Properties,
  before: CurrentResource,
  definitionBefore: TemplateResource | undefined,
): ResourceChange | undefined {
  const { type, physicalId } = before;
  const removal = definitionBefore?.UpdateReplacePolicy;
  const change = { action: 'Modify' as const, logicalId, type: definition.Type, physicalId, removal };
  if (type !== definition.Type) return { ...change, replacement: 'True', details: [] };
  const details: AttributeChange[] = changedProperties(before.properties, properties).map((name) => ({
    attribute: 'Properties',
    name,
    recreation: mustReplace(type, name, before.properties, properties) ? 'Always' : 'Never',
    dynamic: isUnknown(properties[name]),
    before: before.properties[name],
    after: properties[name],
  }));
  for (const attribute of ATTRIBUTES) {
    if (isDeepStrictEqual(definition[attribute], definitionBefore?.[attribute])) continue;
    const values = { before: definitionBefore?.[attribute], after: definition[attribute] };
    details.push({ attribute, recreation: 'Never', dynamic: false, ...values });
  }
  if (details.length === 0) return undefined;
  const recreating = details.filter(({ recreation }) => recreation === 'Always');
  const replacement = recreating.some(({ dynamic }) => !dynamic)
    ? 'True'
    : recreating.length > 0
      ? 'Conditional'
      : 'False';
  return { ...change, replacement, details };
}

/** Returns the resource that others will refer to. The values of a replacement are not known yet. */
function expected(
  before: CurrentResource | undefined,
  change: ResourceChange | undefined,
  type: string,
  properties: Properties,
): Resource {
  // The provider of a custom resource may answer an update with another id, and with other attributes.
  if (!before || (change && (change.replacement !== 'False' || isCustom(type)))) {
    return { type, physicalId: KNOWN_AFTER_APPLY, attributes: unknownAttributes() };
  }
  // Attributes named like a property follow it; the others identify the resource, and an update keeps them.
  const attributes = Object.fromEntries(
    Object.entries(before.attributes ?? {}).map(([name, value]) => [name, properties[name] ?? value]),
  );
  return { ...before, attributes };
}

/** Returns an object that has every attribute, each known only after the change. */
function unknownAttributes(): Record<string, unknown> {
  return new Proxy<Record<string, unknown>>(
    {},
    {
      get: () => KNOWN_AFTER_APPLY,
      getOwnPropertyDescriptor: () => ({ value: KNOWN_AFTER_APPLY, configurable: true, enumerable: true }),
    },
  );
}

function isUnknown(value: unknown): boolean {
  return JSON.stringify(value ?? null).includes(KNOWN_AFTER_APPLY);
}
