import { createReadStream, createWriteStream } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import path from 'node:path';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import zlib from 'node:zlib';
import { TableError } from '../table/errors.ts';
import { HEAD_BYTES, isDataFile, readHead, type Head } from '../table/head.ts';
import type { Schema } from '../table/schema.ts';

/** A data file of the shard. */
export interface DataFile {
  /** Path below the data folder, with slashes. */
  readonly name: string;
  /** Path of its bytes: the file itself, or a plain copy of it in UTF-8. */
  readonly path: string;
  readonly head: Head;
}

/** Returns the names of the files below a folder, sorted: data files and others. */
export async function listFiles(folder: string): Promise<{ data: string[]; others: string[] }> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
  return { data: names.filter(isDataFile), others: names.filter((name) => !isDataFile(name)) };
}

/**
 * Reads the file's head, and makes a plain copy in UTF-8 if it is compressed or in another encoding: DuckDB reads a
 * truncated archive without an error.
 *
 * @param copies folder for plain copies
 * @throws TableError if the file is not a table, or damaged
 */
export async function openFile(
  folder: string,
  name: string,
  schema: Schema | undefined,
  copies: string,
  number: number,
): Promise<DataFile> {
  const original = path.join(folder, name);
  const head = readHead(await startOf(original), name, schema);
  const { compression, encoding } = head;
  if (compression === 'none' && encoding === 'utf-8') return { name, path: original, head };
  const copy = path.join(copies, `${number}.plain`);
  try {
    await pipeline([
      createReadStream(original),
      ...decompression(compression),
      ...decoding(encoding),
      createWriteStream(copy),
    ]);
  } catch (error) {
    throw damaged(name, head, error as NodeJS.ErrnoException);
  }
  return { name, path: copy, head };
}

async function startOf(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const bytes = Buffer.allocUnsafe(HEAD_BYTES);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(bytes, length, HEAD_BYTES - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === HEAD_BYTES) return bytes.subarray(0, length);
    }
  } finally {
    await handle.close();
  }
}

function decompression(compression: Head['compression']): NodeJS.ReadWriteStream[] {
  if (compression === 'gzip') return [zlib.createGunzip()];
  return compression === 'zstd' ? [zlib.createZstdDecompress()] : [];
}

/** Windows-1252 defines a meaning for each byte; half a character of UTF-16 has none, and fails. */
function decoding(encoding: Head['encoding']): NodeJS.ReadWriteStream[] {
  if (encoding === 'utf-8') return [];
  const decoder = new TextDecoder(encoding, { fatal: true });
  const attempt = (decode: () => string, done: TransformCallback) => {
    try {
      done(null, decode());
    } catch (error) {
      done(error as Error);
    }
  };
  return [
    new Transform({
      transform: (bytes: Uint8Array, _encoding, done) =>
        attempt(() => decoder.decode(bytes, { stream: true }), done),
      flush: (done) => attempt(() => decoder.decode(), done),
    }),
  ];
}

function damaged(name: string, { compression, encoding }: Head, error: NodeJS.ErrnoException): Error {
  if (error.code?.startsWith('Z_') || error.code?.startsWith('ZSTD_')) {
    return new TableError(
      `${name}: is cut or damaged: as ${compression} it cannot be read to its end (${error.message}); upload it again`,
    );
  }
  if (error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return new TableError(`${name}: begins as ${encoding} but holds other bytes too; save it as UTF-8`);
  }
  return error;
}
