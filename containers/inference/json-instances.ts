import { SentNumber, showValue } from '../table/escape.ts';
import type { Notes } from '../table/notes.ts';
import { invalid } from './errors.ts';
import { checkRows, refused, type Encoded, type Table } from './request-table.ts';
import { unknownColumn } from './unknown-column.ts';

type Row = Readonly<Record<string, unknown>>;

const FORM = 'send {"instances": [{feature: value, …}, …]}';

/**
 * Reads `{"instances": [{feature: value, …}, …]}`.
 *
 * @throws RequestError `InvalidInput`
 */
export function encodeJson(body: string, table: Table, notes: Notes): Encoded {
  const rows = instancesOf(parseJson(body), table);
  checkRows(rows.length, table);
  const ignored = new Set<string>();
  for (const [index, row] of rows.entries()) checkRow(`instances[${index}]`, row, table, ignored);
  try {
    return { values: table.encoder.encodeObjects(rows as Row[], notes), rows: rows.length, ignored };
  } catch (error) {
    return refused(error);
  }
}

function instancesOf(content: unknown, table: Table): readonly unknown[] {
  if (Array.isArray(content)) {
    throw invalid(
      'body',
      `a list without a name; send it as {"instances": ${content.length ? '[…]' : '[]'}}`,
    );
  }
  if (!isObject(content))
    throw invalid('body', `${showValue(content)} is not an object with "instances"; ${FORM}`);
  const keys = Object.keys(content);
  if (!Object.hasOwn(content, 'instances')) {
    if (keys.some((key) => table.features.has(key))) {
      throw invalid('body', 'a row without a list; send it in a list: {"instances": [{…}]}');
    }
    throw invalid('instances', `missing; ${FORM}`);
  }
  const stranger = keys.find((key) => key !== 'instances');
  if (stranger !== undefined)
    throw invalid(stranger || '""', 'unknown; the body must hold "instances" and nothing else');
  const { instances } = content;
  if (Array.isArray(instances)) return instances;
  const remedy = isObject(instances) ? 'put the row into a list: {"instances": [{…}]}' : FORM;
  throw invalid('instances', `${showValue(instances)} is not a list; ${remedy}`);
}

/** Checks that the row has all features, and otherwise only columns that training ignored. */
function checkRow(
  where: string,
  row: unknown,
  { encoder, features, ignored }: Table,
  seen: Set<string>,
): void {
  if (!isObject(row)) throw invalid(where, `${showValue(row)} is not an object of features`);
  for (const feature of encoder.features) {
    if (!Object.hasOwn(row, feature)) {
      const stranger = Object.keys(row).find((key) => !features.has(key) && !ignored.has(key));
      if (stranger !== undefined)
        throw invalid(`${where}.${stranger}`, unknownColumn(stranger, encoder.features));
      throw invalid(`${where}.${feature}`, 'missing; send null if it is unknown');
    }
  }
  const keys = Object.keys(row);
  if (keys.length === features.size) return;
  for (const key of keys) {
    if (features.has(key)) continue;
    if (!ignored.has(key)) throw invalid(`${where}.${key}`, unknownColumn(key, encoder.features));
    seen.add(key);
  }
}

/** A number may be beyond what JavaScript represents only with three digits of exponent, or 309 before the point. */
const OVERFLOW = /e\+?\d{3}|\d{309}/i;

/** Keeps the text of a number that became infinite, for messages. */
function asSent(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  return value === Infinity || value === -Infinity ? new SentNumber(context?.source ?? String(value)) : value;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body, OVERFLOW.test(body) ? asSent : undefined);
  } catch (error) {
    if (body.trim() === '') throw invalid('body', `empty; ${FORM}`);
    const literal = /[:[,]\s*(-?Infinity|[Nn]a[Nn]|None|True|False|undefined)\b/.exec(body)?.[1];
    if (literal) {
      const instead = /true|false/i.test(literal)
        ? literal.toLowerCase()
        : 'null for a value that is unknown';
      throw invalid('body', `not JSON: ${literal} is not a JSON value; send ${instead}`);
    }
    throw invalid('body', `not JSON (${showValue((error as Error).message, 120).slice(1, -1)}); ${FORM}`);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
