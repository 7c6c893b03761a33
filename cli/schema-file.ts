import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { withoutDataSuffix } from '../containers/table/head.ts';
import type { InferredSchema } from '../containers/table/infer.ts';
import { parseSchema, type SchemaFile, type Task } from '../containers/table/schema.ts';
import { OperatorError } from './errors';
import { table } from './output';

export interface SchemaRequest {
  /** File or folder. */
  readonly source: string;
  readonly label: string;
  readonly task?: Task;
}

/**
 * Infers the schema of a table.
 *
 * @throws TableError naming file, column and what to do
 */
export async function inferred({ source, label, task }: SchemaRequest): Promise<InferredSchema> {
  // The import loads a database engine.
  const { inferSchema } = await import('../containers/preprocessing/profile.ts');
  return inferSchema(source, label, { task });
}

/** Returns the path of the schema of a file or folder: in the same folder, e.g. `my-table.schema.json`. */
export function schemaPathOf(source: string): string {
  const path = resolve(source);
  return join(dirname(path), `${withoutDataSuffix(basename(path))}.schema.json`);
}

/**
 * Returns the path of the schema that was written earlier for this label, and may have been edited since.
 *
 * @throws Error if the file exists for another label
 */
export function writtenBefore(source: string, label: string): string | undefined {
  const path = schemaPathOf(source);
  if (!existsSync(path)) return undefined;
  const known = parseSchema(readFileSync(path, 'utf8'), path).label;
  if (known === label.trim().normalize('NFC')) return path;
  throw new Error(
    `--label is ${JSON.stringify(label)}, but ${path} is for the label ${JSON.stringify(known)}; ` +
      'delete that file to infer the schema again, or set another file with --schema',
  );
}

/** Returns the schema as JSON with one line for each feature, which is easy to edit. */
function schemaText({ features, ...rest }: SchemaFile): string {
  const fields = Object.entries(rest).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value)},`,
  );
  const lines = features.map((feature) => `    ${spaced(feature)}`).join(',\n');
  return `${['{', ...fields, '  "features": [', lines, '  ]', '}'].join('\n')}\n`;
}

function spaced(feature: SchemaFile['features'][number]): string {
  if (typeof feature === 'string') return JSON.stringify(feature);
  const fields = Object.entries(feature).map(
    ([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`,
  );
  return `{ ${fields.join(', ')} }`;
}

/** Writes the schema. @throws OperatorError if the file cannot be written */
export function writeSchema(path: string, { schema }: InferredSchema): void {
  try {
    writeFileSync(path, schemaText(schema));
  } catch (error) {
    throw new OperatorError(
      `the schema ${path} cannot be written (${(error as NodeJS.ErrnoException).code}); write it elsewhere with ` +
        'npx mlops schema … --output FILE, and set that file with --schema.',
    );
  }
}

const EXAMPLES_WIDTH = 40;
/** More columns are too many for a terminal; the schema file has all. */
const COLUMNS_SHOWN = 60;

/** Returns a table of the columns, and a line for each warning. */
export function describeInferred({ columns, warnings, schema }: InferredSchema): string {
  const more = columns.length - COLUMNS_SHOWN;
  const rows = columns
    .slice(0, COLUMNS_SHOWN)
    .map(({ name, role, type, missing, distinct, range, examples }) => [
      name,
      role === 'feature'
        ? type
        : role === 'label'
          ? schema.task === 'regression'
            ? 'label, number'
            : 'label'
          : 'ignored',
      missing,
      distinct,
      range?.join(' to '),
      cut(examples.join(', ')),
    ]);
  return [
    table(['COLUMN', 'TYPE', 'MISSING', 'DISTINCT', 'RANGE', 'EXAMPLES'], rows),
    ...(more > 0 ? [`and ${more} more columns`] : []),
    ...(warnings.length > 0 ? ['', ...warnings.map((warning) => `warning: ${warning}`)] : []),
  ].join('\n');
}

function cut(text: string): string {
  return text.length > EXAMPLES_WIDTH ? `${text.slice(0, EXAMPLES_WIDTH)}…` : text;
}
