import { TableError } from './errors.ts';
import { showValue } from './escape.ts';
import { parseFeatures, parseValues } from './parse-features.ts';
import { normalName } from './names.ts';
import { Faults, isObject, unknownKeys } from './schema-faults.ts';
import type { Feature, Schema, Task } from './schema.ts';

const KEYS = ['label', 'task', 'classes', 'features', 'id', 'split'];
const TASKS: readonly Task[] = ['classification', 'regression'];
const EXAMPLE = '{"label": "price", "task": "regression", "features": ["area", "rooms"]}';

/**
 * Reads a schema file.
 *
 * @param text JSON, perhaps after a byte order mark
 * @param source name in messages, e.g. `schema.json`
 * @throws TableError naming every fault, one line each: field, value, allowed values
 */
export function parseSchema(text: string, source: string): Schema {
  let file: unknown;
  try {
    file = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new TableError(`${source}: not JSON (${(error as Error).message}); write e.g. ${EXAMPLE}`);
  }
  if (!isObject(file)) {
    throw new TableError(`${source}: ${showValue(file)} is not an object; write e.g. ${EXAMPLE}`);
  }
  const faults = new Faults();
  unknownKeys(file, KEYS, '', faults);
  const label = parseName(file.label, 'label', 'the column that the model predicts', faults);
  const task = parseTask(file.task, faults);
  const schema: Schema = {
    task,
    label,
    classes: parseClasses(file.classes, task, faults),
    features: parseFeatures(file.features, faults),
    id: file.id == null ? null : parseName(file.id, 'id', 'the column that says what a row is about', faults),
    timeColumn: parseSplit(file.split, faults),
  };
  checkRoles(schema, faults);
  faults.throwAny(source);
  return schema;
}

function parseName(value: unknown, field: string, meaning: string, faults: Faults): string {
  const name = typeof value === 'string' ? normalName(value) : '';
  if (!name) faults.add(field, value, `give the name of ${meaning}`);
  return name;
}

function parseTask(value: unknown, faults: Faults): Task {
  const task = TASKS.find((known) => known === value);
  if (value !== undefined && !task) faults.add('task', value, 'write "classification" or "regression"');
  return task ?? 'classification';
}

function parseClasses(value: unknown, task: Task, faults: Faults): string[] | null {
  if (value == null) return null;
  if (task === 'regression') {
    faults.add('classes', value, 'regression predicts a number and has no classes; remove them');
    return null;
  }
  const classes = parseValues(value, 'classes', faults);
  if (classes && classes.length < 2) {
    faults.add('classes', value, 'name at least two, or remove "classes" to use those of the data');
  }
  return classes;
}

function parseSplit(value: unknown, faults: Faults): string | null {
  if (value == null) return null;
  if (!isObject(value) || value.by !== 'time') {
    faults.add('split', value, 'write {"by": "time", "column": "…"}, or remove it');
    return null;
  }
  unknownKeys(value, ['by', 'column'], 'split.', faults);
  return parseName(value.column, 'split.column', 'the column that holds the time of a row', faults);
}

function checkRoles({ label, features, id, timeColumn }: Schema, faults: Faults): void {
  const byName = new Map<string, Feature>();
  features.forEach((feature, index) => {
    const field = `features[${index}]`;
    if (feature.name && byName.has(feature.name))
      faults.add(field, feature.name, 'it is named twice; name it once');
    byName.set(feature.name, feature);
    if (feature.name && feature.name === label) {
      faults.add(field, label, 'the label cannot be a feature: the model would only copy it');
    }
    if (feature.name && feature.name === id) {
      faults.add(field, id, 'the id cannot be a feature; remove it from "features", or remove "id"');
    }
  });
  if (id && id === label) faults.add('id', id, 'it is the label already; name another column, or remove it');
  if (!timeColumn) return;
  if (id) {
    const remedy = 'a split by time does not keep the rows of one id together; remove "id" or "split"';
    faults.add('id', id, remedy);
  }
  if (timeColumn === label) {
    faults.add(
      'split.column',
      timeColumn,
      'it is the label already; name the column that holds the time of a row',
    );
  }
  const type = byName.get(timeColumn)?.type;
  if (type && type !== 'datetime' && type !== 'number') {
    const allowed =
      'rows are ordered by a datetime or number; declare it as one, or remove it from "features"';
    faults.add('split.column', timeColumn, `it is a ${type} among the features; ${allowed}`);
  }
}
