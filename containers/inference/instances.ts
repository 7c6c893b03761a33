import { escapeText } from '../table/escape.ts';
import { firstWarnings, Notes, type Warning } from '../table/notes.ts';
import { encodeCsv } from './csv-instances.ts';
import { invalid, RequestError } from './errors.ts';
import { encodeJson } from './json-instances.ts';
import type { Encoded, Table } from './request-table.ts';

/** The rows of a request as the model's inputs. */
export interface Instances {
  /** float32 [rows, inputs] in row-major order. */
  readonly values: Float32Array;
  readonly rows: number;
  readonly warnings: readonly Warning[];
}

export const CONTENT_TYPES = ['application/json', 'text/csv'] as const;

/**
 * Reads a request's body.
 *
 * @param contentType with or without parameters such as `header=present`
 * @throws RequestError `UnsupportedMediaType` or `InvalidInput`, the latter with the invalid field
 */
export function parseInstances(contentType: string | undefined, body: string, table: Table): Instances {
  const [mediaType, ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  const notes = new Notes();
  const { values, rows, ignored } = read();
  const unused = [...ignored].map((field) => ({
    field,
    message: 'ignored: the model does not use this column',
  }));
  return { values, rows, warnings: firstWarnings([...notes.warnings(rows), ...unused]) };

  function read(): Encoded {
    if (mediaType === 'application/json') return encodeJson(body, table, notes);
    if (mediaType === 'text/csv') return encodeCsv(body, headerParameter(parameters), table, notes);
    const given = mediaType ? `"${escapeText(mediaType)}"` : 'none';
    throw new RequestError(
      'UnsupportedMediaType',
      `Content-Type: ${given}; send ${CONTENT_TYPES.join(' or ')}`,
    );
  }
}

/** Returns true if the first line is a header; undefined if the caller does not say. */
function headerParameter(parameters: readonly string[]): boolean | undefined {
  const given = parameters
    .find((parameter) => parameter.startsWith('header='))
    ?.slice('header='.length)
    .replace(/^"(.*)"$/, '$1');
  if (given === undefined) return undefined;
  if (given === 'present' || given === 'absent') return given === 'present';
  throw invalid('Content-Type', `header=${escapeText(given)} is neither header=present nor header=absent`);
}
