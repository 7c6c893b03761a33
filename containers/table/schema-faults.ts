import { TableError } from './errors.ts';
import { escapeText, showValue } from './escape.ts';
import { nearestName, quoteNames } from './names.ts';

/** The faults of a schema, for one message. */
export class Faults {
  readonly #lines: string[] = [];

  /** Adds a fault. @param remedy correct form */
  add(field: string, value: unknown, remedy: string): void {
    this.#lines.push(
      value === undefined
        ? `"${field}" is missing; ${remedy}`
        : `"${field}" is ${showValue(value)}; ${remedy}`,
    );
  }

  /** Throws the faults, if there are any. @throws TableError with one line per fault */
  throwAny(source: string): void {
    if (this.#lines.length > 0)
      throw new TableError(this.#lines.map((line) => `${source}: ${line}`).join('\n'));
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Adds a fault for each key that is not in `allowed`. */
export function unknownKeys(
  object: Record<string, unknown>,
  allowed: readonly string[],
  prefix: string,
  faults: Faults,
): void {
  for (const key of Object.keys(object)) {
    if (allowed.includes(key)) continue;
    const near = nearestName(key, allowed);
    const remedy = near ? `did you mean "${near}"?` : `use one of ${quoteNames(allowed)}`;
    faults.add(`${prefix}${escapeText(key)}`, object[key], `there is no such field; ${remedy}`);
  }
}
