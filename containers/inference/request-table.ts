import type { Encoding } from '../table/encoding.ts';
import { Encoder, ValueFault } from '../table/encoder.ts';
import { invalid, RequestError } from './errors.ts';

/** What reading a request needs to know of the model. */
export interface Table {
  readonly encoder: Encoder;
  readonly features: ReadonlySet<string>;
  /** Columns that training ignored. */
  readonly ignored: ReadonlySet<string>;
  /** More rows have an answer that is too large, however short its numbers are. */
  readonly maxRows: number;
}

/** A request's rows. */
export interface Encoded {
  /** float32 [rows, inputs] in row-major order. */
  readonly values: Float32Array;
  readonly rows: number;
  /** Those of the request's columns that training ignored. */
  readonly ignored: Iterable<string>;
}

export function tableOf(encoding: Encoding, maxRows = Number.POSITIVE_INFINITY): Table {
  const encoder = new Encoder(encoding);
  return { encoder, features: new Set(encoder.features), ignored: new Set(encoding.ignored), maxRows };
}

/** @throws RequestError for no rows, or more than can be answered: before they are encoded, which takes memory */
export function checkRows(rows: number, { maxRows }: Table): void {
  if (rows === 0) throw invalid('instances', 'none; send at least one row');
  if (rows <= maxRows) return;
  throw new RequestError(
    'PayloadTooLarge',
    `body: ${rows} rows, whose answer would be too large; send fewer rows in a request, at most ${maxRows}`,
  );
}

/** Turns a feature's refusal of a value into the caller's error. */
export function refused(fault: unknown): never {
  if (fault instanceof ValueFault) throw invalid(`instances[${fault.row}].${fault.feature}`, fault.message);
  throw fault;
}
