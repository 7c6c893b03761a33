import type { Method, Resource } from '../control/state';

export interface Route {
  resource: Resource;
  method: Method;
  /** Path parameters as sent, percent-encoded. */
  pathParameters: Record<string, string>;
}

/** Returns the method that serves a request: literal path parts rank before `{name}`, and those before `{name+}`. */
export function findRoute(
  resources: Readonly<Record<string, Resource>>,
  httpMethod: string,
  path: string,
): Route | undefined {
  const parts = path.split('/').slice(1);
  const candidates = Object.values(resources)
    .map((resource) => ({ resource, match: matchPath(resource.path, parts) }))
    .filter(
      (candidate): candidate is { resource: Resource; match: PathMatch } => candidate.match !== undefined,
    )
    .sort((a, b) => (a.match.rank < b.match.rank ? -1 : 1));
  const [best] = candidates;
  const method = best?.resource.methods[httpMethod] ?? best?.resource.methods.ANY;
  return best && method && { resource: best.resource, method, pathParameters: best.match.parameters };
}

interface PathMatch {
  parameters: Record<string, string>;
  /** One letter for each part: `a` literal, `b` `{name}`, `c` `{name+}`. The smallest text is the closest match. */
  rank: string;
}

function matchPath(template: string, parts: readonly string[]): PathMatch | undefined {
  const templates = template.split('/').slice(1);
  const parameters: Record<string, string> = {};
  let rank = '';
  for (const [i, expected] of templates.entries()) {
    const greedy = /^\{(.+)\+\}$/.exec(expected)?.[1];
    const name = /^\{(.+)\}$/.exec(expected)?.[1];
    if (greedy !== undefined) {
      const rest = parts.slice(i).join('/');
      return rest === '' ? undefined : { parameters: { ...parameters, [greedy]: rest }, rank: `${rank}c` };
    }
    const part = parts[i];
    if (part === undefined || (name === undefined && part !== expected)) return undefined;
    if (name !== undefined && part === '') return undefined;
    if (name !== undefined) parameters[name] = part;
    rank += name === undefined ? 'a' : 'b';
  }
  return templates.length === parts.length ? { parameters, rank } : undefined;
}
