import { TemplateError, type Template } from './template';
import { zonesOf } from './zones';

/** The values that intrinsic functions refer to. */
export interface Scope {
  template: Template;
  /** Pseudo parameters and parameters, by name. */
  parameters: Readonly<Record<string, unknown>>;
  /** Returns the physical id of a resource of this stack. */
  ref(logicalId: string): string;
  attribute(logicalId: string, name: string): unknown;
  /** Returns the value of another stack's export. */
  importValue(name: string): unknown;
}

/** The value in a change set that is known only after the change (the text is CloudFormation's own). */
export const KNOWN_AFTER_APPLY = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** The result of `{"Ref": "AWS::NoValue"}`: the property is treated as absent. */
const NO_VALUE = Symbol('AWS::NoValue');

/**
 * @returns `value` with every intrinsic function replaced by its result
 */
export function resolve(value: unknown, scope: Scope): unknown {
  const resolved = evaluate(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

/**
 * Returns true if the named condition holds.
 *
 * @@
 */
export function condition(name: string, scope: Scope): boolean {
  const definition = scope.template.Conditions?.[name];
  if (definition === undefined) throw new TemplateError(`the template has no condition "${name}"`);
  return test(definition, scope);
}

function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value))
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [name, argument] = entries[0] ?? [];
  if (entries.length === 1 && (name === 'Ref' || name!.startsWith('Fn::')))
    return call(name!, argument, scope);
  return Object.fromEntries(
    entries
      .map(([key, member]) => [key, evaluate(member, scope)])
      .filter(([, member]) => member !== NO_VALUE),
  );
}

function call(name: string, argument: unknown, scope: Scope): unknown {
  const list = () => evaluate(argument, scope) as unknown[];
  switch (name) {
    case 'Ref':
      return reference(argument as string, scope);
    case 'Fn::GetAtt': {
      const [logicalId, attribute] = Array.isArray(argument)
        ? (argument as [string, string])
        : (splitOnce(argument as string, '.') as [string, string]);
      return scope.attribute(logicalId, attribute);
    }
    case 'Fn::Join': {
      const [separator, parts] = list() as [string, unknown[]];
      if (parts === (KNOWN_AFTER_APPLY as unknown)) return KNOWN_AFTER_APPLY;
      return parts.map((part) => text(part, 'Fn::Join')).join(separator);
    }
    case 'Fn::Split': {
      const [separator, whole] = list() as [string, string];
      const known = !text(whole, 'Fn::Split').includes(KNOWN_AFTER_APPLY);
      return known ? String(whole).split(separator) : [KNOWN_AFTER_APPLY];
    }
    case 'Fn::Select': {
      const [index, items] = list() as [string | number, unknown[]];
      if (items === (KNOWN_AFTER_APPLY as unknown)) return KNOWN_AFTER_APPLY;
      const item = items[Number(index)];
      if (item === undefined && items.includes(KNOWN_AFTER_APPLY)) return KNOWN_AFTER_APPLY;
      if (item === undefined)
        throw new TemplateError(`Fn::Select: there is no item ${index} in ${JSON.stringify(items)}`);
      return item;
    }
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::ImportValue':
      return scope.importValue(text(evaluate(argument, scope), 'Fn::ImportValue'));
    case 'Fn::If': {
      const [name, yes, no] = argument as [string, unknown, unknown];
      return evaluate(condition(name, scope) ? yes : no, scope);
    }
    case 'Fn::FindInMap': {
      const [map, top, second] = list() as [string, string, string];
      const found = scope.template.Mappings?.[map]?.[top]?.[second];
      if (found === undefined) throw new TemplateError(`Fn::FindInMap: there is no ${map}.${top}.${second}`);
      return evaluate(found, scope);
    }
    case 'Fn::GetAZs': {
      const region = text(evaluate(argument, scope), name);
      return zonesOf(region === '' ? String(scope.parameters['AWS::Region']) : region);
    }
    case 'Fn::Base64':
      return Buffer.from(text(evaluate(argument, scope), name)).toString('base64');
    default:
      throw new TemplateError(`the intrinsic function ${name} is not supported by the local cloud`);
  }
}

function reference(name: string, scope: Scope): unknown {
  if (name === 'AWS::NoValue') return NO_VALUE;
  if (Object.hasOwn(scope.parameters, name)) return scope.parameters[name];
  return scope.ref(name);
}

/** Returns the text of `"text ${Ref} ${Resource.Attribute} ${!literal}"`, perhaps with its own variables. */
function substitute(argument: unknown, scope: Scope): string {
  const [pattern, variables] = Array.isArray(argument)
    ? (argument as [string, Record<string, unknown>])
    : [argument as string, {}];
  return pattern.replace(/\$\{(!?)([^}]+)\}/g, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`;
    if (Object.hasOwn(variables, name)) return text(evaluate(variables[name], scope), 'Fn::Sub');
    return text(name.includes('.') ? call('Fn::GetAtt', name, scope) : reference(name, scope), 'Fn::Sub');
  });
}

function test(definition: unknown, scope: Scope): boolean {
  const [name, argument] = Object.entries(definition as object)[0] ?? [];
  const each = () => (argument as unknown[]).map((item) => test(item, scope));
  switch (name) {
    case 'Fn::Equals': {
      const [left, right] = evaluate(argument, scope) as [unknown, unknown];
      return left === right;
    }
    case 'Fn::And':
      return each().every(Boolean);
    case 'Fn::Or':
      return each().some(Boolean);
    case 'Fn::Not':
      return !each()[0];
    case 'Condition':
      return condition(argument as string, scope);
    default:
      throw new TemplateError(`the condition function ${name} is not supported by the local cloud`);
  }
}

function text(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TemplateError(`${where} needs text, not ${JSON.stringify(value) ?? 'nothing'}`);
}

function splitOnce(whole: string, separator: string): string[] {
  const at = whole.indexOf(separator);
  return [whole.slice(0, at), whole.slice(at + 1)];
}
