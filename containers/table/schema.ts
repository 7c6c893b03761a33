export { parseSchema } from './parse-schema.ts';

/** The meaning of a table's columns: `schema.json` next to the data, written by a person. */
export interface SchemaFile {
  /** Column that the model predicts. */
  readonly label: string;
  /** Default: classification. */
  readonly task?: Task;
  /**
   * Every class, as written in the label's column; the order is the order of the model's outputs. Default: the
   * classes of the training rows. Not with regression.
   */
  readonly classes?: readonly (string | number | boolean)[];
  /** Columns that the model uses; others are ignored. A name alone is a number. */
  readonly features: readonly (string | FeatureFile)[];
  /** Column that identifies what a row is about: rows of one id stay in one split. Not a feature. */
  readonly id?: string;
  /** Splitting method. Default: by position, or by `id` if there is one. */
  readonly split?: { readonly by: 'time'; readonly column: string };
}

export interface FeatureFile {
  readonly name: string;
  readonly type: FeatureType;
  /** Default: `impute` for numbers and dates, `own-value` for the others. */
  readonly missing?: Missing;
  /** All values of a category; a row with another one is set aside. Default: those of the training rows. */
  readonly values?: readonly (string | number | boolean)[];
  /** Inclusive limit of numbers; a row beyond it is set aside. */
  readonly min?: number;
  readonly max?: number;
}

export type Task = 'classification' | 'regression';
export type FeatureType = 'number' | 'category' | 'boolean' | 'datetime' | 'text';
/**
 * Treatment of an empty cell: replaced by the median or the most frequent value of the training rows, a separate value,
 * or a row that is set aside.
 */
export type Missing = 'impute' | 'own-value' | 'reject';

/** The schema with every default filled in. */
export interface Schema {
  readonly task: Task;
  readonly label: string;
  /** Null: the classes of the training rows, or a number. */
  readonly classes: readonly string[] | null;
  readonly features: readonly Feature[];
  readonly id: string | null;
  readonly timeColumn: string | null;
}

export interface Feature {
  readonly name: string;
  readonly type: FeatureType;
  readonly missing: Missing;
  readonly values: readonly string[] | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Returns the columns that every data file must have. */
export function schemaColumns(schema: Schema): string[] {
  const { label, features, id, timeColumn } = schema;
  const others = [id, timeColumn].filter((name) => name !== null);
  return [...new Set([label, ...features.map(({ name }) => name), ...others])];
}
