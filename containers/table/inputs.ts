import type { FeatureType, Missing } from './schema.ts';

/**
 * The columns of a feature in a model's input, and their values. It needs no facts learnt from the training rows
 * (medians, numbers of categories): NaN means an empty cell.
 */

/** Number of buckets for the hashed words of a text. */
export const TEXT_BUCKETS = 256;

const WORDS = /[\p{L}\p{N}]+/gu;

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** 2000-01-01: in days from here on, a float32 resolves minutes. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

interface Column {
  readonly name: string;
  readonly type: FeatureType;
  readonly missing: Missing;
}

/** Returns the names of the feature's columns, in their order. */
export function inputNames({ name, type, missing }: Column): string[] {
  const names = valueNames(name, type);
  return missing === 'own-value' && type !== 'category' ? [...names, `${name} is missing`] : names;
}

/**
 * Returns the number of the columns that hold the value; with `own-value` another one, after them, flags a missing
 * value. A category has a code for it.
 */
export function valueWidth(type: FeatureType): number {
  return type === 'datetime' ? 4 : type === 'text' ? TEXT_BUCKETS : 1;
}

function valueNames(name: string, type: FeatureType): string[] {
  switch (type) {
    case 'datetime':
      return ['day', 'hour', 'weekday', 'day of year'].map((part) => `${name}: ${part}`);
    case 'text':
      return Array.from({ length: TEXT_BUCKETS }, (_, bucket) => `${name}: word ${bucket}`);
    case 'number':
    case 'boolean':
    case 'category':
      return [name];
  }
}

/**
 * Returns the four numbers of a date: days since 2000, hour (0 to 24), weekday (0 is Monday), day of the year (1 to
 * 366), all in UTC.
 *
 * @param ms since 1970
 */
export function datetimeParts(ms: number): [number, number, number, number] {
  const day = Math.floor(ms / DAY_MS);
  const year = new Date(ms).getUTCFullYear();
  return [
    (ms - EPOCH_MS) / DAY_MS,
    (ms - day * DAY_MS) / HOUR_MS,
    // 1970-01-01 was a Thursday.
    (((day + 3) % 7) + 7) % 7,
    Math.floor((ms - Date.UTC(year, 0, 1)) / DAY_MS) + 1,
  ];
}

/** Adds log(1 + count) of the text's words to `target`, by bucket, from `offset` on: {@link TEXT_BUCKETS} numbers. */
export function hashWords(text: string, target: Float32Array, offset: number): void {
  const buckets = target.subarray(offset, offset + TEXT_BUCKETS);
  buckets.fill(0);
  const words = text.normalize('NFKC').toLowerCase().match(WORDS) ?? [];
  for (const word of words) buckets[fnv1a(word) % TEXT_BUCKETS]!++;
  for (let bucket = 0; bucket < TEXT_BUCKETS; bucket++) {
    if (buckets[bucket]! > 0) buckets[bucket] = Math.log1p(buckets[bucket]!);
  }
}

const UTF8 = new TextEncoder();
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Returns Fowler, Noll and Vo's hash 1a of the text's UTF-8 bytes, 32 bits. */
function fnv1a(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 127) return fnv1aOfBytes(UTF8.encode(text));
    hash = Math.imul(hash ^ code, FNV_PRIME);
  }
  return hash >>> 0;
}

function fnv1aOfBytes(bytes: Uint8Array): number {
  let hash = FNV_OFFSET;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, FNV_PRIME);
  return hash >>> 0;
}
