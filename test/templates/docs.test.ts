import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { core } from 'zod';
import { API_ERRORS } from '../../lambda/inference/errors';
import { environments } from '../support/configs';
import { ConfigSchema } from '../../lib/config/schema';
import { ErrorName } from '../../lib/contract/errors';
import { PRICES, type UnitName } from '../../lib/contract/prices';
import { table as tableModel } from '../../lib';

const DOCS = join(__dirname, '../../docs');

/** Rows of every table whose first column has this title, cell by cell. */
function table(file: string, title: string): string[][] {
  const lines = readFileSync(join(DOCS, file), 'utf8').split('\n');
  const rows: string[][] = [];
  let inside = false;
  for (const line of lines) {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.length === 0) inside = false;
    else if (cells[0] === title) inside = true;
    else if (inside && !/^-+$/.test(cells[0]!)) rows.push(cells);
  }
  if (rows.length === 0) throw new Error(`docs/${file} has no table of ${title}`);
  return rows;
}

/** The text between backticks. */
function code(cell: string): string {
  return cell.replace(/^`(.*)`$/, '$1');
}

/** Every field that takes a value, and each list or optional object that could be replaced as a whole. */
function fields(schema: core.$ZodType, path = ''): string[] {
  const { def } = schema._zod as unknown as { def: core.$ZodTypeDef & Record<string, unknown> };
  switch (def.type) {
    case 'object':
      return Object.entries(def.shape as Record<string, core.$ZodType>).flatMap(([name, field]) =>
        fields(field, path ? `${path}.${name}` : name),
      );
    case 'optional':
    case 'nullable': {
      const inner = fields(def.innerType as core.$ZodType, path);
      return inner.length === 1 ? inner : [...new Set([path, ...inner])];
    }
    case 'array': {
      const inner = fields(def.element as core.$ZodType, `${path}[]`);
      return inner.length === 1 ? [path] : [path, ...inner];
    }
    default:
      return [path];
  }
}

/** The value at a path such as `endpoint.variants[].name`, of a list's first entry. */
function valueAt(config: object, path: string): unknown {
  return path
    .replaceAll('[]', '.0')
    .split('.')
    .reduce<unknown>((owner, name) => (owner as Record<string, unknown> | undefined)?.[name], config);
}

/** The pages have to match the code. */
describe('docs/configuration.md', () => {
  const rows = table('configuration.md', 'field');

  test('describes every field, and no others', () => {
    expect(rows.map(([field]) => code(field!)).sort()).toEqual(fields(ConfigSchema).sort());
  });

  test.each([
    ['dev', 3],
    ['local', 4],
  ])('shows the values of %s', (name, column) => {
    const config = environments.find(({ environment }) => environment === name)!;
    for (const row of rows) {
      const value = valueAt(config, code(row[0]!));
      const isWhole = row[column] === 'set' || row[column] === 'one';
      const shown = value === undefined ? '–' : isWhole ? row[column] : `\`${JSON.stringify(value)}\``;
      expect([row[0], row[column]]).toEqual([row[0], shown]);
    }
  });

  test('describes every hyperparameter with kind, limits and default, and no others', () => {
    const shown = table('configuration.md', 'hyperparameter').map(
      ([name, description, kind, allowed, value]) => [
        code(name!),
        ...[description, kind],
        // 1e-07 and 1e-7 are one number.
        kind === 'choice' ? allowed : allowed!.split(' to ').map(Number),
        kind === 'choice' ? value : Number(value),
      ],
    );
    const known = Object.entries(tableModel.hyperparameters).map(([name, definition]) => [
      name,
      ...[definition.description, definition.kind],
      'min' in definition
        ? [definition.min, definition.max]
        : definition.kind === 'choice'
          ? definition.choices.join(' or ')
          : [],
      definition.default,
    ]);
    expect(shown).toEqual(known);
  });
});

describe('docs/architecture.md', () => {
  test('describes every error of a run, and no others', () => {
    const rows = table('architecture.md', 'error of a run');
    expect(rows.map(([name]) => code(name!)).sort()).toEqual(Object.values(ErrorName).sort());
    for (const [name, ...cells] of rows)
      expect([name, cells.every((cell) => cell.length > 10)]).toEqual([name, true]);
  });

  test('describes every error of the API with its status, and no others', () => {
    // The gateway answers these by itself; the rest is the function's own.
    const known = { ...API_ERRORS, Unauthorized: 401, Forbidden: 403, BadRequest: 400 };
    const shown = table('architecture.md', 'error of the API').map(([name, status]) => [
      code(name!),
      Number(status),
    ]);
    expect(Object.fromEntries(shown)).toEqual(known);
    expect(shown).toHaveLength(Object.keys(known).length);
  });
});

test('docs/teardown.md has the prices of the price table', () => {
  const page = readFileSync(join(DOCS, 'teardown.md'), 'utf8');
  const named = [...page.matchAll(/([\d.]+) USD an? \w+ \(`(\w+)`\)/g)].map(([, price, name]) => [
    name,
    Number(price),
  ]);
  expect(named).toHaveLength(page.split(' USD ').length - 1);
  expect(named).toEqual(named.map(([name]) => [name, PRICES.units[name as UnitName].price]));
});
