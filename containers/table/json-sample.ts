import { TableError } from './errors.ts';
import { escapeText } from './escape.ts';
import { normalName, refuseRepeated } from './names.ts';
import { isObject } from './schema-faults.ts';

export interface JsonSample {
  readonly format: 'jsonl' | 'json';
  readonly columns: readonly string[];
  /** `columns` as the objects write them. */
  readonly keys: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly nested: readonly string[];
}

/**
 * Reads the first objects of a JSON file: one object per line, or one list of objects.
 *
 * @throws TableError naming the line
 */
export function parseJsonSample(text: string, name: string, limit: number, complete: boolean): JsonSample {
  const format = text.trimStart().startsWith('[') ? 'json' : 'jsonl';
  const texts = format === 'json' ? listItems(text, limit) : lines(text, limit, complete);
  const objects = texts.map((item, index) => {
    const value = parse(item);
    if (isObject(value)) return value;
    const where = format === 'json' ? `item ${index + 1} of the list` : `line ${index + 1}`;
    throw new TableError(
      `${name}: ${where} is ${escapeText(item)}, not an object; write one JSON object a line, {"column": value, …}, or a list of them`,
    );
  });
  if (objects.length === 0) throw new TableError(`${name}: holds no complete JSON object; write one a line`);
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
  const cell = (value: unknown) =>
    value == null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  const columns = names.map(normalName);
  refuseRepeated(columns, name);
  return {
    format,
    columns,
    keys: names,
    rows: objects.map((object) => names.map((key) => cell(Object.hasOwn(object, key) ? object[key] : null))),
    nested: names
      .filter((key) => objects.some((object) => Object.hasOwn(object, key) && isNested(object[key])))
      .map(normalName),
  };
}

function isNested(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Python and JavaScript programs write NaN into JSON, and the database reads it. */
const NOT_A_NUMBER = /([:,[]\s*)NaN(?=\s*[,}\]])/g;

function parse(text: string): unknown {
  for (const json of [text, text.replace(NOT_A_NUMBER, '$1null')]) {
    try {
      return JSON.parse(json);
    } catch {
      continue;
    }
  }
  return undefined;
}

function lines(text: string, limit: number, complete: boolean): string[] {
  const all = text.split(/\r?\n|\r/);
  // The text after the last line break is a line only if the file ends there.
  if (!complete) all.pop();
  return all.filter((line) => line.trim() !== '').slice(0, limit);
}

/** Returns the texts of the list's first complete items; for items that are not objects, their start. */
function listItems(text: string, limit: number): string[] {
  const items: string[] = [];
  let [depth, start, inString] = [0, -1, false];
  for (let at = text.indexOf('[') + 1; at < text.length && items.length < limit; at++) {
    const character = text[at]!;
    if (inString) {
      if (character === '\\') at++;
      else if (character === '"') inString = false;
      continue;
    }
    if (character === '"') inString = true;
    if (depth === 0 && start < 0 && !/[\s,\]]/.test(character)) start = at;
    if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') depth--;
    if (depth < 0) break;
    const closed = character === '}' || character === ']';
    if (depth > 0 || start < 0 || !(closed || /[\s,]/.test(character))) continue;
    items.push(text.slice(start, closed ? at + 1 : at));
    start = -1;
  }
  return items;
}
