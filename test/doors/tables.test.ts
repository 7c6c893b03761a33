import * as fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { requestOf } from '../../cli/request-file';
import { UsageError } from '../../cli/errors';
import { inferSchema } from '../../containers/preprocessing/profile';
import { checkHead } from '../../containers/table/check-head';
import { TableError } from '../../containers/table/errors';
import { readHead } from '../../containers/table/head';
import { checkLearnable, inferFrom } from '../../containers/table/infer';
import { parseSchema } from '../../containers/table/schema';
import { changed, check, checkLater, json, number, text, written } from '../support/fuzz';

const FILE = {
  label: 'price',
  task: 'regression',
  features: [
    'area',
    { name: 'kind', type: 'category', values: ['flat', 'house'] },
    { name: 'built', type: 'datetime' },
  ],
  id: 'key',
};
const CLASSES = {
  label: 'ill',
  classes: [0, 'yes', true],
  features: ['a', { name: 'b', type: 'number', min: 0, max: 1 }],
};
const SCHEMA = parseSchema(JSON.stringify(FILE), 'schema.json');

/** Runs what may only fail with a table's own error, which names the source. */
function expectTable(source: string, run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(TableError);
    expect((error as Error).message).toContain(source);
  }
}

/** A text with some of its characters replaced or cut away. */
const damaged = (valid: string) =>
  fc
    .tuple(fc.nat(valid.length), fc.nat(30), text)
    .map(([at, cut, put]) => valid.slice(0, at) + put + valid.slice(at + cut));

test('a schema is taken, or refused with every fault of the file', () => {
  const schemas = fc.oneof(
    changed(FILE).map(written),
    changed(CLASSES).map(written),
    json.filter((value) => !Array.isArray(value)).map(written),
    damaged(JSON.stringify(FILE)),
    fc.constantFrom(20_000).map((levels) => '['.repeat(levels) + ']'.repeat(levels)),
  );
  check(schemas, 400, (file) => expectTable('schema.json', () => parseSchema(file, 'schema.json')));
});

const cell = fc.oneof(
  fc.constantFrom(
    '',
    '1',
    '2.5',
    'flat',
    'house',
    'yes',
    '2024-03-01',
    '"',
    '""',
    '"a,b"',
    '\r',
    '1,5',
    ' NA ',
  ),
  fc.constantFrom('9999-12-31', '0000-00-00', '2024-02-30T25:61', '1e400', '0x10', '٣', '1_000'),
  number.map(String),
  text,
);
const rows = fc.array(fc.array(cell, { maxLength: 6 }), { maxLength: 30 });
const delimited = fc
  .tuple(fc.constantFrom(',', ';', '\t', '|'), fc.constantFrom('\n', '\r\n', '\r'), rows, fc.boolean())
  .map(([comma, end, lines, header]) =>
    [...(header ? [['key', 'area', 'kind', 'built', 'price']] : []), ...lines]
      .map((line) => line.join(comma))
      .join(end),
  );
const records = fc
  .array(fc.dictionary(fc.oneof(text, fc.constantFrom('key', 'area', 'price')), json, { maxKeys: 4 }), {
    maxLength: 5,
  })
  .map((list) => list.map((record) => written(record)).join('\n'));
const encoded = fc.tuple(
  fc.oneof(delimited, records, text),
  fc.constantFrom<BufferEncoding>('utf8', 'latin1', 'utf16le'),
  fc.constantFrom('', '\ufeff'),
);
const bytes = fc.oneof(
  encoded.map(([content, encoding, mark]) => Buffer.from(mark + content, encoding)),
  encoded.map(([content]) => gzipSync(content)),
  fc.tuple(encoded, fc.nat(60)).map(([[content], cut]) => gzipSync(content).subarray(0, cut)),
  fc.uint8Array({ maxLength: 300 }).map((raw) => Buffer.from(raw)),
  fc.uint8Array({ maxLength: 30 }).map((raw) => Buffer.concat([Buffer.from('PAR1'), raw])),
  fc.uint8Array({ maxLength: 30 }).map((raw) => Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), raw])),
);
const name = fc.constantFrom('a.csv', 'a.tsv', 'a.json', 'a.jsonl', 'a.csv.gz', 'a.parquet', 'a.txt.zst');

test('the head of a data file is read, or refused with the name of the file', () => {
  check(fc.tuple(bytes, name), 800, ([content, file]) =>
    expectTable(file, () => checkHead(readHead(content, file, SCHEMA), SCHEMA, file)),
  );
});

test('a file of a request is converted, or refused with its name', () => {
  check(fc.tuple(bytes, name), 600, ([content, file]) => {
    try {
      requestOf(content, file);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toContain(file);
    }
  });
});

test('a schema is inferred from any cells', () => {
  const columns = fc.integer({ min: 1, max: 60 }).chain((length) => {
    const column = fc.array(fc.option(fc.oneof(cell, fc.constantFrom('a', '1')), { freq: 5 }), {
      minLength: length,
      maxLength: length,
    });
    return fc.tuple(column, column, column);
  });
  const task = fc.constantFrom(undefined, 'classification' as const, 'regression' as const);
  check(fc.tuple(columns, task), 1_000, ([[a, b, label], wanted]) =>
    expectTable('', () => {
      const inferred = inferFrom(
        new Map([
          ['a', a],
          ['__proto__', b],
          ['y', label],
        ]),
        'y',
        wanted,
      );
      checkLearnable(inferred);
      parseSchema(JSON.stringify(inferred.schema), 'inferred');
    }),
  );
});

describe('a whole file', () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'doors-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('of any bytes is profiled, or refused', async () => {
    await checkLater(fc.tuple(bytes, name), 60, async ([content, file]) => {
      writeFileSync(join(folder, file), content);
      const refused: unknown = await inferSchema(join(folder, file), 'price').then(
        () => undefined,
        (error: unknown) => error,
      );
      if (refused !== undefined) expect(refused).toBeInstanceOf(TableError);
      rmSync(join(folder, file));
    });
  });
});
