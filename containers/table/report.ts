export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** What preprocessing found in one shard, `report/shard-00000.json`; `Check data` adds the shards up. */
export interface ShardReport {
  readonly shard: number;
  readonly files: readonly {
    readonly name: string;
    /** Rows set aside included. */
    readonly rows: number;
    readonly rejected: number;
    /** All of its columns, in its order. */
    readonly columns: readonly string[];
  }[];
  readonly rows: Readonly<Record<Split, number>>;
  /** Rows set aside. */
  readonly rejected: number;
  /** Why, by file, column and reason, the most frequent first; at most 100. A row with two bad cells is in two. */
  readonly problems: readonly Problem[];
  readonly label: Readonly<Record<Split, ColumnStatistics>>;
  /** Of the training rows, by feature. */
  readonly features: Readonly<Record<string, ColumnStatistics>>;
  /**
   * Distinct rows (features and label) with the most copies in a split: digest → copies, at most 100 a split, without
   * those that stand there once.
   */
  readonly copies: Readonly<Record<Split, Readonly<Record<string, number>>>>;
}

export interface Problem {
  readonly file: string;
  /** Empty where the row as a whole is at fault. */
  readonly column: string;
  /** E.g. `not a number`, `empty`, `not one of the classes "a", "b"`. */
  readonly reason: string;
  /** What would mend it, e.g. `declare "plan" as a category`. */
  readonly remedy: string;
  readonly rows: number;
  /** At most 3; rows are counted from 1, without the header. Values are cut at 80 characters. */
  readonly examples: readonly { readonly row: number; readonly value: string }[];
}

/** What a column holds. `rows` are all of the split's, `missing` those of them without a value. */
export type ColumnStatistics = NumberStatistics | ValueStatistics | TextStatistics;

/** Of numbers, and of dates in milliseconds since 1970. */
export interface NumberStatistics {
  readonly kind: 'number';
  readonly rows: number;
  readonly missing: number;
  readonly sum: number;
  /** Null without values. */
  readonly low: number | null;
  readonly high: number | null;
  /**
   * Ascending; each stands for an equal share of the values: all of them where they are few, else 1,001 quantiles at
   * i / 1000.
   */
  readonly quantiles: readonly number[];
}

/** Of categories, booleans (`true`, `false`) and classes. */
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

/** Values of a category or classes of a label that are counted one by one. */
export const MAX_VALUES = 10_000;
/** Classes of a label that a model can have; of more, a table of numbers is likelier than one of classes. */
export const MAX_CLASSES = 1_000;

/**
 * `train/shard-00000.json`, beside the matrices `train/shard-00000-0000.npy`, …: float32 [rows, columns] each. NaN is
 * an empty cell. A column with a dictionary holds places in it: each shard numbers its values as it meets them, and
 * the encoding has the numbers of all.
 */
export interface MatrixDescription {
  /** The label, then the names of the encoding's inputs, in their order. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** File names, in the order of the rows. */
  readonly parts: readonly string[];
  readonly dictionaries: Readonly<Record<string, readonly string[]>>;
}
