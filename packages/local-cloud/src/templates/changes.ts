import { isDeepStrictEqual } from 'node:util';
import { checkType } from './check';
import { deploymentOrder } from './graph';
import { KNOWN_AFTER_APPLY, resolve, type Scope } from './intrinsics';
import type { Properties, ResourceTypes } from '../core/resource-type';
import { mustReplace } from './replacement';
import { resolveOutputs, wantedResources, type Resource, type StackOutput } from './scope';
import type { RemovalPolicy, Template, TemplateResource } from './template';

/** What CloudFormation shows of a resource beside its properties, and compares too. */
const ATTRIBUTES = ['Metadata', 'DeletionPolicy', 'UpdateReplacePolicy'] as const;

export type ChangedAttribute = 'Properties' | (typeof ATTRIBUTES)[number];

export interface AttributeChange {
  attribute: ChangedAttribute;
  /** The property's name. */
  name?: string;
  recreation: 'Never' | 'Always';
  /** The new value depends on another change of the same change set. */
  dynamic: boolean;
  before?: unknown;
  after?: unknown;
}

export interface ResourceChange {
  action: 'Add' | 'Modify' | 'Remove';
  logicalId: string;
  type: string;
  physicalId?: string;
  /** Of a modification; `Conditional` where a value decides that is known only later. */
  replacement?: 'True' | 'False' | 'Conditional';
  /** What becomes of the physical resource, if it is removed or replaced. */
  removal?: RemovalPolicy;
  details: AttributeChange[];
}

/** A resource of a stack as it is. */
export interface PlannedResource extends Resource {
  properties: Properties;
}

export interface CurrentStack {
  template: Template;
  resources: Readonly<Record<string, PlannedResource>>;
  outputs: readonly StackOutput[];
}

export interface Plan {
  changes: ResourceChange[];
  /** Outputs may change although no resource does. */
  outputsChange: boolean;
}

/**
 * What a deployment would change, without making anything.
 *
 * @param scopeOf makes the scope in which the new template is evaluated, from what resources will be
 * @throws TemplateError for whatever can be known to fail: unknown types, imports that nobody exports …
 */
export function planChanges(
  types: ResourceTypes,
  template: Template,
  current: CurrentStack,
  scopeOf: (find: (logicalId: string) => Resource | undefined) => Scope,
): Plan {
  const future = new Map<string, Resource>();
  const scope = scopeOf((logicalId) => future.get(logicalId));
  const wanted = wantedResources(deploymentOrder(template), scope);
  const changes: ResourceChange[] = [];
  for (const logicalId of wanted) {
    const definition = template.Resources[logicalId]!;
    const properties = (resolve(definition.Properties ?? {}, scope) ?? {}) as Properties;
    checkType(types, logicalId, definition.Type, properties);
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

/** The names of the properties that differ. */
export function changedProperties(before: Properties, after: Properties): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !isDeepStrictEqual(plain(before[name]), plain(after[name])),
  );
}

/** As it is stored: without what JSON leaves out. */
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
  before: PlannedResource,
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

/** What others will see of a resource: of one that is made anew, nothing is known yet. */
function expected(
  before: PlannedResource | undefined,
  change: ResourceChange | undefined,
  type: string,
  properties: Properties,
): Resource {
  if (!before || (change && change.replacement !== 'False')) {
    return { type, physicalId: KNOWN_AFTER_APPLY, attributes: unknownAttributes() };
  }
  // Attributes that are called like a property follow it; the others identify, and an update keeps them.
  const attributes = Object.fromEntries(
    Object.entries(before.attributes ?? {}).map(([name, value]) => [name, properties[name] ?? value]),
  );
  return { ...before, attributes };
}

/** An object that has every attribute, each known after the change only. */
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
