import * as z from 'zod';
import { ConfigSchema, type PipelineConfig } from '../../lib/config/schema';

/**
 * The fields of a configuration, by the paths that docs/configuration.md uses: `endpoint.pollSeconds`. Items of lists
 * and of records are `*`; the alternatives of a union have a step of their own, as `endpoint.serving.<realtime>`.
 */

type Schema = z.core.$ZodType;

/** Leaves out values that nothing can change: one literal, such as the `kind` of an alternative. */
const isFixed = (schema: Schema) => schema instanceof z.ZodLiteral && schema.values.size === 1;

/** Name of an alternative: the value of its discriminator, or its first field. */
function labelOf(option: Schema): string {
  if (!(option instanceof z.ZodObject)) return option._zod.def.type;
  const [name, first] = Object.entries(option.shape)[0]!;
  return first instanceof z.ZodLiteral && first.values.size === 1 ? String([...first.values][0]) : name;
}

/** Returns the path of every field of a schema. */
export function fieldsOf(schema: Schema = ConfigSchema, path = ''): string[] {
  const below = (inner: Schema, step: string) => fieldsOf(inner, path === '' ? step : `${path}.${step}`);
  if (isFixed(schema)) return [];
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return [...new Set([path, ...fieldsOf(schema.unwrap(), path)])];
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape as Record<string, Schema>).flatMap(([name, inner]) =>
      below(inner, name),
    );
  if (schema instanceof z.ZodArray)
    return [path, ...structured(schema.element).flatMap((inner) => below(inner, '*'))];
  if (schema instanceof z.ZodRecord)
    return [path, ...structured(schema.valueType).flatMap((inner) => below(inner, '*'))];
  if (schema instanceof z.ZodUnion)
    return [
      path,
      ...(schema.options as Schema[])
        .flatMap(structured)
        .flatMap((option) => below(option, `<${labelOf(option)}>`)),
    ];
  return [path];
}

/** The schema itself if it has fields; a plain value is compared with what contains it. */
const structured = (schema: Schema): Schema[] =>
  schema instanceof z.ZodObject || schema instanceof z.ZodUnion ? [schema] : [];

/** Values by their paths in one configuration, with the numbers and keys of items. */
type Values = Map<string, { field: string; value: string }>;

function valuesOf(schema: Schema, value: unknown, path = '', field = '', all: Values = new Map()): Values {
  const set = (what: unknown) => {
    // What is outside, of an optional list for example, has been set before.
    const known = all.get(path)?.value ?? '';
    all.set(path, { field, value: known + JSON.stringify(what) });
  };
  const below = (inner: Schema, given: unknown, step: string, general = step) =>
    valuesOf(
      inner,
      given,
      path === '' ? step : `${path}.${step}`,
      path === '' ? general : `${field}.${general}`,
      all,
    );
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    set(value === undefined || value === null ? 'without' : 'with');
    if (value !== undefined && value !== null) valuesOf(schema.unwrap(), value, path, field, all);
  } else if (schema instanceof z.ZodObject) {
    for (const [name, inner] of Object.entries(schema.shape))
      below(inner, (value as Record<string, unknown>)[name], name);
  } else if (schema instanceof z.ZodArray) {
    const items = value as unknown[];
    const inner = structured(schema.element);
    set(inner.length > 0 ? items.length : items);
    items.forEach((item, index) => inner.forEach((each) => below(each, item, String(index), '*')));
  } else if (schema instanceof z.ZodRecord) {
    const inner = structured(schema.valueType);
    set(inner.length > 0 ? Object.keys(value as object) : value);
    for (const [key, item] of Object.entries(value as object))
      inner.forEach((each) => below(each, item, key, '*'));
  } else if (schema instanceof z.ZodUnion) {
    const option = (schema.options as Schema[]).find((each) => z.safeParse(each, value).success)!;
    if (structured(option).length === 0) set(value);
    else {
      set(labelOf(option));
      below(option, value, `<${labelOf(option)}>`);
    }
  } else set(value);
  return all;
}

/** Returns the fields that have another value afterwards. What contains them is in both configurations. */
export function changedFields(before: PipelineConfig, after: PipelineConfig): string[] {
  const [old, now] = [before, after].map((config) => valuesOf(ConfigSchema, config)) as [Values, Values];
  const changed = [...now].filter(([path, { value }]) => old.has(path) && old.get(path)!.value !== value);
  return [...new Set(changed.map(([, { field }]) => field))];
}
