import { serviceShapes, type ShapeFacts } from '../facts/operation-facts';
import { resourceFacts, type ResourceSchema } from '../facts/resource-facts';
import {
  DEFAULTED_PROPERTIES,
  RESOURCE_SUPPLEMENTS,
  SHAPE_SUPPLEMENTS,
  TEXT_VALUES,
} from '../facts/supplements';
import { findModel } from '../services';

/** What checks a request or a resource's properties. */
export interface FactsInUse {
  /** Constraints of AWS's models: required members, enumerations, lengths, ranges, patterns. */
  readonly constraints: number;
  /** Addresses of the documentation that adds to them. */
  readonly documentation: readonly string[];
}

const RULES = ['enum', 'min', 'max', 'pattern'] as const;

/** Returns what checks an operation's request; undefined if the local cloud, and so the SDK's schema, lacks it. */
export function requestFacts(service: string, operation: string): FactsInUse | undefined {
  if (!findModel(service)?.operations.has(operation)) return undefined;
  const shapes = serviceShapes(service);
  const seen = new Set<string>();
  let constraints = 0;
  const visit = (name: string | undefined) => {
    if (name === undefined || seen.has(name)) return;
    seen.add(name);
    const shape: ShapeFacts = shapes.shape(name);
    constraints += (shape.required?.length ?? 0) + RULES.filter((rule) => shape[rule] !== undefined).length;
    for (const part of [...Object.values(shape.members ?? {}), shape.item, shape.key, shape.value])
      visit(part);
  };
  visit(shapes.input(operation));
  const documentation = SHAPE_SUPPLEMENTS.filter(
    (entry) => entry.service === service && seen.has(entry.shape),
  );
  return { constraints, documentation: distinct(documentation) };
}

/** Returns what checks a resource's properties; undefined for a type that the local cloud lacks. */
export function resourceTypeFacts(type: string): (FactsInUse & { readonly properties: number }) | undefined {
  const facts = resourceFacts(type);
  if (!facts) return undefined;
  const schemas = [facts, ...Object.values(facts.definitions ?? {})];
  const supplements = [...RESOURCE_SUPPLEMENTS, ...DEFAULTED_PROPERTIES, ...TEXT_VALUES];
  return {
    properties: Object.keys(facts.properties).length,
    constraints: schemas.reduce((sum, schema) => sum + constraintsOf(schema), 0),
    documentation: distinct(supplements.filter((entry) => entry.type === type)),
  };
}

const VALUE_RULES = [
  ...['enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems'],
  ...['uniqueItems', 'minProperties'],
] as readonly (keyof ResourceSchema)[];

function constraintsOf(schema: ResourceSchema): number {
  const own =
    VALUE_RULES.filter((rule) => schema[rule] !== undefined).length + (schema.required?.length ?? 0);
  const parts = [
    ...Object.values(schema.properties ?? {}),
    ...[schema.items, schema.values, schema.service],
    ...[...(schema.oneOf ?? []), ...(schema.anyOf ?? [])],
  ];
  return parts.reduce((sum, part) => sum + (part ? constraintsOf(part) : 0), own);
}

function distinct(entries: readonly { source: string }[]): string[] {
  return [...new Set(entries.map(({ source }) => source))].sort();
}
