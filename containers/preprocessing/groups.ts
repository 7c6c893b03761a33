import { TableError } from '../table/errors.ts';
import type { Head } from '../table/head.ts';
import { normalName } from '../table/names.ts';
import type { Database } from './database.ts';
import type { DataFile } from './files.ts';
import { literal } from './sql.ts';

/** Files that one statement reads: same format, same columns. */
export interface Group {
  readonly head: Head;
  /** Types by column, in DuckDB's names; only for Parquet. */
  readonly types: readonly string[];
  readonly files: DataFile[];
}

/** Returns the files in groups, in the order of each group's first file. */
export async function groupFiles(db: Database, files: readonly DataFile[]): Promise<Group[]> {
  const groups = new Map<string, Group>();
  for (const file of files) {
    const { head, types } =
      file.head.format === 'parquet' ? await parquetHead(db, file) : { head: file.head, types: [] };
    const { format, csv, columns, keys } = head;
    // Each column of JSON is read by its key, which usually is its name.
    const named = format.startsWith('json')
      ? keys.filter((key, index) => key !== columns[index]).sort()
      : [csv, columns, types];
    const key = JSON.stringify([format, named]);
    const group = groups.get(key);
    if (group) group.files.push({ ...file, head });
    else groups.set(key, { head, types, files: [{ ...file, head }] });
  }
  return [...groups.values()];
}

async function parquetHead(db: Database, file: DataFile): Promise<{ head: Head; types: string[] }> {
  try {
    const described = await db.rows<{ column_name: string; column_type: string }>(
      `DESCRIBE FROM read_parquet(${literal(file.path)}, binary_as_string = true)`,
    );
    const columns = described.map(({ column_name }) => normalName(column_name));
    const types = described.map(({ column_type }) => column_type);
    const nested = columns.filter((_, index) => /\[|^(STRUCT|MAP|UNION)\b/.test(types[index]!));
    return { head: { ...file.head, columns, nested }, types };
  } catch (error) {
    throw new TableError(
      `${file.name}: begins like a Parquet file but cannot be read (${firstLine(error).replaceAll(file.path, file.name)}); write it again`,
    );
  }
}

/** Returns the fault of the file that an error of DuckDB names; the error itself if it names none. */
export function asFault(error: unknown, { files }: Group): unknown {
  const message = firstLine(error);
  const file = files.find(({ path }) => message.includes(path));
  if (!file) return error;
  const json = /Malformed JSON in file .*, at byte \d+ in (line|record\/value) (\d+): (.*)/.exec(message);
  // DuckDB's line number may be one too high.
  const what = json
    ? `is not JSON near ${json[1]} ${json[2]} (${json[3]!.trim()}); write one JSON object a line`
    : `cannot be read to its end (${message.replaceAll(file.path, file.name)}); write or upload it again`;
  return new TableError(`${file.name}: ${what}`);
}

function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n')[0]!;
}
