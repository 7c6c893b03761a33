/** The values of `$context` and `$stageVariables`, by their dotted names. */
export interface Variables {
  context: Record<string, unknown>;
  stageVariables: Readonly<Record<string, string>>;
}

const VARIABLE = /\$(context|stageVariables)((?:\.[A-Za-z_]\w*)+)/g;

/** Replaces variables by their values without any escaping, as API Gateway does. */
export function substitute(template: string, variables: Variables, absent: string): string {
  return template.replace(VARIABLE, (_, root: keyof Variables, path: string) => {
    return lookUp(variables[root], path.slice(1)) ?? absent;
  });
}

/** Returns the value of `identity.sourceIp` and the like as text. */
export function lookUp(root: Readonly<Record<string, unknown>>, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>((node, name) => {
    return typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[name] : undefined;
  }, root);
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
