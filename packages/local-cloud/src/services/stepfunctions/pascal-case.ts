import type { NormalizedSchema } from '@smithy/core/schema';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { JsonValue } from '../../states';

/** Format of times in a task's result. */
export type TimeFormat = 'iso8601' | 'epochMilliseconds';

export interface InputOptions {
  /** Members of type string that may be given as JSON, which is then sent as text. */
  jsonText?: readonly string[];
  /** Receives the name of every member that the service does not have. */
  unknown: string[];
}

/**
 * Converts a task's arguments to the service's input. Step Functions names every member in PascalCase, in every service
 * ("parameter names are in Pascal case", API reference of Step Functions). A value of the wrong type is not changed, so
 * that validation finds it.
 */
export function toServiceInput(schema: NormalizedSchema, value: JsonValue, options: InputOptions): unknown {
  if (schema.isBlobSchema()) {
    // An object for a blob, such as S3's Body, is sent as its JSON text.
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  }
  if (schema.isTimestampSchema() && typeof value === 'string') return new Date(value);
  if (Array.isArray(value)) {
    return schema.isListSchema()
      ? value.map((item) => toServiceInput(schema.getValueSchema(), item, options))
      : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (schema.isMapSchema()) {
    return mapValues(value, (member) => toServiceInput(schema.getValueSchema(), member, options));
  }
  if (!schema.isStructSchema()) return value;
  const members = new Map(
    [...schema.structIterator()].map(([name, member]) => [memberName(name), { name, member }]),
  );
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => {
      const known = members.get(key);
      if (!known) {
        options.unknown.push(key);
        return [];
      }
      if (options.jsonText?.includes(key) && typeof item === 'object')
        return [[known.name, JSON.stringify(item)]];
      return [[known.name, toServiceInput(known.member, item, options)]];
    }),
  );
}

/** Converts a service's output to a task's result: PascalCase, plain JSON. */
export async function toTaskResult(
  schema: NormalizedSchema,
  value: unknown,
  times: TimeFormat,
): Promise<JsonValue | undefined> {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return times === 'iso8601' ? value.toISOString() : value.getTime();
  if (value instanceof Readable) return text(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) {
    const item = schema.isListSchema() ? schema.getValueSchema() : schema;
    const items = await Promise.all(value.map((member) => toTaskResult(item, member, times)));
    return items.map((member) => member ?? null);
  }
  if (typeof value !== 'object') return value as JsonValue;
  const struct = schema.isStructSchema();
  const entries = await Promise.all(
    Object.entries(value)
      .filter(([key]) => key !== '$metadata')
      .map(async ([key, member]) => {
        const inner = struct
          ? schema.getMemberSchema(key)
          : schema.isMapSchema()
            ? schema.getValueSchema()
            : schema;
        return [struct ? memberName(key) : key, await toTaskResult(inner, member, times)] as const;
      }),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

/** Converts `putObject` to `PutObject`. */
export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * Returns a member's name in Step Functions, which uses the names of the AWS SDK for Java 2: `projectName` →
 * `ProjectName`, and a leading acronym counts as a word, as in `SSEKMSKeyId` → `SsekmsKeyId` or `ARN` → `Arn`.
 */
export function memberName(name: string): string {
  return pascal(name).replace(
    /^([A-Z])([A-Z]+)(?=[A-Z][a-z]|\d|$)/,
    (_, first: string, rest: string) => first + rest.toLowerCase(),
  );
}

function mapValues(value: object, change: (member: JsonValue) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member as JsonValue)]));
}
