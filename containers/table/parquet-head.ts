import { parquetMetadataAsync, parquetSchema } from 'hyparquet';
import { TableError } from './errors.ts';
import type { Head } from './head.ts';
import { normalName } from './names.ts';

/** A file that is read in ranges, e.g. an object of S3. */
export interface Pieces {
  /** Bytes. */
  readonly size: number;
  /** Reads a range. @param end exclusive */
  read(start: number, end: number): Promise<Uint8Array>;
}

/**
 * Reads the columns of a Parquet file, which are at its end, without rows.
 *
 * @param name for messages
 * @throws TableError if the file is damaged or has no rows
 */
export async function readParquetHead(file: Pieces, name: string): Promise<Head> {
  const buffer = {
    byteLength: file.size,
    async slice(start: number, end = file.size): Promise<ArrayBuffer> {
      const bytes = await file.read(start, end);
      return Uint8Array.from(bytes).buffer;
    },
  };
  const metadata = await parquetMetadataAsync(buffer).catch((error: Error) => {
    throw new TableError(
      `${name}: begins like a Parquet file but cannot be read (${error.message}); write or upload it again`,
    );
  });
  if (Number(metadata.num_rows) === 0) {
    throw new TableError(`${name}: has columns but no rows; remove the file or upload it again`);
  }
  const columns = parquetSchema(metadata).children;
  return {
    format: 'parquet',
    compression: 'none',
    encoding: 'utf-8',
    csv: null,
    columns: columns.map(({ element }) => normalName(element.name)),
    keys: [],
    rows: [],
    nested: columns
      .filter(({ children }) => children.length > 0)
      .map(({ element }) => normalName(element.name)),
    complete: false,
  };
}
