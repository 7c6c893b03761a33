import type { Constraint } from './problem';
import type { TypeName } from './resource-facts';

/**
 * Returns CloudFormation's message about a violation. Its messages are those of the validator everit-org/json-schema
 * without the values: for enumerations, ranges and patterns they contain only the keyword
 * (https://github.com/aws-cloudformation/cloudformation-resource-schema/pull/37).
 */
export function schemaMessage(path: string, value: unknown, constraint: Constraint, name?: string): string {
  switch (constraint.kind) {
    case 'required':
      // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1514
      return `${path}: required key [${name}] not found`;
    case 'unknown':
      // https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1005
      return `${path}: extraneous key [${name}] is not permitted`;
    case 'type':
      // https://github.com/aws/aws-cdk/issues/11974
      return constraint.types.length === 1
        ? `${path}: expected type: ${TYPE_NAMES[constraint.types[0] as TypeName]}, found: ${typeName(value)}`
        : `${path}: #: no subschema matched out of the total ${constraint.types.length} subschemas`;
    case 'enum':
      // https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-logs/issues/94
      return `${path}: #: only 1 subschema matches out of 2\n${path}: ${keyword('enum')}`;
    case 'minimum':
    case 'maximum':
    case 'pattern':
      // https://github.com/aws/serverless-application-model/issues/1699
      return `${path}: ${keyword(constraint.kind)}`;
    case 'minLength':
    case 'maxLength':
      return `${path}: expected ${constraint.kind}: ${constraint.limit}, actual: ${String(value).length}`;
    case 'minItems':
    case 'maxItems':
      return `${path}: expected ${constraint.kind === 'minItems' ? 'minimum' : 'maximum'} item count: ${constraint.limit}, found: ${(value as unknown[]).length}`;
    case 'minProperties':
      return `${path}: minimum size: [${constraint.limit}], found: [${Object.keys(value as object).length}]`;
    case 'uniqueItems':
      return `${path}: array items are not unique`;
    case 'oneOf':
      return `${path}: #: ${constraint.matches} subschemas matched instead of one`;
    case 'anyOf':
      return `${path}: #: no subschema matched out of the total ${constraint.of} subschemas`;
  }
}

const keyword = (name: string) => `failed validation constraint for keyword [${name}]`;

const TYPE_NAMES: Readonly<Record<TypeName, string>> = {
  string: 'String',
  integer: 'Integer',
  number: 'Number',
  boolean: 'Boolean',
  array: 'JSONArray',
  object: 'JSONObject',
};

function typeName(value: unknown): string {
  if (value === null) return 'Null';
  if (Array.isArray(value)) return 'JSONArray';
  if (typeof value === 'number') return Number.isInteger(value) ? 'Integer' : 'BigDecimal';
  return { string: 'String', boolean: 'Boolean', object: 'JSONObject' }[typeof value as string] ?? 'Null';
}
