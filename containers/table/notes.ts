import { showValue } from './escape.ts';

/** A remark on rows that are answered nevertheless. */
export interface Warning {
  /** A column. */
  readonly field: string;
  readonly message: string;
}

const MAX_WARNINGS = 20;

/** Collects remarks on unusual values, by column and kind, so that a thousand rows cause one warning. */
export class Notes {
  readonly #found = new Map<string, { field: string; problem: string; rows: number; example: unknown }>();

  /** Adds a remark. @param problem predicate about the value, such as `is a value that training did not see` */
  add(field: string, problem: string, value: unknown): void {
    const key = `${field} ${problem}`;
    const known = this.#found.get(key);
    if (known) known.rows++;
    else this.#found.set(key, { field, problem, rows: 1, example: value });
  }

  /** Returns the warnings. @param rows of the request */
  warnings(rows: number): Warning[] {
    return [...this.#found.values()].map(({ field, problem, rows: concerned, example }) => ({
      field,
      message:
        rows === 1
          ? `${showValue(example)} ${problem}`
          : `${concerned} of ${rows} rows have a value that ${problem}, e.g. ${showValue(example)}`,
    }));
  }
}

/** Limits a list of warnings. */
export function firstWarnings(warnings: readonly Warning[]): readonly Warning[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const kept = warnings.slice(0, MAX_WARNINGS - 1);
  const left = warnings.length - kept.length;
  return [...kept, { field: 'warnings', message: `${left} more are not shown` }];
}
