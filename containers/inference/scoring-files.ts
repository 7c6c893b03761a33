import { createHash } from 'node:crypto';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { escapeText } from '../table/escape.ts';
import { CsvError, readCsv } from './csv.ts';
import { UserError } from './errors.ts';

/** Consecutive rows of one file. */
export interface Block {
  readonly file: string;
  /** Index of each column's cell in a record. */
  readonly columns: ReadonlyMap<string, number>;
  readonly records: readonly (readonly string[])[];
  /** Number of the first record, counted from 1 without the header. */
  readonly firstRow: number;
}

/** The CSV files of one split for the evaluation, in the order of their paths. */
export class ScoringFiles {
  /** Names of the columns that every file has. */
  readonly columns: ReadonlySet<string>;
  readonly #directory: string;
  readonly #files: readonly string[];
  readonly #hash = createHash('sha256');

  private constructor(directory: string, files: readonly string[], columns: ReadonlySet<string>) {
    this.#directory = directory;
    this.#files = files;
    this.columns = columns;
  }

  /** Opens the files. @throws UserError if one is not readable */
  static async open(directory: string): Promise<ScoringFiles> {
    const files: string[] = [];
    for await (const file of glob('**/*.csv', { cwd: directory })) files.push(file);
    files.sort();
    const headers: string[][] = [];
    for (const file of files) headers.push(await headerOf(directory, file));
    const [first = [], ...others] = headers;
    const common = first.filter((name) => others.every((header) => header.includes(name)));
    return new ScoringFiles(directory, files, new Set(common));
  }

  /**
   * Yields the rows. @throws UserError for a file that is not CSV, or a record whose length differs from its header's
   */
  async *blocks(): AsyncGenerator<Block> {
    for (const file of this.#files) {
      let columns: Map<string, number> | undefined;
      let firstRow = 1;
      for await (const all of read(this.#directory, file, (bytes) => this.#hash.update(bytes))) {
        const records = columns ? all : all.slice(1);
        columns ??= new Map(all[0]!.map((name, index) => [name.trim(), index]));
        checkLengths(file, records, firstRow, columns.size);
        if (records.length > 0) yield { file, columns, records, firstRow };
        firstRow += records.length;
      }
    }
  }

  /**
   * Returns the SHA-256 of the files' content, one after the other, hexadecimal; only after all {@link blocks} are
   * read.
   */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

async function headerOf(directory: string, file: string): Promise<string[]> {
  for await (const [header] of read(directory, file)) return header!.map((name) => name.trim());
  return [];
}

async function* read(
  directory: string,
  file: string,
  onBytes?: (bytes: Buffer) => void,
): AsyncGenerator<string[][]> {
  try {
    yield* readCsv(path.join(directory, file), onBytes);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UserError(`${file}: not readable as CSV (${escapeText(error.message)})`);
  }
}

function checkLengths(
  file: string,
  records: readonly (readonly string[])[],
  firstRow: number,
  columns: number,
): void {
  const wrong = records.findIndex(({ length }) => length !== columns);
  if (wrong < 0) return;
  throw new UserError(
    `${file}, row ${firstRow + wrong}: ${records[wrong]!.length} fields, but the header has ${columns}`,
  );
}
