import { normalName } from './names.ts';
import { isObject, unknownKeys, type Faults } from './schema-faults.ts';
import type { Feature, FeatureType, Missing } from './schema.ts';

const KEYS = ['name', 'type', 'missing', 'values', 'min', 'max'];
const MISSING: readonly Missing[] = ['impute', 'own-value', 'reject'];
const DEFAULT_MISSING: ReadonlyMap<FeatureType, Missing> = new Map([
  ['number', 'impute'],
  ['datetime', 'impute'],
  ['category', 'own-value'],
  ['boolean', 'own-value'],
  ['text', 'own-value'],
]);
const TYPES = [...DEFAULT_MISSING.keys()];

/** Returns the features with every default filled in; adds their faults to `faults`. */
export function parseFeatures(value: unknown, faults: Faults): Feature[] {
  if (!Array.isArray(value) || value.length === 0) {
    faults.add(
      'features',
      value,
      'give a list of at least one column, e.g. ["age", {"name": "plan", "type": "category"}]',
    );
    return [];
  }
  return value.map((item, index) => parseFeature(item, `features[${index}]`, faults));
}

function parseFeature(value: unknown, field: string, faults: Faults): Feature {
  const nothing: Feature = {
    name: '',
    type: 'number',
    missing: 'impute',
    values: null,
    min: null,
    max: null,
  };
  if (typeof value === 'string' && normalName(value)) return { ...nothing, name: normalName(value) };
  if (!isObject(value)) {
    faults.add(
      field,
      value,
      'write the name of a number, or an object such as {"name": "plan", "type": "category"}',
    );
    return nothing;
  }
  unknownKeys(value, KEYS, `${field}.`, faults);
  const name = typeof value.name === 'string' ? normalName(value.name) : '';
  if (!name) faults.add(`${field}.name`, value.name, 'give the name of the column');
  const type = oneOf(value.type, TYPES, `${field}.type`, faults) ?? 'number';
  const missing =
    value.missing === undefined ? undefined : oneOf(value.missing, MISSING, `${field}.missing`, faults);
  return {
    name,
    type,
    missing: missing ?? DEFAULT_MISSING.get(type)!,
    values: categoryValues(value.values, type, `${field}.values`, faults),
    ...range(value, type, field, faults),
  };
}

function oneOf<T extends string>(
  value: unknown,
  allowed: readonly T[],
  field: string,
  faults: Faults,
): T | undefined {
  const found = allowed.find((known) => known === value);
  if (!found) faults.add(field, value, `write one of ${allowed.map((known) => `"${known}"`).join(', ')}`);
  return found;
}

function categoryValues(value: unknown, type: FeatureType, field: string, faults: Faults): string[] | null {
  if (value == null) return null;
  if (type === 'category') return parseValues(value, field, faults);
  faults.add(field, value, `only a category has values, and this is a ${type}; remove them`);
  return null;
}

function range(
  feature: Record<string, unknown>,
  type: FeatureType,
  field: string,
  faults: Faults,
): { min: number | null; max: number | null } {
  const bound = (key: 'min' | 'max'): number | null => {
    const value = feature[key];
    if (value == null) return null;
    if (type !== 'number')
      faults.add(`${field}.${key}`, value, `only a number has one, and this is a ${type}; remove it`);
    else if (typeof value !== 'number') faults.add(`${field}.${key}`, value, 'write a number');
    else return value;
    return null;
  };
  const [min, max] = [bound('min'), bound('max')];
  if (min !== null && max !== null && min > max) {
    faults.add(`${field}.min`, min, `it is above "max", which is ${max}; swap them`);
  }
  return { min, max };
}

/**
 * Returns the values as text, as cells hold them; null (and a fault) unless all are distinct texts, numbers, booleans.
 */
export function parseValues(value: unknown, field: string, faults: Faults): string[] | null {
  const isValue = (item: unknown) =>
    (typeof item === 'string' && item.trim() !== '') || typeof item === 'number' || typeof item === 'boolean';
  if (!Array.isArray(value) || value.length === 0 || !value.every(isValue)) {
    faults.add(
      field,
      value,
      'give a list of texts, numbers or booleans, as the cells of the column hold them',
    );
    return null;
  }
  const texts = value.map((item) => String(item).trim());
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  if (repeated !== undefined) faults.add(field, repeated, 'it is named twice; name it once');
  return texts;
}
