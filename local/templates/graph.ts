import { TemplateError, type Template } from './template';

/** @returns logical ids, each after those it refers to or depends on */
export function deploymentOrder(template: Template): string[] {
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();

  function visit(id: string, path: readonly string[]): void {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      const circle = [...path.slice(path.indexOf(id)), id];
      throw new TemplateError(`Circular dependency between resources: [${circle.join(' -> ')}]`);
    }
    state.set(id, 'open');
    for (const needed of dependencies(template, id)) visit(needed, [...path, id]);
    state.set(id, 'done');
    order.push(id);
  }

  for (const id of Object.keys(template.Resources)) visit(id, []);
  return order;
}

function dependencies(template: Template, id: string): Set<string> {
  const resource = template.Resources[id]!;
  const found = new Set<string>([resource.DependsOn ?? []].flat());
  collect(resource.Properties, found);
  for (const needed of found) {
    if (Object.hasOwn(template.Resources, needed)) continue;
    if (isParameter(template, needed)) found.delete(needed);
    else throw new TemplateError(`Unresolved resource dependency [${needed}] in the properties of ${id}`);
  }
  return found;
}

function isParameter(template: Template, name: string): boolean {
  return name.startsWith('AWS::') || Object.hasOwn(template.Parameters ?? {}, name);
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'Ref') found.add(member as string);
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
