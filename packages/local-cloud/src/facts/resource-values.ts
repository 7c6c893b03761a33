import { fits } from './resource-constraints';
import { resourceFacts, type ResourceFacts, type ResourceSchema, type TypeName } from './resource-facts';

/**
 * Returns properties with the types of the resource type's schema, at any depth: CloudFormation accepts "60" for 60,
 * 8080 for "8080" and "true" for true, and sends the service the schema's type. A value that does not fit its type, or
 * is not known yet, stays as it is.
 *
 * @param type e.g. `AWS::CloudWatch::Alarm`; a type without facts keeps its properties
 */
export function typedProperties(type: string, properties: Record<string, unknown>): Record<string, unknown> {
  const facts = resourceFacts(type);
  return facts
    ? typedMembers(facts.definitions ?? {}, { properties: facts.properties }, properties)
    : properties;
}

type Definitions = NonNullable<ResourceFacts['definitions']>;

function typed(definitions: Definitions, schema: ResourceSchema, value: unknown): unknown {
  if (schema.ref !== undefined) return typed(definitions, definitions[schema.ref] ?? {}, value);
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item) => typed(definitions, items, item)) : value;
  }
  if (typeof value === 'object' && value !== null) {
    const alternatives = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])];
    return alternatives.reduce<unknown>(
      (result, alternative) => typed(definitions, alternative, result),
      typedMembers(definitions, schema, value as Record<string, unknown>),
    );
  }
  return typedScalar([schema.type ?? []].flat(), value);
}

function typedMembers(
  definitions: Definitions,
  { properties = {}, values }: ResourceSchema,
  value: Record<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const schema = Object.hasOwn(properties, name) ? properties[name] : values;
      return [name, schema ? typed(definitions, schema, member) : member];
    }),
  );
}

function typedScalar(types: readonly TypeName[], value: unknown): unknown {
  const isExact = (type: TypeName) => typeof value === (type === 'integer' ? 'number' : type);
  const type = types.some(isExact) ? undefined : types.find((each) => fits(each, value));
  switch (type) {
    case 'string':
      return String(value);
    case 'integer':
    case 'number':
      return Number(value);
    case 'boolean':
      return String(value).toLowerCase() === 'true';
    default:
      return value;
  }
}
