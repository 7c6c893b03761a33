import type { FeatureEncoding } from '../table/encoding.ts';
import { isMissing, parseBoolean, parseNumber } from '../table/values.ts';
import type { Block } from './scoring-files.ts';

/** A row in the form that clients send. */
export type RawRow = Readonly<Record<string, string | number | boolean | null>>;

/** Returns a CSV record as a client would send it in JSON. */
export function rawRow(
  features: readonly FeatureEncoding[],
  columns: ReadonlyMap<string, number>,
  record: readonly string[],
): RawRow {
  return Object.fromEntries(
    features.map(({ name, type }) => [name, rawValue(type, record[columns.get(name)!]!.trim())]),
  );
}

function rawValue(type: FeatureEncoding['type'], cell: string): string | number | boolean | null {
  if (isMissing(cell, type)) return null;
  if (type === 'number') return parseNumber(cell) ?? cell;
  return type === 'boolean' ? (parseBoolean(cell) ?? cell) : cell;
}

/** Keeps the first rows that it receives. */
export class FirstRows {
  readonly rows: RawRow[] = [];
  readonly #features: readonly FeatureEncoding[];
  readonly #wanted: number;

  constructor(features: readonly FeatureEncoding[], wanted: number) {
    this.#features = features;
    this.#wanted = wanted;
  }

  observe({ columns, records }: Block): void {
    for (const record of records.slice(0, this.#wanted - this.rows.length)) {
      this.rows.push(rawRow(this.#features, columns, record));
    }
  }
}
