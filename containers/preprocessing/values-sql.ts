import {
  FALSE_WORDS,
  FLOAT32_MAX,
  MISSING_MARK,
  MISSING_TEXTS,
  NUMBER_PATTERN,
  TRUE_WORDS,
} from '../table/values.ts';
import type { FeatureType } from '../table/schema.ts';
import { literal } from './sql.ts';

/**
 * The parsing of ../table/values.ts in SQL. Each function has a fast path for the cells that nearly all tables have,
 * and one for all others; test/containers/table tests both implementations on the same cases.
 */

/** Characters that String.trim() removes. */
const WHITESPACE =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
const texts = (values: readonly string[]) => `(${values.map(literal).join(', ')})`;

/** Dates that DuckDB parses as values.ts does: UTC, at most milliseconds. */
const PLAIN_DATETIME =
  '\\d{4}(-\\d{2}-|/\\d{2}/)\\d{2}([T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,3})?)?)?Z?';
const ANY_DATETIME =
  '\\d{4}(-\\d{2}-|/\\d{2}/)\\d{2}([T ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d([.,]\\d{1,9})?)?)?(Z|[-+]([01]\\d|2[0-3]):?[0-5]\\d)?';

/**
 * Statements that define the functions below. DuckDB expands a function for each of thousands of columns, so each uses
 * its arguments as rarely as possible.
 */
export const DEFINITIONS: readonly string[] = [
  // A text that begins and ends with a visible ASCII character needs no trimming.
  `CREATE MACRO trimmed(t) AS CASE
     WHEN t BETWEEN '!' AND '~' AND t[-1] BETWEEN '!' AND '~' THEN t ELSE trim(t, ${literal(WHITESPACE)}) END`,
  `CREATE MACRO is_missing(t) AS coalesce(trim(t, ${literal(WHITESPACE)}), '') IN ${texts(MISSING_TEXTS)}`,
  `CREATE MACRO is_missing_or_mark(t) AS
     coalesce(trim(t, ${literal(WHITESPACE)}), '') IN ${texts([...MISSING_TEXTS, MISSING_MARK])}`,
  `CREATE MACRO number_or_null(v) AS CASE WHEN abs(v) <= ${FLOAT32_MAX} THEN v END`,
  // DuckDB parses 1_000 and +-1 too.
  `CREATE MACRO to_number(t, v) AS CASE
     WHEN abs(v) <= ${FLOAT32_MAX} AND NOT contains(t, '_') AND NOT contains(t, '+') THEN v
     ELSE number_or_null(TRY_CAST(
       regexp_extract(trim(t, ${literal(WHITESPACE)}), ${literal(`^${NUMBER_PATTERN}$`)}) AS DOUBLE)) END`,
  `CREATE MACRO to_boolean(t) AS CASE
     WHEN lower(t) IN ${texts(TRUE_WORDS)} THEN true WHEN lower(t) IN ${texts(FALSE_WORDS)} THEN false END`,
  `CREATE MACRO zone_minutes(z) AS CASE WHEN z IN ('', 'Z') THEN 0 ELSE
     (CASE WHEN z[1] = '-' THEN -1 ELSE 1 END) * (z[2:3]::INTEGER * 60 + z[-2:]::INTEGER) END`,
  `CREATE MACRO slow_datetime(t) AS CASE WHEN regexp_full_match(t, ${literal(ANY_DATETIME)}) THEN
     epoch_ms(TRY_CAST(replace(t[1:10], '/', '-') || ' ' ||
       CASE WHEN t[11] IN ('T', ' ') THEN t[12:16] ELSE '00:00' END ||
       coalesce(nullif(regexp_extract(t, '^.{16}(:\\d\\d)', 1), ''), ':00') AS TIMESTAMP))
     + rpad(regexp_extract(t, '[.,](\\d{1,3})', 1), 3, '0')::INTEGER
     - 60000 * zone_minutes(regexp_extract(t[11:], '(Z|[-+]\\d\\d:?\\d\\d)$', 1)) END`,
  `CREATE MACRO to_datetime(t) AS CASE
     WHEN regexp_full_match(t, ${literal(PLAIN_DATETIME)}) THEN epoch_ms(TRY_CAST(rtrim(t, 'Z') AS TIMESTAMP))
     ELSE slow_datetime(t) END`,
  `CREATE MACRO to_value(t) AS CASE WHEN strlen(t) > 4 OR t NOT IN ${texts(MISSING_TEXTS)} THEN t END`,
];

/** Types of the columns in the database; a datetime is milliseconds since 1970. */
export const SQL_TYPES: Readonly<Record<FeatureType, string>> = {
  number: 'DOUBLE',
  category: 'VARCHAR',
  boolean: 'BOOLEAN',
  datetime: 'BIGINT',
  text: 'VARCHAR',
};

/** Returns the SQL of the part of {@link typedValue} that is computed once per cell. */
export function parsedCell(type: FeatureType, cell: string): string {
  return type === 'number' ? `TRY_CAST(${cell} AS DOUBLE)` : `trimmed(${cell})`;
}

/**
 * Returns the SQL of a cell's value; NULL if it has none.
 *
 * @param parsed SQL of the column that holds {@link parsedCell}
 */
export function typedValue(type: FeatureType, cell: string, parsed: string): string {
  switch (type) {
    case 'number':
      return `to_number(${cell}, ${parsed})`;
    case 'boolean':
      return `to_boolean(${parsed})`;
    case 'datetime':
      return `to_datetime(${parsed})`;
    case 'category':
    case 'text':
      return `to_value(${parsed})`;
  }
}

/** Returns the SQL of a condition: the cell is empty, rather than bad. */
export function isEmpty(type: FeatureType, cell: string): string {
  return `${type === 'category' || type === 'text' ? 'is_missing' : 'is_missing_or_mark'}(${cell})`;
}
