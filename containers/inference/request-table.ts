import type { Encoding } from '../table/encoding.ts';
import { Encoder, ValueFault } from '../table/encoder.ts';
import { invalid, RequestError } from './errors.ts';

/** Facts about the model that reading a request needs. */
export interface Table {
  readonly encoder: Encoder;
  readonly features: ReadonlySet<string>;
  /** Columns that training ignored. */
  readonly ignored: ReadonlySet<string>;
  /** Maximum rows of a request: the answer to more rows would be too large, however short its numbers are. */
  readonly maxRows: number;
}

/** A request's rows. */
export interface Encoded {
  /** float32 [rows, inputs] in row-major order. */
  readonly values: Float32Array;
  readonly rows: number;
  /** Columns of the request that training ignored. */
  readonly ignored: Iterable<string>;
}

export function tableOf(encoding: Encoding, maxRows = Number.POSITIVE_INFINITY): Table {
  const encoder = new Encoder(encoding);
  return { encoder, features: new Set(encoder.features), ignored: new Set(encoding.ignored), maxRows };
}

/** Checks the number of rows before they are encoded, which takes memory. @throws RequestError for none, or too many */
export function checkRows(rows: number, { maxRows }: Table): void {
  if (rows === 0) throw invalid('instances', 'none; send at least one row');
  if (rows <= maxRows) return;
  throw new RequestError(
    'PayloadTooLarge',
    `body: ${rows} rows, whose answer would be too large; send fewer rows in a request, at most ${maxRows}`,
  );
}

/** Throws a feature's refusal of a value as the caller's error. */
export function refused(fault: unknown): never {
  if (fault instanceof ValueFault) throw invalid(`instances[${fault.row}].${fault.feature}`, fault.message);
  throw fault;
}
