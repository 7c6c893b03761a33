import { partial } from './patterns';
import { memberRule, shown, type Constraint, type Problem } from './problem';
import { resourceFacts, type ResourceSchema, type TypeName, type ValueRules } from './resource-facts';
import { schemaMessage } from './schema-sentences';
import { common } from './service-sentences';

/** A property that AWS refuses. */
export interface PropertyProblem extends Problem {
  /**
   * The check that refuses it: CloudFormation's, by the type's schema; or the service's, by its API model or by a rule
   * that only its documentation has.
   */
  by: 'schema' | 'service' | 'documentation';
}

export interface PropertyOptions {
  /** Returns true for a value that is not known yet; no rule refuses it. By default, for intrinsic functions. */
  isUnknown?: (value: unknown) => boolean;
}

/**
 * Returns the properties that AWS refuses: unknown ones, required ones that are missing, wrong types, and values
 * outside of enumerations, ranges, lengths and patterns, at any depth.
 *
 * As CloudFormation does, it accepts "3" for 3, 3 for "3", "true" for true and true for "true".
 *
 * @param type e.g. `AWS::Logs::LogGroup`; a type without facts has no problems
 */
export function propertyProblems(
  type: string,
  properties: object,
  { isUnknown = isIntrinsic }: PropertyOptions = {},
): PropertyProblem[] {
  const facts = resourceFacts(type);
  if (!facts) return [];
  const problems: PropertyProblem[] = [];
  const { properties: known, required } = facts;
  new Check(type, facts.definitions ?? {}, isUnknown, problems).value(
    { type: 'object', properties: known, required },
    properties,
    '#',
  );
  return problems;
}

/**
 * Returns the reason that CloudFormation gives for a resource with such properties: all violations of the schema,
 * otherwise the service's answer.
 *
 * The form is seen in https://github.com/aws/aws-cdk/issues/11974. The early validation of change sets (2025) reports
 * the same as `Required property [X] not found (at /Resources/Id/Properties)`
 * (https://github.com/aws/aws-cdk-cli/pull/1463).
 */
export function propertyRefusal(logicalId: string, problems: readonly PropertyProblem[]): string | undefined {
  const [first] = problems;
  if (!first) return undefined;
  const schema = problems.filter(({ by }) => by === 'schema');
  if (schema.length > 0) {
    const legacy = schema.find(({ says }) => says);
    if (legacy) return legacy.message;
    const messages = schema.map(({ message }) => message).join('\n');
    return `Properties validation failed for resource ${logicalId} with message:\n${messages}`;
  }
  return first.says ?? common(problems.filter(({ says }) => !says));
}

/** Returns true if a value is an intrinsic function, whose result is not known before it is resolved. */
export function isIntrinsic(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const [name, ...others] = Object.keys(value);
  return name !== undefined && others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}

/**
 * Types that CloudFormation checks in its older way: "Encountered unsupported property Custom"
 * (https://github.com/aws-samples/aws-cdk-examples/issues/747), wherever the property is.
 */
const OLDER_CHECK = ['AWS::S3::Bucket'];

/** Services that do not show values: "Value at 'maxSessionDuration' …" (https://github.com/boto/botocore/issues/3337). */
const HIDES_VALUES = 'AWS::IAM::';

class Check {
  constructor(
    private readonly type: string,
    private readonly definitions: Readonly<Record<string, ResourceSchema>>,
    private readonly isUnknown: (value: unknown) => boolean,
    private readonly problems: PropertyProblem[],
  ) {}

  value(schema: ResourceSchema, value: unknown, path: string): void {
    if (value === undefined || this.isUnknown(value)) return;
    if (schema.ref !== undefined) return this.value(this.definitions[schema.ref] ?? {}, value, path);
    const types = [schema.type ?? []].flat();
    if (types.length > 0 && !types.some((type) => fits(type, value))) {
      this.schemaProblem(path, value, { kind: 'type', types });
      return;
    }
    for (const constraint of violations(schema, value, this.isUnknown)) {
      this.schemaProblem(path, value, constraint);
    }
    for (const by of ['service', 'documentation'] as const) {
      const rules = by === 'service' ? schema.service : schema.documented;
      if (!rules) continue;
      for (const constraint of violations(rules, value, this.isUnknown)) {
        this.serviceProblem(path, value, constraint, by, rules.says);
      }
    }
    if (Array.isArray(value)) {
      if (schema.items) value.forEach((item, index) => this.value(schema.items!, item, `${path}/${index}`));
    } else if (isRecord(value)) {
      this.members(schema, value, path);
    }
    for (const kind of ['oneOf', 'anyOf'] as const) this.choices(kind, schema[kind], value, path);
  }

