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
 * Infers what the columns of a table are.
 *
 * @throws TableError naming file, column and what to do
 */
export async function inferred({ source, label, task }: SchemaRequest): Promise<InferredSchema> {
  // It loads a database engine.
  const { inferSchema } = await import('../containers/preprocessing/profile.ts');
  return inferSchema(source, label, { task });
}

/** Returns where the schema of a file or folder is written: beside it, e.g. `my-table.schema.json`. */
export function schemaPathOf(source: string): string {
  const path = resolve(source);
  return join(dirname(path), `${withoutDataSuffix(basename(path))}.schema.json`);
}

/**
 * Returns the path of the schema that was written for this label before, and may have been corrected since.
 *
 * @throws Error if the file is there and names another label
 */
export function writtenBefore(source: string, label: string): string | undefined {
  const path = schemaPathOf(source);
  if (!existsSync(path)) return undefined;
  const known = parseSchema(readFileSync(path, 'utf8'), path).label;
  if (known === label.trim().normalize('NFC')) return path;
  throw new Error(
    `--label is ${JSON.stringify(label)}, but ${path} describes the table for the label ${JSON.stringify(known)}; ` +
      'remove that file to infer another schema, or name one with --schema',
  );
}

/** Returns the schema as JSON with a line a feature, for somebody to edit. */
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

/** @throws OperatorError where the file cannot be written */
export function writeSchema(path: string, { schema }: InferredSchema): void {
  try {
    writeFileSync(path, schemaText(schema));
  } catch (error) {
    throw new OperatorError(
      `the schema ${path} cannot be written (${(error as NodeJS.ErrnoException).code}); name another place with ` +
        'npx mlops schema … --output FILE, and the file with --schema.',
    );
  }
}

const EXAMPLES_WIDTH = 40;
/** Of a wider table the file says more than a terminal can. */
const COLUMNS_SHOWN = 60;

/** Returns a table of the columns for a person, and a line for each warning. */
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
