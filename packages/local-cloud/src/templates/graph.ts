import { TemplateError, type Template } from './template';

/**
 * Returns the order in which resources are created.
 *
 * @returns logical ids, each after those that it refers to or depends on
 * @throws TemplateError for circular references
 */
export function creationOrder(template: Template): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();

  function visit(id: string, path: readonly string[]): void {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      const circle = path.slice(path.indexOf(id));
      throw new TemplateError(`Circular dependency between resources: [${circle.join(', ')}]`);
    }
    state.set(id, 'open');
    for (const needed of dependencies(template, id)) visit(needed, [...path, id]);
    state.set(id, 'done');
    order.push(id);
  }

  for (const id of Object.keys(template.Resources)) visit(id, []);
  return order;
}

/** Returns the resources that one refers to or depends on. */
export function dependencies(template: Template, id: string): string[] {
  const { DependsOn = [], Properties } = template.Resources[id]!;
  return [...references(Properties), ...[DependsOn].flat()].filter((name) =>
    Object.hasOwn(template.Resources, name),
  );
}

/** Returns every name that a value refers to: of a resource, a parameter or a pseudo parameter. */
export function references(value: unknown): Set<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

/** Returns the attributes that a value refers to, each with its resource: of `Fn::GetAtt` and of `Fn::Sub`. */
export function attributeReferences(value: unknown): [logicalId: string, attribute: string][] {
  if (Array.isArray(value)) return value.flatMap(attributeReferences);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]): [string, string][] => {
    if (name === 'Fn::Sub') return [...substituted(member), ...attributeReferences(member)];
    if (name !== 'Fn::GetAtt') return attributeReferences(member);
    const [id, attribute] = Array.isArray(member) ? (member as unknown[]) : splitOnce(member);
    return typeof id === 'string' && typeof attribute === 'string' ? [[id, attribute]] : [];
  });
}

function substituted(argument: unknown): [string, string][] {
  const [pattern, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [unknown, object];
  if (typeof pattern !== 'string') return [];
  return [...pattern.matchAll(/\$\{([^!}][^}]*)\}/g)]
    .map(([, name]) => name!)
    .filter((name) => name.includes('.') && !Object.hasOwn(variables, name))
    .map((name) => splitOnce(name) as [string, string]);
}

/** Splits `Id.Attribute`; an attribute may have further dots. */
function splitOnce(whole: unknown): string[] {
  const [id = '', ...attribute] = String(whole).split('.');
  return [id, attribute.join('.')];
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'Ref' && typeof member === 'string') found.add(member);
    else if (name === 'Fn::GetAtt')
      found.add(Array.isArray(member) ? (member[0] as string) : String(member).split('.')[0]!);
    else {
      if (name === 'Fn::Sub') collectFromText(member, found);
      collect(member, found);
    }
  }
}

function collectFromText(argument: unknown, found: Set<string>): void {
  const [pattern, variables] = (Array.isArray(argument) ? argument : [argument, {}]) as [string, object];
  for (const [, name] of pattern.matchAll(/\$\{([^!}][^}]*)\}/g)) {
    const id = name!.split('.')[0]!;
    if (!Object.hasOwn(variables, name!)) found.add(id);
  }
}
