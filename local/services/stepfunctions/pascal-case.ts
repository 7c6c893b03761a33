import type { NormalizedSchema } from '@smithy/core/schema';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { JsonValue } from '../../states';

/** How times appear in a task's result. */
export type TimeFormat = 'iso8601' | 'epochMilliseconds';

/**
 * A task's arguments as the service's input. Step Functions names every member in PascalCase, whatever the
 * service's own case ("Parameters in Step Functions are expressed in PascalCase", Developer Guide, service
 * integrations). A member of another case is left as it is, for the service to refuse.
 */
export function toServiceInput(schema: NormalizedSchema, value: JsonValue): unknown {
  if (schema.isBlobSchema()) {
    // An object given for a blob, such as S3's Body, is sent as its JSON text.
    return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  }
  if (schema.isTimestampSchema() && typeof value === 'string') return new Date(value);
  if (Array.isArray(value)) {
    return schema.isListSchema() ? value.map((item) => toServiceInput(schema.getValueSchema(), item)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (schema.isMapSchema())
    return mapValues(value, (member) => toServiceInput(schema.getValueSchema(), member));
  if (!schema.isStructSchema()) return value;
  const members = new Map(
    [...schema.structIterator()].map(([name, member]) => [pascal(name), { name, member }]),
  );
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const known = members.get(key);
      return known ? [known.name, toServiceInput(known.member, item)] : [notPascal(key), item];
    }),
  );
}

/** A service's output as a task's result: PascalCase, plain JSON. */
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
        return [struct ? pascal(key) : key, await toTaskResult(inner, member, times)] as const;
      }),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, JsonValue] => entry[1] !== undefined));
}

export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** A member in the service's own camelCase must not slip through as if it were right. */
function notPascal(key: string): string {
  return pascal(key) === key ? key : `${key} (Step Functions wants ${pascal(key)})`;
}

function mapValues(value: object, change: (member: JsonValue) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, change(member as JsonValue)]));
}
