import { DEFAULTED_PROPERTIES, RESOURCE_SUPPLEMENTS, TEXT_VALUES } from './supplements';

/** The rules of one value that do not concern its parts. */
export interface ValueRules {
  enum?: readonly (string | number | boolean)[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  /** A pattern that may match anywhere in the text, unless it has anchors. */
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  minProperties?: number;
  /** The service's own message, if it does not use the common one. */
  says?: string;
}

export type TypeName = 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';

/** A property's schema, in the terms of AWS's provider schemas. An empty one means only that the property exists. */
export interface ResourceSchema extends ValueRules {
  type?: TypeName | readonly TypeName[];
  /** A named type, one of the resource type's `definitions`. */
  ref?: string;
  items?: ResourceSchema;
  /** The members of an object; others are not allowed unless it is `open`. */
  properties?: Readonly<Record<string, ResourceSchema>>;
  open?: boolean;
  required?: readonly string[];
  /** The values of a map. */
  values?: ResourceSchema;
  oneOf?: readonly ResourceSchema[];
  anyOf?: readonly ResourceSchema[];
  /** Rules of the service's API model, which the service's answer reports. */
  service?: ValueRules;
  /** Rules of `supplements.ts`. */
  documented?: ValueRules;
}

export interface ResourceFacts extends ResourceSchema {
  properties: Readonly<Record<string, ResourceSchema>>;
  definitions?: Readonly<Record<string, ResourceSchema>>;
  /** Names for Fn::GetAtt. */
  attributes: readonly string[];
  /** Properties whose change replaces the resource. */
  replaces: readonly string[];
  /** Paths within properties whose change replaces the resource, such as `LustreConfiguration/DeploymentType`. */
  replacesWithin?: readonly string[];
  /** Properties whose change replaces the resource in some cases. */
  mayReplace?: readonly string[];
}

let all: Readonly<Record<string, ResourceFacts>> | undefined;

/** Returns AWS's facts about a resource type; undefined for a type that the local cloud does not have. */
export function resourceFacts(type: string): ResourceFacts | undefined {
  all ??= load();
  return Object.hasOwn(all, type) ? all[type] : undefined;
}

/** Returns the names of the type's properties, including those that the local cloud does not support. */
export function propertyNames(type: string): string[] {
  return Object.keys(resourceFacts(type)?.properties ?? {});
}

export function requiredProperties(type: string): readonly string[] {
  return resourceFacts(type)?.required ?? [];
}

/** Returns the names for Fn::GetAtt. */
export function attributes(type: string): readonly string[] {
  return resourceFacts(type)?.attributes ?? [];
}

/** Returns the properties whose change replaces the resource. */
export function replacedBy(type: string): readonly string[] {
  return resourceFacts(type)?.replaces ?? [];
}

/** Returns the properties whose change replaces the resource in cases that only AWS's documentation describes. */
export function sometimesReplacedBy(type: string): readonly string[] {
  return resourceFacts(type)?.mayReplace ?? [];
}

/** Returns the paths within properties whose change replaces the resource, such as `LustreConfiguration/DeploymentType`. */
export function replacedWithin(type: string): readonly string[] {
  return resourceFacts(type)?.replacesWithin ?? [];
}

/** Reads the file when the first template is checked; an import would read it at the start. */
function load(): Record<string, ResourceFacts> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const facts = require('./resource-types.json') as Record<string, ResourceFacts>;
  for (const { type, at, rules } of RESOURCE_SUPPLEMENTS) {
    schemaAt(facts[type], at).documented = rules;
  }
  for (const { type, at, property } of DEFAULTED_PROPERTIES) {
    const schema = schemaAt(facts[type], at);
    schema.required = schema.required?.filter((name) => name !== property);
  }
  for (const { type, at } of TEXT_VALUES) schemaAt(facts[type], at).type = 'string';
  return facts;
}

function schemaAt(facts: ResourceFacts | undefined, path: string): ResourceSchema {
  return path
    .split('/')
    .reduce((node: unknown, key) => (node as Record<string, unknown>)[key], facts) as ResourceSchema;
}
