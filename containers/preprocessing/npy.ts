import { open } from 'node:fs/promises';

/** Maximum buffers per call of writev: systems allow 1,024. */
const WRITES = 512;

/**
 * Writes a matrix of float32 numbers in NumPy's NPY format 1.0, column after column.
 *
 * @param values column k begins at k × `stride` and has `rows` numbers
 */
export async function writeNpy(
  file: string,
  values: Float32Array,
  shape: { readonly rows: number; readonly columns: number; readonly stride: number },
): Promise<void> {
  const { rows, columns, stride } = shape;
  const parts: Uint8Array[] = [header(rows, columns)];
  for (let column = 0; column < columns; column++) {
    parts.push(new Uint8Array(values.buffer, values.byteOffset + column * stride * 4, rows * 4));
  }
  const handle = await open(file, 'w');
  try {
    for (let start = 0; start < parts.length; start += WRITES)
      await handle.writev(parts.slice(start, start + WRITES));
  } finally {
    await handle.close();
  }
}

function header(rows: number, columns: number): Buffer {
  const text = `{'descr': '<f4', 'fortran_order': True, 'shape': (${rows}, ${columns}), }`;
  // Magic, version and length take 10 bytes; the numbers begin at a multiple of 64.
  const length = Math.ceil((text.length + 11) / 64) * 64 - 10;
  const start = Buffer.from('\x93NUMPY\x01\x00\x00\x00', 'latin1');
  start.writeUInt16LE(length, 8);
  return Buffer.concat([start, Buffer.from(`${text.padEnd(length - 1)}\n`)]);
}
