import type { Encoding, FeatureEncoding } from './encoding.ts';
import type { FeatureType, Task } from './schema.ts';

/** What a client has to know of a model's table: what to send, and what answers hold. */
export interface SchemaDescription {
  /** Column that the model predicts. */
  readonly label: string;
  readonly task: Task;
  /** With classification. */
  readonly classes?: readonly string[];
  /** All of them have to be there in each instance. */
  readonly features: readonly FeatureDescription[];
  /** Columns that may be sent; they make no difference. */
  readonly ignored: readonly string[];
  /** A request. */
  readonly example: { readonly instances: readonly Readonly<Record<string, Example>>[] };
}

type Example = string | number | boolean | null;

export interface FeatureDescription {
  readonly name: string;
  readonly type: FeatureType;
  /** Whether null is taken for a value that is unknown. */
  readonly nullable: boolean;
  /** Of a category: those of the training rows. Others are taken too, with a warning. */
  readonly values?: readonly string[];
  /** Of the training rows, numbers or ISO 8601 dates. Values far outside are answered with a warning. */
  readonly range?: readonly [low: number | string, high: number | string];
  /** Of a number, inclusive: what lies beyond is refused. */
  readonly min?: number;
  readonly max?: number;
}

export function describeSchema({ label, features, ignored }: Encoding): SchemaDescription {
  return {
    label: label.name,
    task: label.kind === 'class' ? 'classification' : 'regression',
    ...(label.kind === 'class' && { classes: label.classes }),
    features: features.map((feature) => ({
      name: feature.name,
      type: feature.type,
      nullable: feature.missing !== 'reject',
      ...limitsOf(feature),
    })),
    ignored,
    example: {
      instances: [Object.fromEntries(features.map((feature) => [feature.name, exampleOf(feature)]))],
    },
  };
}

function limitsOf(feature: FeatureEncoding): Partial<FeatureDescription> {
  switch (feature.type) {
    case 'number': {
      const { low, high, min, max } = feature;
      return { range: [low, high], ...(min !== null && { min }), ...(max !== null && { max }) };
    }
    case 'datetime':
      return { range: [isoDate(feature.low), isoDate(feature.high)] };
    case 'category':
      return { values: feature.values };
    case 'boolean':
    case 'text':
      return {};
  }
}

function exampleOf(feature: FeatureEncoding): Example {
  switch (feature.type) {
    case 'number':
      return feature.fill;
    case 'category':
      return feature.values[0] ?? null;
    case 'boolean':
      return feature.fill === 1;
    case 'datetime':
      return isoDate(feature.fill);
    case 'text':
      return 'some words';
  }
}

function isoDate(ms: number): string {
  return new Date(ms).toISOString();
}
