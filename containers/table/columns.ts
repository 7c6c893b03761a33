import type { CategoryEncoding, DatetimeEncoding, FeatureEncoding, NumberEncoding } from './encoding.ts';
import { showValue } from './escape.ts';
import { datetimeParts, hashWords } from './inputs.ts';
import type { Notes } from './notes.ts';
import { FLOAT32_MAX, parseBoolean, parseDatetime, parseNumber } from './values.ts';

/** The conversion of one feature's raw value into the model's inputs. */
export interface Column<Value = unknown> {
  /** Returns the value of a trimmed CSV cell that is not empty; undefined if the feature does not accept it. */
  readonly fromText: (text: string) => Value | undefined;
  /** Returns the value of a JSON value other than null; undefined if the feature does not accept it. */
  readonly fromJson: (value: unknown) => Value | undefined;
  /** Description of the accepted values, for messages. */
  readonly takes: string;
  /** Returns the remedy for a value that the feature does not accept, if the value shows it. */
  readonly advice?: (value: unknown) => string | undefined;
  /** Returns the reason why the schema refuses the value; undefined if it does not. */
  readonly refusal?: (value: Value) => string | undefined;
  /** Writes the inputs of the value, from `offset` on. */
  readonly write: (value: Value, target: Float32Array, offset: number) => void;
  /** Adds a note on a value unlike the training rows'. */
  readonly remark?: (value: Value, notes: Notes) => void;
}

/** Values further outside the training rows' range than this share of its width cause a warning. */
const FAR = 0.5;

const AMBIGUOUS_DATE = /^\s*\d{1,2}[-./]\d{1,2}[-./]\d{2,4}\b/;

export function columnOf(feature: FeatureEncoding): Column {
  switch (feature.type) {
    case 'number':
      return numberColumn(feature) as Column;
    case 'category':
      return categoryColumn(feature) as Column;
    case 'boolean':
      return booleanColumn() as Column;
    case 'datetime':
      return datetimeColumn(feature) as Column;
    case 'text':
      return textColumn() as Column;
  }
}

function numberColumn({ name, low, high, min, max }: NumberEncoding): Column<number> {
  const margin = FAR * (high - low);
  const range = rangeOf(low, high);
  return {
    fromText: parseNumber,
    fromJson: (value) => (typeof value === 'number' && Math.abs(value) <= FLOAT32_MAX ? value : undefined),
    takes: 'a number that fits 32 bits',
    advice: (value) => {
      if (typeof value !== 'string') return undefined;
      if (parseNumber(value.trim()) !== undefined) return 'send it without quotes';
      return /^[-+]?\d+,\d+$/.test(value) ? 'write a point before the decimals, not a comma' : undefined;
    },
    refusal: (value) => {
      if (min !== null && value < min)
        return `${value} is below ${min}, the least value that the schema allows`;
      if (max !== null && value > max)
        return `${value} is above ${max}, the greatest value that the schema allows`;
      return undefined;
    },
    write: writeOne,
    remark: (value, notes) => {
      if (value < low - margin) notes.add(name, `is far below ${range}`, value);
      else if (value > high + margin) notes.add(name, `is far above ${range}`, value);
    },
  };
}

/** Creates the column of a category: its value is a code. */
function categoryColumn({ name, values }: CategoryEncoding): Column<{ text: string; code: number }> {
  const known = new Map(values.map((text, code) => [text, { text, code }]));
  const find = (text: string) => known.get(text) ?? { text, code: values.length };
  return {
    fromText: find,
    fromJson: (value) => {
      if (typeof value === 'string') return find(value.trim());
      return typeof value === 'number' || typeof value === 'boolean' ? find(String(value)) : undefined;
    },
    takes: 'a string, number or boolean',
    write: ({ code }, target, offset) => {
      target[offset] = code;
    },
    remark: ({ text, code }, notes) => {
      if (code === values.length) notes.add(name, 'does not occur in the training rows', text);
    },
  };
}

function booleanColumn(): Column<number> {
  const fromText = (text: string) => {
    const value = parseBoolean(text);
    return value === undefined ? undefined : Number(value);
  };
  return {
    fromText,
    fromJson: (value) => {
      if (typeof value === 'boolean') return Number(value);
      if (value === 0 || value === 1) return value;
      return typeof value === 'string' ? fromText(value.trim()) : undefined;
    },
    takes: 'true or false (also yes or no, 1 or 0)',
    write: writeOne,
  };
}

function datetimeColumn({ name, low, high }: DatetimeEncoding): Column<number> {
  const margin = FAR * (high - low);
  const iso = (ms: number) => new Date(ms).toISOString();
  const range = rangeOf(iso(low), iso(high));
  return {
    fromText: parseDatetime,
    fromJson: (value) => (typeof value === 'string' ? parseDatetime(value.trim()) : undefined),
    takes: 'a date as in "2024-03-01" or "2024-03-01T12:30:00Z" (ISO 8601)',
    advice: (value) =>
      typeof value === 'string' && AMBIGUOUS_DATE.test(value)
        ? 'it does not say which number is the month, so write the year first'
        : undefined,
    write: (value, target, offset) => target.set(datetimeParts(value), offset),
    remark: (value, notes) => {
      if (value < low - margin) notes.add(name, `is far below ${range}`, iso(value));
      else if (value > high + margin) notes.add(name, `is far above ${range}`, iso(value));
    },
  };
}

function textColumn(): Column<string> {
  return {
    fromText: (text) => text,
    fromJson: (value) => (typeof value === 'string' ? value : undefined),
    takes: 'a string',
    write: hashWords,
  };
}

function rangeOf(low: unknown, high: unknown): string {
  return `the values of the training rows (${low} to ${high})`;
}

function writeOne(value: number, target: Float32Array, offset: number): void {
  target[offset] = value;
}

/** Returns the reason why a JSON value or CSV text is refused, and the remedy if the value shows it. */
export function problemWith(value: unknown, { takes, advice }: Column): string {
  const remedy = advice?.(value);
  return `${showValue(value)} is not ${takes}${remedy ? `; ${remedy}` : ''}`;
}
