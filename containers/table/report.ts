export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** Report of preprocessing on one shard, `report/shard-00000.json`; `Check data` adds the shards up. */
export interface ShardReport {
  readonly shard: number;
  readonly files: readonly {
    readonly name: string;
    /** Number of rows, including those set aside. */
    readonly rows: number;
    readonly rejected: number;
    /** All of its columns, in its order. */
    readonly columns: readonly string[];
  }[];
  readonly rows: Readonly<Record<Split, number>>;
  /** Rows set aside. */
  readonly rejected: number;
  /** Reasons by file, column and reason, the most frequent first; at most 100. A row with two bad cells is in two. */
  readonly problems: readonly Problem[];
  readonly label: Readonly<Record<Split, ColumnStatistics>>;
  /** Statistics of the training rows, by feature. */
  readonly features: Readonly<Record<string, ColumnStatistics>>;
  /**
   * Distinct rows (features and label) with the most copies in a split: digest → copies, at most 100 per split, without
   * rows that occur once.
   */
  readonly copies: Readonly<Record<Split, Readonly<Record<string, number>>>>;
}

export interface Problem {
  readonly file: string;
  /** Empty for a fault of the row as a whole. */
  readonly column: string;
  /** E.g. `not a number`, `empty`, `not one of the classes "a", "b"`. */
  readonly reason: string;
  /** Remedy, e.g. `declare "plan" as a category`. */
  readonly remedy: string;
  readonly rows: number;
  /** At most 3; rows are counted from 1, without the header. Values are cut at 80 characters. */
  readonly examples: readonly { readonly row: number; readonly value: string }[];
}

/** Statistics of a column. `rows` are all of the split's, `missing` those of them without a value. */
export type ColumnStatistics = NumberStatistics | ValueStatistics | TextStatistics;

/** Statistics of numbers, and of dates in milliseconds since 1970. */
export interface NumberStatistics {
  readonly kind: 'number';
  readonly rows: number;
  readonly missing: number;
  readonly sum: number;
  /** Null without values. */
  readonly low: number | null;
  readonly high: number | null;
  /**
   * Ascending; each represents an equal share of the values: all values where they are few, else 1,001 quantiles at i /
   * 1000.
   */
  readonly quantiles: readonly number[];
}

/** Statistics of categories, booleans (`true`, `false`) and classes. */
export interface ValueStatistics {
  readonly kind: 'values';
  readonly rows: number;
  readonly missing: number;
  readonly distinct: number;
  /** Rows by value; empty where `distinct` is above {@link MAX_VALUES}. */
  readonly counts: readonly (readonly [value: string, rows: number])[];
}

export interface TextStatistics {
  readonly kind: 'text';
  readonly rows: number;
  readonly missing: number;
}

/** Maximum distinct values of a category or label that are counted one by one. */
export const MAX_VALUES = 10_000;
/** Maximum classes of a label; with more, the label is more probably a number than a class. */
export const MAX_CLASSES = 1_000;

/**
 * Contents of `train/shard-00000.json`, which describes the matrices `train/shard-00000-0000.npy`, …: float32 [rows,
 * columns] each. NaN is an empty cell. A column with a dictionary holds indexes into it: each shard numbers its values
 * in order of appearance, and the encoding has the numbers of all.
 */
export interface MatrixDescription {
  /** The label, then the names of the encoding's inputs, in their order. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** File names, in the order of the rows. */
  readonly parts: readonly string[];
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
}
