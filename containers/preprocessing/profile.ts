import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { cellRules } from '../table/cell-faults.ts';
import { checkRows } from '../table/check-head.ts';
import { TableError } from '../table/errors.ts';
import { escapeText } from '../table/escape.ts';
import { DATA_SUFFIXES, type Head } from '../table/head.ts';
import type { Cells } from '../table/column-facts.ts';
import { checkLearnable, inferFrom, type InferredSchema } from '../table/infer.ts';
import { nearestName, quoteNames } from '../table/names.ts';
import type { Task } from '../table/schema.ts';
import type { Column } from './columns.ts';
import { Database } from './database.ts';
import { listFiles, openFile, type DataFile } from './files.ts';
import { asFault, groupFiles, type Group } from './groups.ts';
import { pointFor } from './load.ts';
import { sourceSelect, sourceType } from './source.ts';
import { DEFINITIONS } from './values-sql.ts';

const SAMPLE_ROWS = 100_000;
const SAMPLE_CELLS = 3_000_000;
const LEAST_ROWS = 1_000;

/**
 * Proposes a schema for the data: types are inferred from up to {@link SAMPLE_ROWS} rows of all files.
 *
 * @param source a data file, or a folder of them
 * @param label column to predict
 * @throws TableError if the data cannot be read, have no such column, or a model could not learn from them
 */
export async function inferSchema(
  source: string,
  label: string,
  { task }: { readonly task?: Task } = {},
): Promise<InferredSchema> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'profile-'));
  try {
    const files = await openFiles(source, scratch);
    const db = await Database.open(scratch, Math.max(...files.map(({ head }) => head.columns.length)));
    try {
      for (const definition of DEFINITIONS) await db.run(definition);
      const groups = await groupFiles(db, files);
      const heads = groups.flatMap((group) => group.files.map(({ head }) => head));
      const columns = [...new Set(heads.flatMap((head) => head.columns))].filter((name) => name !== '');
      const unusable = unusableColumns(heads, columns);
      checkLabel(label, columns, unusable);
      const usable = columns.filter((name) => !unusable.has(name));
      const found = inferFrom(await sampleCells(db, groups, usable), label, task, unusable);
      checkLearnable(found);
      return found;
    } finally {
      db.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function openFiles(source: string, scratch: string): Promise<DataFile[]> {
  const isFolder = (await stat(source)).isDirectory();
  const folder = isFolder ? source : path.dirname(source);
  const names = isFolder ? (await listFiles(source)).data : [path.basename(source)];
  if (names.length === 0) throw new TableError(`${source}: holds no data file (${DATA_SUFFIXES})`);
  const files = await Promise.all(
    names.map((name, number) => openFile(folder, name, undefined, scratch, number)),
  );
  for (const { name, head } of files) checkRows(head, name);
  return files;
}

/** Returns the reasons for which columns cannot be used, by name. */
function unusableColumns(heads: readonly Head[], columns: readonly string[]): Map<string, string> {
  const unusable = new Map<string, string>();
  for (const name of columns) {
    if (heads.some(({ nested }) => nested.includes(name))) {
      unusable.set(name, 'its cells are objects or lists; write a column for each value');
    } else if (heads.some((head) => !head.columns.includes(name))) {
      const count = heads.filter((head) => !head.columns.includes(name)).length;
      unusable.set(
        name,
        `${count} of ${heads.length} files have no such column; add it to all of them to use it`,
      );
    }
  }
  return unusable;
}

function checkLabel(label: string, columns: readonly string[], unusable: ReadonlyMap<string, string>): void {
  const shown = escapeText(label);
  if (!columns.includes(label)) {
    const near = nearestName(label, columns);
    const meant = near === undefined ? '' : ` (did you mean "${escapeText(near)}"?)`;
    throw new TableError(`there is no column "${shown}"${meant}; the data has ${quoteNames(columns)}`);
  }
  const why = unusable.get(label);
  if (why !== undefined) throw new TableError(`column "${shown}" cannot be the label: ${why}`);
}

/** Returns the trimmed texts of a sample of rows, by column; null for an empty cell. */
async function sampleCells(
  db: Database,
  groups: readonly Group[],
  names: readonly string[],
): Promise<Map<string, Cells>> {
  const columns = names.map(textColumn);
  const cells = columns.map((): (string | null)[] => []);
  const rows = Math.ceil(
    Math.min(SAMPLE_ROWS, Math.max(LEAST_ROWS, SAMPLE_CELLS / columns.length)) / groups.length,
  );
  for (const [number, group] of groups.entries()) {
    try {
      for await (const chunk of db.chunks(await sampleSelect(db, group, number, columns, rows))) {
        cells.forEach((texts, index) => texts.push(...(chunk.getColumnValues(index) as (string | null)[])));
      }
    } catch (error) {
      throw asFault(error, group);
    }
  }
  return new Map(columns.map(({ name }, index) => [name, cells[index]!]));
}

function textColumn(name: string, index: number): Column {
  const [rules] = cellRules(
    { task: 'classification', label: name, classes: null, features: [], id: null, timeColumn: null },
    'datetime',
  );
  return { ...rules!, lenient: true, sql: `x${index}` };
}

async function sampleSelect(
  db: Database,
  group: Group,
  number: number,
  columns: readonly Column[],
  rows: number,
): Promise<string> {
  await db.run(sourceType(group, number));
  const texts = columns.map((_, index) => {
    const text = `to_value(trimmed(r${index}))`;
    if (!group.head.csv?.decimalComma) return text;
    return `coalesce(TRY_CAST(${pointFor(`r${index}`)} AS DOUBLE)::VARCHAR, ${text})`;
  });
  return `SELECT ${texts.join(', ')} FROM (
    FROM (${sourceSelect(group, number, columns)}) USING SAMPLE reservoir(${rows} ROWS) REPEATABLE (1))`;
}
