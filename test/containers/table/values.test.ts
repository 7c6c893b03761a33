import { Database } from '../../../containers/preprocessing/database';
import { literal } from '../../../containers/preprocessing/sql';
import { DEFINITIONS, isEmpty, parsedCell, typedValue } from '../../../containers/preprocessing/values-sql';
import type { FeatureType } from '../../../containers/table/schema';
import { isMissing, parseBoolean, parseDatetime, parseNumber } from '../../../containers/table/values';
import cells from './cells.json';
import { temporaryFolders } from '../support/program';

/** Two programs in two languages: serving and preprocessing have to read values alike. */
const folders = temporaryFolders();
let db: Database;

beforeAll(async () => {
  db = await Database.open(folders.create(), 1);
  for (const definition of DEFINITIONS) await db.run(definition);
});
afterAll(() => db.close());

const PARSERS: Record<string, (text: string) => unknown> = {
  number: parseNumber,
  boolean: parseBoolean,
  datetime: parseDatetime,
  category: (text) => text,
};

async function inSql(
  type: FeatureType,
  texts: readonly string[],
): Promise<{ value: unknown; empty: boolean }[]> {
  return db.rows(`SELECT ${typedValue(type, 'c', parsedCell(type, 'c'))} AS value, ${isEmpty(type, 'c')} AS empty
    FROM (VALUES ${texts.map((text) => `(${literal(text)})`).join(', ')}) AS t(c)`);
}

test.each(['number', 'boolean', 'datetime', 'category'] as const)('a %s is read alike', async (type) => {
  const expected = Object.entries<unknown>(cells[type]);
  const found = await inSql(
    type,
    expected.map(([text]) => text),
  );
  expect(found).toEqual(expected.map(([, value]) => ({ value, empty: false })));
  expect(expected.map(([text]) => PARSERS[type]!(text.trim()) ?? null)).toEqual(
    expected.map(([, value]) => value),
  );
});

test.each(['number', 'boolean', 'datetime', 'category', 'text'] as const)(
  'an empty cell of a %s is recognised by Python and SQL alike',
  async (type) => {
    const isText = type === 'category' || type === 'text';
    const texts = [...cells.empty, ...cells.emptyUnlessText];
    const expected = [...cells.empty.map(() => true), ...cells.emptyUnlessText.map(() => !isText)];
    expect((await inSql(type, texts)).map(({ empty }) => empty)).toEqual(expected);
    expect(texts.map((text) => isMissing(text.trim(), type))).toEqual(expected);
  },
);

test('a number is written so that it reads back exactly', async () => {
  const numbers = [0.1, 1 / 3, 1e22, 1e-7, 5e-324, 123456789.123, -0, 2 ** 53, 3.4e38, 100];
  const texts = await db.rows<{ text: string }>(
    `SELECT x::VARCHAR AS text FROM (VALUES ${numbers.map((x) => `(${literal(String(x))}::DOUBLE)`).join(', ')}) AS t(x)`,
  );
  expect(texts.map(({ text }) => parseNumber(text))).toEqual(numbers.map((number) => number + 0));
});
