import { TableError } from './errors.ts';
import { escapeText } from './escape.ts';

const LISTED = 40;

/**
 * Returns a column's name in the form in which schemas and headers are compared: trimmed, in Unicode's composed form.
 */
export function normalName(name: string): string {
  return name.trim().normalize('NFC');
}

/** Refuses repeated names. @throws TableError if a file has two columns of one name */
export function refuseRepeated(columns: readonly string[], file: string): void {
  const repeated = columns.find((column, index) => column !== '' && columns.indexOf(column) !== index);
  if (repeated === undefined) return;
  throw new TableError(
    `${file}: the header names the column "${escapeText(repeated)}" twice, of ${quoteNames(columns)}; rename or remove one`,
  );
}

/** Returns the names for a message, quoted and escaped: `"a", "b" and 12 more`. */
export function quoteNames(names: readonly string[], limit = LISTED): string {
  const shown = names.slice(0, limit).map((name) => `"${escapeText(name)}"`);
  return names.length > limit ? `${shown.join(', ')} and ${names.length - limit} more` : shown.join(', ');
}

/**
 * Returns the name that was probably meant: one that differs in case, blanks and punctuation only, or else by at most
 * two letters. Undefined without one.
 */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[\s_.-]+/g, '');
  const wanted = plain(name);
  const limit = wanted.length < 3 ? 0 : wanted.length < 5 ? 1 : 2;
  let nearest: string | undefined;
  let least = limit + 1;
  for (const other of names.slice(0, 1000)) {
    const distance = editDistance(wanted, plain(other), limit);
    if (distance < least) [nearest, least] = [other, distance];
  }
  return nearest;
}

/** Returns Levenshtein's distance, or infinity if the lengths alone differ by more than `limit`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Number.POSITIVE_INFINITY;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
