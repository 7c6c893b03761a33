import { ErrorName, PipelineError } from './errors';

/** Description of a table: `schema.json` beside the data. */
export interface DataSchema {
  /** Column that holds the class. */
  readonly label: string;
  /** Every class, as written in the label column; the order is the order of the model's outputs. */
  readonly classes: readonly string[];
  /** Numeric columns the model uses; others are ignored. */
  readonly features: readonly string[];
  /** Column that identifies a row, for the stable split; without it the row's content does. */
  readonly id?: string;
}

/** First column of the files that preprocessing writes. */
const SPLIT_LABEL = 'label';

const FIELDS = ['label', 'classes', 'features', 'id'];

/**
 * @param text JSON
 * @param source what to call it in messages, e.g. `s3://bucket/schema.json`
 * @throws PipelineError `InvalidData` naming the field, the value and what is allowed
 */
export function parseDataSchema(text: string, source: string): DataSchema {
  const fail = (message: string): never => {
    throw new PipelineError(ErrorName.InvalidData, `${source}: ${message}`);
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    fail(`not JSON (${(error as Error).message}); write {"label": …, "classes": […], "features": […]}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    fail(`is ${JSON.stringify(value)}; write an object {"label": …, "classes": […], "features": […]}`);
  }
  const schema = value as Record<string, unknown>;
  const unknown = Object.keys(schema).find((field) => !FIELDS.includes(field));
  if (unknown) fail(`field "${unknown}" is unknown; allowed are ${FIELDS.join(', ')}`);
  if (typeof schema.label !== 'string' || schema.label === '') {
    fail(`field "label" is ${JSON.stringify(schema.label)}; name the column that holds the class`);
  }
  if (schema.id !== undefined && (typeof schema.id !== 'string' || schema.id === '')) {
    fail(
      `field "id" is ${JSON.stringify(schema.id)}; name the column that identifies a row, or leave it out`,
    );
  }
  const classes = names(schema.classes, 'classes', 2, fail);
  const features = names(schema.features, 'features', 1, fail);
  if (features.includes(schema.label as string)) {
    fail(`field "features" holds the label column "${String(schema.label)}"; take it out`);
  }
  if (features.includes(SPLIT_LABEL)) {
    fail(
      `field "features" holds "${SPLIT_LABEL}", the name of the class column in split files; rename that column`,
    );
  }
  return {
    label: schema.label as string,
    classes,
    features,
    ...(schema.id === undefined ? {} : { id: schema.id as string }),
  };
}

function names(value: unknown, field: string, least: number, fail: (message: string) => never): string[] {
  if (!Array.isArray(value) || value.length < least || value.some((v) => typeof v !== 'string' || v === '')) {
    return fail(`field "${field}" is ${JSON.stringify(value)}; give a list of at least ${least} names`);
  }
  const list = value as string[];
  const repeated = list.find((name, index) => list.indexOf(name) !== index);
  if (repeated !== undefined) return fail(`field "${field}" names ${JSON.stringify(repeated)} twice`);
  return list;
}

/** Columns a data file must have. */
export function requiredColumns(schema: DataSchema): string[] {
  return [...schema.features, schema.label, ...(schema.id ? [schema.id] : [])];
}
