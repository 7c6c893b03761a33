import jsonata from 'jsonata';
import type { Clock } from '../language/clock';
import { jsonType, type JsonValue } from '../language/json';
import { hash, partition, range } from '../jsonpath/intrinsic-functions';
import { seededRandom, uuid, type Random } from '../language/random';

/**
 * The functions that Step Functions adds to JSONata or removes from it, as bindings. As everywhere in JSONata, the
 * result is undefined if the first argument is undefined.
 */
export function stepFunctionsLibrary(clock: Clock, random: Random): Readonly<Record<string, unknown>> {
  return {
    partition: (items: unknown, size: unknown) =>
      items === undefined ? undefined : partition(asArray(items), argument('partition', 2, 'number', size)),
    range: (first: unknown, last: unknown, step: unknown) =>
      sequence(
        range(
          argument('range', 1, 'number', first),
          argument('range', 2, 'number', last),
          argument('range', 3, 'number', step),
        ),
      ),
    hash: (content: unknown, algorithm: unknown) =>
      content === undefined
        ? undefined
        : hash(argument('hash', 1, 'string', content), argument('hash', 2, 'string', algorithm)),
    random: (seed: unknown) =>
      seed === undefined ? random() : seededRandom(argument('random', 1, 'number', seed))(),
    uuid: () => uuid(random),
    parse: (text: unknown) =>
      text === undefined ? undefined : (JSON.parse(argument('parse', 1, 'string', text)) as JsonValue),
    // The library reads the system's clock; an execution has its own clock.
    millis: () => clock.now(),
    now: (picture: unknown, zone: unknown) =>
      formatMillis.evaluate(undefined, { at: clock.now(), picture, zone }),
    // Step Functions does not have this function: a call fails like that of any undefined name.
    eval: undefined,
  };
}

const formatMillis = jsonata('$fromMillis($at, $picture, $zone)');

interface Types {
  string: string;
  number: number;
}

function argument<T extends keyof Types>(name: string, position: number, type: T, value: unknown): Types[T] {
  if (typeof value === type) return value as Types[T];
  const found = value === undefined ? 'nothing' : jsonType(value as JsonValue);
  throw new Error(`Argument ${position} of function "${name}" must be a ${type}, but is ${found}`);
}

function asArray(value: unknown): JsonValue[] {
  return (Array.isArray(value) ? value : [value]) as JsonValue[];
}

/** Returns a list of the library's kind: Step Functions returns `$range(1, 9, 9)` as 1, not as [1]. */
function sequence<T>(items: T[]): T[] {
  return Object.assign(items, { sequence: true });
}
