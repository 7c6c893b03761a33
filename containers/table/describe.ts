import type { Encoding, FeatureEncoding } from './encoding.ts';
import type { FeatureType, Task } from './schema.ts';

/** Description of a model's table for clients: inputs and answers. */
export interface SchemaDescription {
  /** Column that the model predicts. */
  readonly label: string;
  readonly task: Task;
  /** Only for classification. */
  readonly classes?: readonly string[];
  /** Features; each instance must have all of them. */
  readonly features: readonly FeatureDescription[];
  /** Columns that may be sent and are ignored. */
  readonly ignored: readonly string[];
  /** A sample request. */
  readonly example: { readonly instances: readonly Readonly<Record<string, Example>>[] };
}

type Example = string | number | boolean | null;

export interface FeatureDescription {
  readonly name: string;
  readonly type: FeatureType;
  /** True if null is accepted for an unknown value. */
  readonly nullable: boolean;
  /** Values of a category in the training rows. Others are accepted too, with a warning. */
  readonly values?: readonly string[];
  /** Range of the training rows, numbers or ISO 8601 dates. Values far outside cause a warning. */
  readonly range?: readonly [low: number | string, high: number | string];
  /** Inclusive limit of a number: values beyond it are refused. */
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
