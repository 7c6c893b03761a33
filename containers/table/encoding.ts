import type { FeatureType, Missing } from './schema.ts';

/**
 * How a table's rows become a model's inputs, and its outputs answers: `encoding.json`. `Check data` learns it from
 * the training rows of all shards; it goes with the splits into training, and inside model.json to wherever the model
 * is served.
 */
export interface Encoding {
  readonly formatVersion: 1;
  readonly label: ClassLabel | NumberLabel;
  readonly features: readonly FeatureEncoding[];
  /** Columns of the model's input matrix, in its order: all that a training program has to know of the features. */
  readonly inputs: readonly Input[];
  /** Columns that the training data had and the model does not use, the label among them: clients may send them. */
  readonly ignored: readonly string[];
}

/** Classification. */
export interface ClassLabel {
  readonly kind: 'class';
  readonly name: string;
  /** In the order of the model's outputs. */
  readonly classes: readonly string[];
  /** Training rows of each class. */
  readonly counts: readonly number[];
}

/** Regression. Of the training rows; in the label's unit. */
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
  /** Median of the training rows, in the place of an empty cell. */
  readonly fill: number;
  /** Least and greatest value of the training rows. */
  readonly low: number;
  readonly high: number;
  /** Of the schema: what lies beyond is refused. */
  readonly min: number | null;
  readonly max: number | null;
}

export interface CategoryEncoding extends EncodedFeature<'category'> {
  /** The commonest first. A value that is not there has the code `values.length`, an empty cell the next one. */
  readonly values: readonly string[];
}

export interface BooleanEncoding extends EncodedFeature<'boolean'> {
  /** The commoner value of the training rows, 0 or 1. */
  readonly fill: number;
}

export interface DatetimeEncoding extends EncodedFeature<'datetime'> {
  /** Median, least and greatest of the training rows, milliseconds since 1970, UTC. */
  readonly fill: number;
  readonly low: number;
  readonly high: number;
}

export interface TextEncoding extends EncodedFeature<'text'> {
  /** Hashed words: the model's inputs are their counts by bucket. */
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
  /** In the place of NaN. */
  readonly fill: number;
}

/** A whole number from 0 to `values.length` + 1: a value's place, `values.length` for another, then for none. */
export interface CategoryInput {
  readonly kind: 'category';
  readonly name: string;
  readonly values: readonly string[];
  /** In the place of NaN: the code of an empty cell, or of the commonest value. */
  readonly fill: number;
}
