import { ServiceError } from '../../model/errors';

/** A request for a page of a listing of items of type T, each under a key. */
export interface PageRequest<T> {
  prefix: string;
  delimiter?: string;
  limit: number;
  keyOf: (item: T) => string;
  /** Returns true for items of earlier pages. */
  isSeen: (item: T) => boolean;
  /** Returns true for common prefixes of earlier pages. */
  isPrefixSeen: (prefix: string) => boolean;
}

export interface SelectedPage<T> {
  entries: T[];
  commonPrefixes: string[];
  /** The last entry or common prefix of the page, if there is another page. */
  last?: { entry: T } | { prefix: string };
}

/**
 * Selects the items below the prefix, folded at the delimiter. Entries and common prefixes count towards the limit.
 *
 * @param items in the order of the listing
 */
export function selectPage<T>(items: Iterable<T>, request: PageRequest<T>): SelectedPage<T> {
  const { prefix, delimiter, limit, keyOf, isSeen, isPrefixSeen } = request;
  const entries: T[] = [];
  const commonPrefixes: string[] = [];
  let last: SelectedPage<T>['last'];
  for (const item of items) {
    const key = keyOf(item);
    if (!key.startsWith(prefix) || isSeen(item)) continue;
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const folded = delimiter && end >= 0 ? key.slice(0, end + delimiter.length) : undefined;
    if (folded !== undefined && (folded === commonPrefixes.at(-1) || isPrefixSeen(folded))) continue;
    if (entries.length + commonPrefixes.length === limit) return { entries, commonPrefixes, last };
    last = folded === undefined ? { entry: item } : { prefix: folded };
    if (folded === undefined) entries.push(item);
    else commonPrefixes.push(folded);
  }
  return { entries, commonPrefixes };
}

/** Returns the size of a page: the request's, but at most `max`. */
export function checkLimit(name: string, limit: number | undefined, max: number): number {
  if (limit === undefined) return max;
  if (Number.isInteger(limit) && limit >= 0) return Math.min(limit, max);
  const members = { ArgumentName: name, ArgumentValue: limit };
  const message = `Argument ${name} must be an integer between 0 and 2147483647`;
  throw new ServiceError('InvalidArgument', message, { members });
}

/** Returns the function that encodes keys and prefixes in the answer. */
export function encoder(encodingType: string | undefined): (text: string) => string {
  if (encodingType === undefined) return (text) => text;
  if (encodingType === 'url') return (text) => encodeURIComponent(text).replaceAll('%2F', '/');
  const members = { ArgumentName: 'encoding-type', ArgumentValue: encodingType };
  throw new ServiceError('InvalidArgument', 'Invalid Encoding Method specified in Request', { members });
}
