import * as fc from 'fast-check';

/** The same inputs in every run; a failure prints it with the path of the shrunk case. */
export const SEED = 20_261_130;

/** Checks a property on generated values; the smallest failing one is reported. */
export function check<T>(values: fc.Arbitrary<T>, runs: number, property: (value: T) => void): void {
  fc.assert(fc.property(values, property), { seed: SEED, numRuns: runs });
}

/** {@link check} of a property that takes time. */
export function checkLater<T>(
  values: fc.Arbitrary<T>,
  runs: number,
  property: (value: T) => Promise<void>,
): Promise<void> {
  return fc.assert(fc.asyncProperty(values, property), { seed: SEED, numRuns: runs });
}

/** Texts that programs stumble over: names of an object's own members, markup, controls, half a surrogate pair. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    ...[
      '',
      ' ',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'null',
      'NaN',
      '-Infinity',
      '0x10',
    ],
    ...[
      '1e400',
      '-0',
      '1,5',
      '../../etc/passwd',
      '<script>',
      '\u001b[2J',
      '\ud800',
      '\ufeff',
      '\u202e',
      '%00',
    ],
  ),
  fc.constant('x'.repeat(300_000)),
);

/** Names of members: {@link text} without the megabyte. */
const name = text.filter(({ length }) => length < 100);

/** Numbers at the limits of what a double, an int32 and a date are. */
export const number: fc.Arbitrary<number> = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, 8.64e15 + 1),
);

/** An array in an array in an array …: whoever recurses into it runs out of stack. */
export const deep: fc.Arbitrary<unknown> = fc.constant(20_000).map((levels) => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = [value];
  return value;
});

/** Values of a few levels. */
export const shallow: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(text, number, fc.boolean(), fc.constant(null)) },
  { weight: 2, arbitrary: fc.array(fc.oneof(text, number, fc.constant(null)), { maxLength: 4 }) },
  { weight: 2, arbitrary: fc.dictionary(text, fc.oneof(text, number, fc.constant(null)), { maxKeys: 4 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
);

/** Any value that JSON can have. */
export const json: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 9, arbitrary: shallow },
  { weight: 1, arbitrary: deep },
);

/** Returns a text of JSON, also of a value that is nested too deeply for `JSON.stringify`. */
export function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '['.repeat(20_000) + ']'.repeat(20_000);
  }
}

/** One change of a valid value: something else in the place of a part, a part less, or a part more. */
export function changed<T>(valid: T, values: fc.Arbitrary<unknown> = json): fc.Arbitrary<T> {
  const places = placesOf(valid);
  const change = fc.record({ place: fc.nat(places.length - 1), how: fc.nat(3), value: values, name });
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const copy = structuredClone(valid);
    for (const { place, how, value, name } of changes) apply(copy, places[place]!, how, value, name);
    return copy;
  });
}

type Place = readonly (string | number)[];

function placesOf(value: unknown, at: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [at];
  return [
    ...(at.length > 0 ? [at] : []),
    ...Object.entries(value).flatMap(([key, part]) => placesOf(part, [...at, key])),
  ];
}

function apply(root: unknown, place: Place, how: number, value: unknown, name: string): void {
  let holder = root;
  for (const key of place.slice(0, -1)) {
    if (typeof holder !== 'object' || holder === null) return;
    holder = (holder as Record<string, unknown>)[key];
  }
  if (typeof holder !== 'object' || holder === null) return;
  const record = holder as Record<string, unknown>;
  const key = place.at(-1) ?? name;
  if (how === 0) delete record[key];
  else if (how === 1)
    Object.defineProperty(record, name, { value, enumerable: true, configurable: true, writable: true });
  else record[key] = value;
}
