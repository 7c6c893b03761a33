import { JsonShapeSerializer } from '@smithy/core/protocols';
import { NormalizedSchema, SCHEMA } from '@smithy/core/schema';

/**
 * Converts parsed JSON into the typed value of a schema: epoch seconds (or ISO 8601) into dates, base64 into bytes.
 * Other values stay unchanged, so that validation can report them: none is dropped or coerced.
 */
export function fromJson(schema: NormalizedSchema, json: unknown): unknown {
  if (json === null || json === undefined) return undefined;
  if (schema.isTimestampSchema()) return toDate(json);
  if (schema.isBlobSchema()) return typeof json === 'string' ? Buffer.from(json, 'base64') : json;
  if (schema.isListSchema() && Array.isArray(json)) {
    const item = schema.getValueSchema();
    return json.map((entry) => fromJson(item, entry));
  }
  if (typeof json !== 'object' || Array.isArray(json)) return json;
  if (schema.isMapSchema()) {
    const item = schema.getValueSchema();
    return mapEntries(json, (key, entry) => [key, fromJson(item, entry)]);
  }
  if (schema.isStructSchema()) {
    const members = new Map<string, [string, NormalizedSchema]>();
    for (const [name, member] of schema.structIterator()) {
      members.set(member.getMergedTraits().jsonName ?? name, [name, member]);
    }
    return mapEntries(json, (key, entry) => {
      const known = members.get(key);
      return known ? [known[0], fromJson(known[1], entry)] : [key, entry];
    });
  }
  return json;
}

/** Returns the JSON text of a typed structure; members that its schema does not have are left out. */
export function toJson(schema: NormalizedSchema, value: object): string {
  const serializer = new JsonShapeSerializer({
    jsonName: true,
    timestampFormat: { useTrait: true, default: SCHEMA.TIMESTAMP_EPOCH_SECONDS },
  });
  serializer.write(schema, value);
  return serializer.flush() ?? '{}';
}

function toDate(json: unknown): unknown {
  if (typeof json === 'number') return new Date(json * 1000);
  if (typeof json === 'string' && /^\d{4}-\d\d-\d\dT/.test(json)) return new Date(json);
  return json;
}

function mapEntries(json: object, entry: (key: string, value: unknown) => [string, unknown]): object {
  return Object.fromEntries(
    Object.entries(json)
      .map(([key, value]) => entry(key, value))
      .filter(([, value]) => value !== undefined),
  );
}
