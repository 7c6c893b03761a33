import { escapeText } from '../table/escape.ts';
import { nearestName, quoteNames } from '../table/names.ts';

/** Headers and keys of the column that pandas writes without `index=False`. */
const INDEX_NAMES: ReadonlySet<string> = new Set(['', 'Unnamed: 0', 'index', 'level_0']);

/** Returns the message on an unknown column, with the name that was probably meant. */
export function unknownColumn(name: string, features: readonly string[]): string {
  if (INDEX_NAMES.has(name)) {
    return 'not a feature of this model, but probably the index that pandas adds; leave it out (index=False)';
  }
  const near = nearestName(name, features);
  return near === undefined
    ? `not a feature of this model; its features are ${quoteNames(features)}`
    : `not a feature of this model; did you mean "${escapeText(near)}"?`;
}
