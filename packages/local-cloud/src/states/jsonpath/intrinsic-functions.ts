import { createHash } from 'node:crypto';
import { isObject, jsonEquals, jsonType, type JsonValue } from '../language/json';
import { seededRandom, uuid, type Random } from '../language/random';

type Intrinsic = (args: JsonValue[], random: Random) => JsonValue;

/** An invalid argument; the caller converts it to States.IntrinsicFailure. */
export class IntrinsicError extends Error {}

/** Documented limits of single functions. */
const HASH_CHARACTERS = 10_000;
const RANGE_ITEMS = 1_000;
const BASE64_CHARACTERS = 10_000;
const HASHES: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** Each function with its number of arguments: [minimum, maximum]. */
export const INTRINSICS: Readonly<
  Record<string, { readonly arity: readonly [number, number]; readonly run: Intrinsic }>
> = {
  Format: { arity: [1, Infinity], run: ([template, ...values]) => format(text(template, 1), values) },
  StringToJson: { arity: [1, 1], run: ([source]) => parseJson(text(source, 1)) },
  JsonToString: { arity: [1, 1], run: ([value]) => JSON.stringify(value) },
  Array: { arity: [0, Infinity], run: (items) => items },
  ArrayPartition: { arity: [2, 2], run: ([items, size]) => partition(list(items, 1), integer(size, 2)) },
  ArrayContains: {
    arity: [2, 2],
    run: ([items, value]) => list(items, 1).some((item) => jsonEquals(item, value!)),
  },
  ArrayRange: {
    arity: [3, 3],
    run: ([first, last, step]) => range(integer(first, 1), integer(last, 2), integer(step, 3)),
  },
  ArrayGetItem: { arity: [2, 2], run: ([items, index]) => getItem(list(items, 1), integer(index, 2)) },
  ArrayLength: { arity: [1, 1], run: ([items]) => list(items, 1).length },
  ArrayUnique: { arity: [1, 1], run: ([items]) => unique(list(items, 1)) },
  Base64Encode: {
    arity: [1, 1],
    run: ([value]) => Buffer.from(shortText(value, BASE64_CHARACTERS)).toString('base64'),
  },
  Base64Decode: {
    arity: [1, 1],
    run: ([value]) => Buffer.from(shortText(value, BASE64_CHARACTERS), 'base64').toString('utf8'),
  },
  Hash: {
    arity: [2, 2],
    run: ([value, algorithm]) =>
      hash(typeof value === 'string' ? value : JSON.stringify(value), text(algorithm, 2)),
  },
  JsonMerge: { arity: [3, 3], run: ([first, second, deep]) => merge(first!, second!, deep!) },
  MathRandom: {
    arity: [2, 3],
    run: ([from, to, seed], random) => randomInteger(number(from, 1), number(to, 2), seed, random),
  },
  MathAdd: { arity: [2, 2], run: ([a, b]) => Math.round(number(a, 1)) + Math.round(number(b, 2)) },
  StringSplit: { arity: [2, 2], run: ([value, delimiters]) => split(text(value, 1), text(delimiters, 2)) },
  UUID: { arity: [0, 0], run: (_, random) => uuid(random) },
};

function text(value: JsonValue | undefined, position: number): string {
  return typeof value === 'string' ? value : wrongType(value, position, 'a string');
}

function list(value: JsonValue | undefined, position: number): JsonValue[] {
  return Array.isArray(value) ? value : wrongType(value, position, 'an array');
}

function number(value: JsonValue | undefined, position: number): number {
  return typeof value === 'number' ? value : wrongType(value, position, 'a number');
}

/** Rounds fractions, as the documentation of States.ArrayRange and States.MathAdd says. */
function integer(value: JsonValue | undefined, position: number): number {
  return Math.round(number(value, position));
}

function wrongType(value: JsonValue | undefined, position: number, wanted: string): never {
  const found = value === undefined ? 'nothing' : `the ${jsonType(value)} ${JSON.stringify(value)}`;
  throw new IntrinsicError(`argument ${position} must be ${wanted}, but is ${found}`);
}

