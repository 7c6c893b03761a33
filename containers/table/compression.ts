import zlib from 'node:zlib';
import { TableError } from './errors.ts';

export type Compression = 'none' | 'gzip' | 'zstd';

/** The first bytes of unsupported formats, their names, and the remedy. */
const OTHER_FORMATS: readonly (readonly [magic: string, name: string, remedy: string])[] = [
  ['504b0304', 'a ZIP archive or an Excel workbook', 'unpack it, or save the sheet as CSV'],
  ['d0cf11e0a1b11ae1', 'an Excel workbook', 'save the sheet as CSV'],
  ['4f626a01', 'an Avro file', 'write it as Parquet or CSV'],
  ['4f5243', 'an ORC file', 'write it as Parquet or CSV'],
  ['4152524f5731', 'an Arrow (Feather) file', 'write it as Parquet or CSV'],
  ['53514c69746520666f726d6174', 'an SQLite database', 'export the table as CSV'],
  ['894844460d0a1a0a', 'an HDF5 file', 'write it as Parquet or CSV'],
  ['425a68', 'compressed with bzip2', 'compress it with gzip or zstd, or not at all'],
  ['fd377a585a00', 'compressed with xz', 'compress it with gzip or zstd, or not at all'],
  ['377abcaf271c', 'a 7-Zip archive', 'unpack it'],
  ['25504446', 'a PDF document', 'export the table as CSV'],
  ['1f9d', 'compressed with compress', 'compress it with gzip or zstd, or not at all'],
];
const ALLOWED = 'data files are CSV, JSON lines or Parquet, uncompressed or compressed with gzip or zstd';
/** Maximum decompressed bytes of a file: a sample needs no more, and a few bytes may expand to gigabytes. */
const MAX_SAMPLE_BYTES = 2 ** 24;

/**
 * Returns the compression of a file, by its first bytes.
 *
 * @throws TableError naming the format if it is not supported
 */
export function detectCompression(bytes: Uint8Array, name: string): Compression {
  const start = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  if (start.startsWith('1f8b')) return 'gzip';
  if (start.startsWith('28b52ffd')) return 'zstd';
  const other = OTHER_FORMATS.find(([magic]) => start.startsWith(magic));
  if (other) throw new TableError(`${name}: is ${other[1]}; ${ALLOWED}: ${other[2]}`);
  return 'none';
}

/**
 * Decompresses the start of a file as far as the bytes go.
 *
 * @param whole true if the bytes are all of the file, which must then end as its format requires
 * @throws TableError if the bytes are damaged
 */
export function decompressStart(
  bytes: Uint8Array,
  compression: Compression,
  name: string,
  whole: boolean,
): Uint8Array {
  if (compression === 'none') return bytes;
  const { Z_FINISH, Z_SYNC_FLUSH, ZSTD_e_end, ZSTD_e_flush } = zlib.constants;
  const limit = { maxOutputLength: MAX_SAMPLE_BYTES };
  try {
    return compression === 'gzip'
      ? zlib.gunzipSync(bytes, { finishFlush: whole ? Z_FINISH : Z_SYNC_FLUSH, ...limit })
      : zlib.zstdDecompressSync(bytes, { finishFlush: whole ? ZSTD_e_end : ZSTD_e_flush, ...limit });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE' && bytes.length > 1024) {
      return decompressStart(bytes.subarray(0, bytes.length >> 4), compression, name, false);
    }
    throw new TableError(
      `${name}: begins like a file of ${compression} but is cut or damaged (${message}); upload it again`,
    );
  }
}
