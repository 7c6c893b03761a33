/** A file of NumPy's format with a matrix of float32 numbers, in columns as preprocessing and training write them. */
export function npyOf(rows: readonly (readonly number[])[]): Buffer {
  const columns = rows[0]!.length;
  const header = `{'descr': '<f4', 'fortran_order': True, 'shape': (${rows.length}, ${columns}), }`;
  const padded = `${header.padEnd(128 - 10 - 1)}\n`;
  const start = Buffer.alloc(10);
  start.write('\x93NUMPY\x01\x00', 'latin1');
  start.writeUInt16LE(padded.length, 8);
  const inColumns = Array.from({ length: columns }, (_, column) => rows.map((row) => row[column]!)).flat();
  return Buffer.concat([start, Buffer.from(padded), Buffer.from(Float32Array.from(inColumns).buffer)]);
}
