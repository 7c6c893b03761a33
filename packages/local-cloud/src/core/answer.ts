/**
 * Returns a copy of a stored resource for an answer. Times in the state are text if it was read from disk, otherwise
 * Dates; an answer has Dates.
 */
export function answer<T extends object>(resource: T): T {
  return copy(resource, '') as T;
}

const TIME = /^\d{4}-\d\d-\d\dT/;

function copy(value: unknown, key: string): unknown {
  if (value instanceof Date) return new Date(value);
  if (typeof value === 'string' && /(time|timestamp|created|lastModified)$/i.test(key) && TIME.test(value))
    return new Date(value);
  if (Array.isArray(value)) return value.map((item) => copy(item, ''));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, copy(member, name)]));
}
