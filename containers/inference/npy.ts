import { UserError } from './errors.ts';

/** A matrix of float32 numbers in row-major order. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const HEADER = /'descr': *'<f4'.*'fortran_order': *(True|False).*'shape': *\((\d+), *(\d+),?\)/;

/**
 * Reads a file in NumPy's NPY format, version 1 or 2.
 *
 * @throws UserError unless it holds a matrix of little-endian float32 numbers
 */
export function readNpy(name: string, content: Buffer): Matrix {
  if (!content.subarray(0, MAGIC.length).equals(MAGIC))
    throw new UserError(`${name}: not a file in NumPy's NPY format`);
  const wide = content[MAGIC.length]! > 1;
  const start = MAGIC.length + 2 + (wide ? 4 : 2);
  const length = wide ? content.readUInt32LE(start - 4) : content.readUInt16LE(start - 2);
  const header = content.toString('latin1', start, start + length);
  const match = HEADER.exec(header);
  if (!match) throw new UserError(`${name}: ${header.trim()} is not a matrix of float32 numbers ('<f4')`);
  const [rows, columns] = [Number(match[2]), Number(match[3])];
  const data = content.subarray(start + length);
  if (data.length !== rows * columns * 4) {
    throw new UserError(
      `${name}: ${data.length} bytes of data are not a matrix of ${rows} × ${columns} float32 numbers`,
    );
  }
  const values = new Float32Array(rows * columns);
  for (let index = 0; index < values.length; index++) {
    const position = match[1] === 'True' ? (index % columns) * rows + Math.floor(index / columns) : index;
    values[index] = data.readFloatLE(position * 4);
  }
  return { rows, columns, values };
}