function shortText(value: JsonValue | undefined, most: number): string {
  const string = text(value, 1);
  if (string.length <= most) return string;
  throw new IntrinsicError(`argument 1 has ${string.length} characters; at most ${most} are allowed`);
}

/** `{}` is replaced with the next value; `\{`, `\}`, `\'` and `\\` stand for the character. */
function format(template: string, values: JsonValue[]): string {
  let next = 0;
  const result = template.replace(/\\(['{}\\])|\{\}/g, (_, escaped: string | undefined) => {
    if (escaped) return escaped;
    if (next >= values.length) throw new IntrinsicError(`the template has more {} than values: ${template}`);
    const value = values[next++]!;
    return typeof value === 'string' ? value : javaText(value);
  });
  if (next < values.length) throw new IntrinsicError(`the template has fewer {} than values: ${template}`);
  return result;
}

/** Formats objects and arrays as Java does, like Step Functions: `{Arg1=1, Arg2=[]}`. */
function javaText(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`;
  if (!isObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}=${javaText(member)}`)
    .join(', ')}}`;
}

/** Blank text gives null, as in Step Functions. */
function parseJson(source: string): JsonValue {
  if (source.trim() === '') return null;
  try {
    return JSON.parse(source) as JsonValue;
  } catch {
    throw new IntrinsicError(`argument 1 is not JSON: ${source.slice(0, 100)}`);
  }
}

export function partition(items: JsonValue[], size: number): JsonValue[][] {
  if (!Number.isInteger(size) || size < 1) {
    throw new IntrinsicError(`the chunk size must be a positive integer, but is ${size}`);
  }
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/** Returns the numbers from `first` to `last`, both included. */
export function range(first: number, last: number, step: number): number[] {
  if (step === 0) throw new IntrinsicError('the step of a range must not be 0');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > RANGE_ITEMS) {
    throw new IntrinsicError(`the range has ${length} items; at most ${RANGE_ITEMS} are allowed`);
  }
  return Array.from({ length }, (_, i) => first + i * step);
}

function getItem(items: JsonValue[], index: number): JsonValue {
  const item = items[index];
  if (item !== undefined) return item;
  throw new IntrinsicError(`index ${index} is outside of the array, which has ${items.length} items`);
}

function unique(items: JsonValue[]): JsonValue[] {
  return items.filter((item, i) => items.findIndex((other) => jsonEquals(item, other)) === i);
}

export function hash(value: string, algorithm: string): string {
  const name = HASHES[algorithm];
  if (!name) {
    throw new IntrinsicError(
      `'${algorithm}' is not a hash algorithm; allowed are ${Object.keys(HASHES).join(', ')}`,
    );
  }
  return createHash(name).update(shortText(value, HASH_CHARACTERS)).digest('hex');
}

function merge(first: JsonValue, second: JsonValue, deep: JsonValue): JsonValue {
  if (deep !== false) throw new IntrinsicError('argument 3 must be false: only shallow merging is supported');
  if (!isObject(first)) wrongType(first, 1, 'an object');
  if (!isObject(second)) wrongType(second, 2, 'an object');
  return { ...first, ...second };
}

/** Includes the start and excludes the end. */
function randomInteger(from: number, to: number, seed: JsonValue | undefined, random: Random): number {
  const source = seed === undefined ? random : seededRandom(number(seed, 3));
  const [start, end] = [Math.round(from), Math.round(to)];
  if (start >= end) throw new IntrinsicError(`the start ${start} must be less than the end ${end}`);
  return start + Math.floor(source() * (end - start));
}

/** Splits at every character of `delimiters` and removes empty parts, as Step Functions does. */
function split(value: string, delimiters: string): string[] {
  const separators = new Set(delimiters);
  const parts = [''];
  for (const character of value) {
    if (separators.has(character)) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part !== '');
}
