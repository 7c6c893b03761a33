import { isDeepStrictEqual } from 'node:util';
import { replacedBy, replacedWithin } from '../facts/resource-facts';
import { notSupported } from '../model/errors';
import type { Properties, ResourceType } from '../core/resource-type';

/** Returns true if AWS replaces the resource because of the change of this property. */
export function mustReplace(type: string, name: string, before: Properties, after: Properties): boolean {
  if (replacedBy(type).includes(name)) return true;
  return replacedWithin(type).some((path) => {
    const parts = path.split('/');
    return parts[0] === name && !isDeepStrictEqual(valueAt(before, parts), valueAt(after, parts));
  });
}

/**
 * Refuses changes that AWS makes in place and the local cloud does not support.
 *
 * @param changed names of properties whose change does not replace the resource
 * @throws ServiceError NotImplemented
 */
export function assertChangeable(
  type: string,
  { update, fixed = [] }: ResourceType,
  changed: readonly string[],
): void {
  const name = changed.find((property) => !update || fixed.includes(property));
  if (name === undefined) return;
  throw notSupported(`a change of ${name} of ${type}`, 'Give the new resource another logical id.');
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((parent, key) => (parent as Properties | undefined)?.[key], value);
}
