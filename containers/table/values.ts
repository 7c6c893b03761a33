/**
 * Parsing of text as values: in CSV files, in CSV requests and, for strings, in JSON requests. This is the only
 * definition; preprocessing lets DuckDB parse numbers, and test/containers/table tests both on the same cases.
 */

/** Texts of cells without a value, in columns of any type. `?` is one in numbers, booleans and dates. */
export const MISSING_TEXTS = ['', 'NA', 'N/A', 'n/a', 'NaN', 'nan', 'NULL', 'null', '<NA>', '#N/A'] as const;
export const MISSING_MARK = '?';

/** Models take float32; a larger number would become infinity. */
export const FLOAT32_MAX = 3.4028234663852886e38;

export const NUMBER_PATTERN = '[-+]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][-+]?[0-9]+)?';
const NUMBER = new RegExp(`^${NUMBER_PATTERN}$`);

export const TRUE_WORDS = ['true', 'yes', 'y', 't', '1', 'on'] as const;
export const FALSE_WORDS = ['false', 'no', 'n', 'f', '0', 'off'] as const;
const BOOLEANS = new Map<string, boolean>([
  ...TRUE_WORDS.map((word) => [word, true] as const),
  ...FALSE_WORDS.map((word) => [word, false] as const),
]);

const DATETIME =
  /^(\d{4})([-/])(\d{2})\2(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[-+](?:[01]\d|2[0-3]):?[0-5]\d)?$/;

const MISSING: ReadonlySet<string> = new Set(MISSING_TEXTS);

/** Returns true for a cell without a value. @param text trimmed */
export function isMissing(
  text: string,
  type: 'number' | 'category' | 'boolean' | 'datetime' | 'text',
): boolean {
  return MISSING.has(text) || (text === MISSING_MARK && type !== 'category' && type !== 'text');
}

/** Returns the number in a trimmed text; undefined if it is not one, or too large for 32 bits. */
export function parseNumber(text: string): number | undefined {
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) <= FLOAT32_MAX ? value : undefined;
}

/**
 * Returns the boolean; undefined if the trimmed text is not in {@link TRUE_WORDS} or {@link FALSE_WORDS}, in any case.
 */
export function parseBoolean(text: string): boolean | undefined {
  return BOOLEANS.get(text.toLowerCase());
}

/**
 * Returns milliseconds since 1970 of an ISO 8601 date or date and time, in UTC without a zone; also with slashes, year
 * first. Undefined for anything else: 03/04/2024 is ambiguous.
 */
export function parseDatetime(text: string): number | undefined {
  const match = DATETIME.exec(text);
  if (!match) return undefined;
  const [, year, , month, day, hour = '0', minute = '0', second = '0', fraction = '0', zone = 'Z'] = match;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(fields[0], fields[1] - 1, fields[2]);
  date.setUTCHours(fields[3], fields[4], fields[5], Math.floor(Number(`0.${fraction}`) * 1000));
  // 31 February, or 25 o'clock, would be another day.
  if (
    date.getUTCDate() !== fields[2] ||
    date.getUTCMonth() !== fields[1] - 1 ||
    fields[4] > 59 ||
    fields[5] > 59
  ) {
    return undefined;
  }
  return date.getTime() - zoneMinutes(zone) * 60_000;
}

function zoneMinutes(zone: string): number {
  if (zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}
