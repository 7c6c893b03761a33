import type { FeatureType, Missing } from './schema.ts';

/**
 * The encoding of a table's rows as model inputs, and of its outputs as answers: `encoding.json`. `Check data` learns
 * it from the training rows of all shards; it is an input of training, together with the splits, and part of model.json
 * wherever the model is served.
 */
export interface Encoding {
  readonly formatVersion: 1;
  readonly label: ClassLabel | NumberLabel;
  readonly features: readonly FeatureEncoding[];
  /**
   * Columns of the model's input matrix, in its order: all that a training program needs to know about the features.
   */
  readonly inputs: readonly Input[];
  /** Columns of the training data that the model does not use, the label among them: clients may send them. */
  readonly ignored: readonly string[];
}

/** Classification. */
export interface ClassLabel {
  readonly kind: 'class';
  readonly name: string;
  /** Classes in the order of the model's outputs. */
  readonly classes: readonly string[];
  /** Training rows of each class. */
  readonly counts: readonly number[];
}

/** Regression. Statistics of the training rows, in the label's unit. */
export interface NumberLabel {
  readonly kind: 'number';
  readonly name: string;
  readonly rows: number;
  readonly mean: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

interface EncodedFeature<Type extends FeatureType> {
  readonly name: string;
  readonly type: Type;
  readonly missing: Missing;
}

export interface NumberEncoding extends EncodedFeature<'number'> {
  /** Replacement of an empty cell: the median of the training rows. */
  readonly fill: number;
  /** Minimum and maximum of the training rows. */
  readonly low: number;
  readonly high: number;
  /** Limit of the schema: values beyond it are refused. */
  readonly min: number | null;
  readonly max: number | null;
}

export interface CategoryEncoding extends EncodedFeature<'category'> {
  /** Values, the most frequent first. Any other value has the code `values.length`, an empty cell the next one. */
  readonly values: readonly string[];
}

export interface BooleanEncoding extends EncodedFeature<'boolean'> {
  /** The more frequent value of the training rows, 0 or 1. */
  readonly fill: number;
}

export interface DatetimeEncoding extends EncodedFeature<'datetime'> {
  /** Median, minimum and maximum of the training rows, milliseconds since 1970, UTC. */
  readonly fill: number;
  readonly low: number;
  readonly high: number;
}

export interface TextEncoding extends EncodedFeature<'text'> {
  /** Number of buckets for hashed words: the model's inputs are the counts by bucket. */
  readonly buckets: number;
}

export type FeatureEncoding =
  | NumberEncoding
  | CategoryEncoding
  | BooleanEncoding
  | DatetimeEncoding
  | TextEncoding;

/** One column of the matrix, float32. */
export type Input = NumberInput | CategoryInput;

export interface NumberInput {
  readonly kind: 'number';
  /** E.g. `age`, `age is missing`, `signed_up: day`, `review: word 17`. */
  readonly name: string;
  /** Replacement of NaN. */
  readonly fill: number;
}

/**
 * A whole number from 0 to `values.length` + 1: a value's index, `values.length` for any other value, then for none.
 */
export interface CategoryInput {
  readonly kind: 'category';
  readonly name: string;
  readonly values: readonly string[];
  /** Replacement of NaN: the code of an empty cell, or of the most frequent value. */
  readonly fill: number;
}