  private members(schema: ResourceSchema, value: Record<string, unknown>, path: string): void {
    for (const name of schema.required ?? []) {
      if (value[name] === undefined) this.schemaProblem(path, undefined, { kind: 'required' }, name);
    }
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined || name.startsWith('Fn::')) continue;
      const known = schema.properties?.[name];
      if (known) this.value(known, member, `${path}/${name}`);
      else if (schema.values) this.value(schema.values, member, `${path}/${name}`);
      else if (schema.properties && !schema.open) this.schemaProblem(path, member, { kind: 'unknown' }, name);
    }
  }

  private choices(
    kind: 'oneOf' | 'anyOf',
    schemas: readonly ResourceSchema[] | undefined,
    value: unknown,
    path: string,
  ): void {
    if (!schemas) return;
    const matches = schemas.filter((schema) => {
      const found: PropertyProblem[] = [];
      new Check(this.type, this.definitions, this.isUnknown, found).value(schema, value, path);
      return found.length === 0;
    }).length;
    if (kind === 'oneOf' ? matches === 1 : matches > 0) return;
    this.schemaProblem(path, value, { kind, matches, of: schemas.length });
  }

  private schemaProblem(path: string, value: unknown, constraint: Constraint, name?: string): void {
    const says =
      constraint.kind === 'unknown' && OLDER_CHECK.includes(this.type)
        ? `Encountered unsupported property ${name}`
        : undefined;
    const message = says ?? schemaMessage(path, value, constraint, name);
    const at = name === undefined ? path : `${path}/${name}`;
    this.problems.push({ path: at, value, constraint, message, by: 'schema', ...(says && { says }) });
  }

  private serviceProblem(
    path: string,
    value: unknown,
    constraint: Constraint,
    by: 'service' | 'documentation',
    says?: string,
  ): void {
    const rule = memberRule(constraint);
    const text = this.type.startsWith(HIDES_VALUES) ? '' : ` '${shown(value)}'`;
    const message = says ?? `Value${text} at '${requestPath(path)}' failed to satisfy constraint: ${rule}`;
    this.problems.push({ path, value, constraint, message, rule, by, ...(says && { says }) });
  }
}

function violations(rules: ValueRules, value: unknown, isUnknown: (value: unknown) => boolean): Constraint[] {
  const found: Constraint[] = [];
  const { enum: values } = rules;
  if (values && !isRecord(value) && !Array.isArray(value)) {
    if (!values.some((allowed) => String(allowed) === String(value)))
      found.push({
        kind: 'enum',
        values: values.map((each) => (typeof each === 'boolean' ? String(each) : each)),
      });
  }
  const number = typeof value === 'boolean' || value === '' ? NaN : Number(value);
  if (rules.minimum !== undefined && number < rules.minimum)
    found.push({ kind: 'minimum', limit: rules.minimum });
  if (rules.maximum !== undefined && number > rules.maximum)
    found.push({ kind: 'maximum', limit: rules.maximum });
  if (typeof value === 'string' || typeof value === 'number')
    found.push(...textViolations(rules, String(value)));
  // A function in a list may yield nothing (AWS::NoValue), or an item that the list already has.
  if (Array.isArray(value) && !value.some(isUnknown)) found.push(...listViolations(rules, value));
  if (isRecord(value) && Object.keys(value).length < (rules.minProperties ?? 0))
    found.push({ kind: 'minProperties', limit: rules.minProperties! });
  return found;
}

function textViolations(
  { minLength = 0, maxLength = Infinity, pattern }: ValueRules,
  text: string,
): Constraint[] {
  const found: Constraint[] = [];
  if (text.length < minLength) found.push({ kind: 'minLength', limit: minLength });
  if (text.length > maxLength) found.push({ kind: 'maxLength', limit: maxLength });
  if (pattern !== undefined && !partial(pattern).test(text)) found.push({ kind: 'pattern', pattern });
  return found;
}

function listViolations(
  { minItems = 0, maxItems = Infinity, uniqueItems }: ValueRules,
  list: readonly unknown[],
): Constraint[] {
  const found: Constraint[] = [];
  if (list.length < minItems) found.push({ kind: 'minItems', limit: minItems });
  if (list.length > maxItems) found.push({ kind: 'maxItems', limit: maxItems });
  const distinct = new Set(list.map((item) => JSON.stringify(item)));
  if (uniqueItems && distinct.size < list.length) found.push({ kind: 'uniqueItems' });
  return found;
}

/** Returns true if CloudFormation accepts a value for a type: "3" is an integer, and 3 is a string. */
export function fits(type: TypeName, value: unknown): boolean {
  switch (type) {
    case 'string':
      return ['string', 'number', 'boolean'].includes(typeof value);
    case 'integer':
      return Number.isInteger(value) || (typeof value === 'string' && /^[+-]?\d+$/.test(value));
    case 'number':
      return (
        typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && !isNaN(+value))
      );
    case 'boolean':
      return typeof value === 'boolean' || (typeof value === 'string' && /^(true|false)$/i.test(value));
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isRecord(value);
  }
}

/**
 * Returns the position in the request that CloudFormation sends: `#/Tags/0/Key` is `tags.1.member.key`. Most members of
 * requests have the properties' names.
 */
function requestPath(path: string): string {
  return path
    .split('/')
    .slice(1)
    .map((name) =>
      /^\d+$/.test(name) ? `${Number(name) + 1}.member` : name.charAt(0).toLowerCase() + name.slice(1),
    )
    .join('.');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
