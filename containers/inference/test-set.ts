import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse';
import { UserError } from './errors.ts';
import type { Manifest } from './manifest.ts';

/** Rows of the holdout. */
export interface Batch {
  readonly rows: readonly TestRow[];
  /** float32 [rows, features]. */
  readonly values: Float32Array;
}

export interface TestRow {
  /** Index of the true class. */
  readonly label: number;
  /** As in the file, before they are cut to 32 bits. */
  readonly features: readonly number[];
}

const BATCH_ROWS = 4096;

/**
 * Reads the CSV files that preprocessing wrote for the split `test`, in the order of their paths.
 *
 * @throws UserError naming the file, and the line and column where they are known.
 */
export async function* readTestSet(directory: string, manifest: Manifest): AsyncGenerator<Batch> {
  let rows: TestRow[] = [];
  for (const file of await testFiles(directory)) {
    for await (const row of readFileRows(directory, file, manifest)) {
      if (rows.push(row) < BATCH_ROWS) continue;
      yield toBatch(rows, manifest);
      rows = [];
    }
  }
  if (rows.length > 0) yield toBatch(rows, manifest);
}

/** SHA-256 of those files' content, one after the other, in hexadecimal. */
export async function testSetDigest(directory: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of await testFiles(directory)) {
    for await (const chunk of createReadStream(path.join(directory, file))) hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

async function testFiles(directory: string): Promise<string[]> {
  const files: string[] = [];
  for await (const file of glob('**/*.csv', { cwd: directory })) files.push(file);
  return files.sort();
}

async function* readFileRows(directory: string, file: string, manifest: Manifest): AsyncGenerator<TestRow> {
  const parser = parse({ bom: true, info: true, skip_empty_lines: true });
  createReadStream(path.join(directory, file))
    .on('error', (error) => parser.destroy(error))
    .pipe(parser);
  const columns = ['label', ...manifest.features];
  let header = true;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (header) checkHeader(file, record, columns);
      else yield toRow(`${file}, line ${info.lines}`, record, columns, manifest.classes.length);
      header = false;
    }
  } catch (error) {
    if ((error as { code?: string }).code?.startsWith('CSV_')) {
      throw new UserError(`${file}: not readable as CSV (${(error as Error).message})`);
    }
    throw error;
  }
}

function checkHeader(file: string, header: readonly string[], columns: readonly string[]): void {
  if (header.join() === columns.join()) return;
  throw new UserError(
    `${file}: the header ${header.join()} is not ${columns.join()}, which the candidate takes`,
  );
}

function toRow(where: string, cells: string[], columns: readonly string[], classes: number): TestRow {
  const numbers = cells.map((cell) => (cell.trim() === '' ? Number.NaN : Number(cell)));
  const bad = numbers.findIndex((number) => !Number.isFinite(number));
  if (bad >= 0) throw new UserError(`${where}: ${columns[bad]} "${cells[bad]}" is not a finite number`);
  const [label, ...features] = numbers as [number, ...number[]];
  if (!Number.isInteger(label) || label < 0 || label >= classes) {
    throw new UserError(`${where}: label ${label} is not a class index from 0 to ${classes - 1}`);
  }
  return { label, features };
}

function toBatch(rows: TestRow[], manifest: Manifest): Batch {
  const values = new Float32Array(rows.length * manifest.features.length);
  rows.forEach(({ features }, row) => values.set(features, row * features.length));
  return { rows, values };
}
