import type { NormalizedSchema } from '@smithy/core/schema';
import { requiredMembers, type OperationModel, type ServiceModel } from '../model/service-model';
import type { WireRequest } from '../model/wire';

interface Route {
  operation: OperationModel;
  method: string;
  path: RegExp;
  labels: string[];
  /** Query parameters in the pattern itself; `null` only requires their presence. */
  literals: [name: string, value: string | null][];
  requiredQuery: string[];
  requiredHeaders: string[];
}

export interface RouteMatch {
  operation: OperationModel;
  /** Decoded values of the path's labels. */
  labels: Record<string, string>;
}

const routesOf = new WeakMap<ServiceModel, Route[]>();

/** Returns the operation of a REST request, by method, path and the required query and headers. */
export function route(request: WireRequest, service: ServiceModel): RouteMatch | undefined {
  let routes = routesOf.get(service);
  if (!routes) routesOf.set(service, (routes = compile(service)));
  for (const candidate of routes) {
    const match = candidate.method === request.method ? candidate.path.exec(request.path) : null;
    if (!match || !satisfies(candidate, request)) continue;
    const labels = candidate.labels.map((label, i) => [label, decodeURIComponent(match[i + 1] ?? '')]);
    return { operation: candidate.operation, labels: Object.fromEntries(labels) as Record<string, string> };
  }
  return undefined;
}

function satisfies(candidate: Route, { query, headers }: WireRequest): boolean {
  return (
    candidate.literals.every(
      ([name, value]) => query.has(name) && (value === null || query.get(name) === value),
    ) &&
    candidate.requiredQuery.every((name) => query.has(name)) &&
    candidate.requiredHeaders.every((name) => headers[name] !== undefined)
  );
}

/**
 * Returns the routes, most specific first: those with more required query parameters and headers, then those with
 * longer paths.
 */
function compile(service: ServiceModel): Route[] {
  const weight = ({ literals, requiredQuery, requiredHeaders, path }: Route) =>
    1000 * (literals.length + requiredQuery.length + requiredHeaders.length) + path.source.length;
  return [...service.operations.values()]
    .flatMap((operation) =>
      operation.http ? [compileOne(operation, operation.http[0], operation.http[1])] : [],
    )
    .sort((a, b) => weight(b) - weight(a));
}

function compileOne(operation: OperationModel, method: string, uri: string): Route {
  const [pathPattern = '', queryPattern = ''] = uri.split('?');
  const members = operation.input.isStructSchema() ? [...operation.input.structIterator()] : [];
  // S3's patterns leave the bucket to the host name; this server uses path-style addresses.
  const bucketFirst = members.some(([name, member]) => isLabel(member) && !pathPattern.includes(`{${name}`));
  const full = bucketFirst ? `/{Bucket}${pathPattern}` : pathPattern;
  const labels: string[] = [];
  const path = full
    .replace(/\/$/, '/?')
    .replace(/[.]/g, '\\.')
    .replace(/\{(\w+)(\+?)\}/g, (_, label: string, greedy: string) => {
      labels.push(label);
      return greedy ? '(.+)' : '([^/]+)';
    });
  const required = requiredMembers(operation.input);
  const bound = (trait: 'httpQuery' | 'httpHeader') =>
    members
      .filter(([name]) => required.includes(name))
      .flatMap(([, member]) => member.getMergedTraits()[trait] ?? []);
  return {
    operation,
    method,
    path: new RegExp(`^${path}$`),
    labels,
    // x-id only repeats the operation's name, and not every SDK sends it.
    literals: [...new URLSearchParams(queryPattern)]
      .filter(([name]) => name !== 'x-id')
      .map(([name, value]) => [name, value === '' ? null : value]),
    requiredQuery: bound('httpQuery'),
    requiredHeaders: bound('httpHeader').map((name) => name.toLowerCase()),
  };
}

const isLabel = (member: NormalizedSchema) => Boolean(member.getMergedTraits().httpLabel);
