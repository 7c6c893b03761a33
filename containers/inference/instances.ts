import { parse } from 'csv-parse/sync';
import { RequestError } from './errors.ts';

/** The rows of a request as the model takes them: float32 [rows, features] in row-major order. */
export interface Instances {
  readonly values: Float32Array;
  readonly rows: number;
}

export const CONTENT_TYPES = ['application/json', 'text/csv'] as const;

const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const SHOWN_CHARACTERS = 60;

/**
 * Reads a request's body.
 *
 * @param contentType with or without parameters such as a charset.
 * @param features the model's features, in its order.
 * @throws RequestError `UnsupportedMediaType` or `InvalidInput`, the latter with the field at fault.
 */
export function parseInstances(
  contentType: string | undefined,
  body: string,
  features: readonly string[],
): Instances {
  const mediaType = contentType?.split(';')[0]?.trim().toLowerCase();
  if (mediaType === 'application/json') return parseJson(body, features);
  if (mediaType === 'text/csv') return parseCsv(body, features);
  throw new RequestError(
    'UnsupportedMediaType',
    `Content-Type: ${mediaType ? `"${mediaType}"` : 'none'}; send ${CONTENT_TYPES.join(' or ')}`,
  );
}

function parseJson(body: string, features: readonly string[]): Instances {
  const content = jsonObject(body);
  const instances = content.instances;
  if (!Array.isArray(instances)) {
    throw invalid(
      'instances',
      `${shown(instances)} is not a list; send {"instances": [{feature: number, …}, …]}`,
    );
  }
  for (const key of Object.keys(content)) {
    if (key !== 'instances') throw invalid(key, 'unknown; the body holds "instances" and nothing else');
  }
  return collect(instances, features, (instance, index) => {
    const where = `instances[${index}]`;
    if (!isObject(instance)) throw invalid(where, `${shown(instance)} is not an object of features`);
    const cells = features.map((feature) => {
      if (!Object.hasOwn(instance, feature)) throw invalid(`${where}.${feature}`, 'missing; send a number');
      const value = instance[feature];
      return typeof value === 'number' ? value : Number.NaN;
    });
    const keys = Object.keys(instance);
    if (keys.length > features.length) {
      throw unknownFeature(`${where}.${keys.find((key) => !features.includes(key))}`, features);
    }
    return { cells, original: (column) => instance[features[column]!] };
  });
}

function parseCsv(body: string, features: readonly string[]): Instances {
  const records = csvRecords(body);
  const columns = headerColumns(records[0], features);
  return collect(columns ? records.slice(1) : records, features, (record, index) => {
    if (record.length !== features.length) {
      throw invalid(
        `instances[${index}]`,
        `${record.length} fields; the model has ${features.length} features`,
      );
    }
    const texts = columns ? columns.map((column) => record[column]!) : record;
    const cells = texts.map((text) => (NUMBER.test(text) ? Number(text) : Number.NaN));
    return { cells, original: (column) => texts[column] };
  });
}

/** Where each feature stands, if the first row is a header: one that names the features, or has no number. */
function headerColumns(first: string[] | undefined, features: readonly string[]): number[] | undefined {
  if (
    !first ||
    (first.some((cell) => NUMBER.test(cell)) && !features.every((name) => first.includes(name)))
  ) {
    return undefined;
  }
  for (const [column, name] of first.entries()) {
    if (!features.includes(name)) throw unknownFeature(`header.${name}`, features);
    if (first.indexOf(name) !== column)
      throw invalid(`header.${name}`, 'there twice; name each feature once');
  }
  return features.map((feature) => {
    const column = first.indexOf(feature);
    if (column < 0) throw invalid(`header.${feature}`, 'missing; name each feature, or leave the header out');
    return column;
  });
}

function collect<T>(
  items: readonly T[],
  features: readonly string[],
  read: (item: T, index: number) => { cells: number[]; original: (column: number) => unknown },
): Instances {
  if (items.length === 0) throw invalid('instances', 'none; send at least one row');
  const values = new Float32Array(items.length * features.length);
  for (const [row, item] of items.entries()) {
    const { cells, original } = read(item, row);
    values.set(cells, row * features.length);
    for (const [column, feature] of features.entries()) {
      // Checked where it is stored: a number too large for 32 bits has become infinite here.
      if (Number.isFinite(values[row * features.length + column])) continue;
      throw invalid(
        `instances[${row}].${feature}`,
        `${shown(original(column))} is not a finite number; send a number that fits 32 bits`,
      );
    }
  }
  return { values, rows: items.length };
}

function jsonObject(body: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch (error) {
    const problem = body.trim() === '' ? 'empty' : `not JSON (${(error as Error).message})`;
    throw invalid('body', `${problem}; send {"instances": [{feature: number, …}, …]}`);
  }
  if (!isObject(content)) throw invalid('body', `${shown(content)} is not an object with "instances"`);
  return content;
}

function csvRecords(body: string): string[][] {
  try {
    return parse(body, { bom: true, relax_column_count: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw invalid('body', `not CSV (${(error as Error).message})`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownFeature(where: string, features: readonly string[]): RequestError {
  return invalid(where, `not a feature of this model; its features are ${features.join(', ')}`);
}

function invalid(field: string, problem: string): RequestError {
  return new RequestError('InvalidInput', `${field}: ${problem}`, field);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}
