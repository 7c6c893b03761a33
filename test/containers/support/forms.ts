import zlib from 'node:zlib';
import type { Head } from '../../../containers/table/head';

/** One table in every form that is read: columns "name", "x", "when" and two rows. */
export interface Form {
  readonly file: string;
  readonly content: Buffer;
  readonly head: Omit<Partial<Head>, 'csv'> & { readonly csv?: Partial<Head['csv']> };
}

const ROWS = [
  ['Zoë', '1.5', '2024-03-01'],
  ['a,b;c\t|', '-2', ''],
];
const quoted = (cell: string, delimiter: string) =>
  cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
const csv = (delimiter: string, end = '\n', rows: readonly string[][] = ROWS) =>
  [['name', 'x', 'when'], ...rows]
    .map((row) => row.map((cell) => quoted(cell, delimiter)).join(delimiter))
    .join(end);
const comma = (delimiter: string) =>
  csv(
    delimiter,
    '\n',
    ROWS.map(([name, x, when]) => [name!, x!.replace('.', ','), when!]),
  );
const objects = ROWS.map(([name, x, when]) => ({ when: when || null, name, x: Number(x), more: true }));
const utf16 = (text: string, swap: boolean, mark = '\uFEFF') => {
  const bytes = Buffer.from(mark + text, 'utf16le');
  return swap ? bytes.swap16() : bytes;
};
const form = (file: string, content: string | Buffer, head: Form['head'] = {}): Form => ({
  file,
  content: Buffer.from(content),
  head,
});

export const FORMS: readonly Form[] = [
  form('comma.csv', `${csv(',')}\n`, {
    format: 'csv',
    encoding: 'utf-8',
    compression: 'none',
    csv: { delimiter: ',' },
  }),
  form('semicolon.CSV', csv(';'), { csv: { delimiter: ';', decimalComma: false } }),
  form('tab.tsv', csv('\t'), { csv: { delimiter: '\t' } }),
  form('bar.txt', csv('|'), { csv: { delimiter: '|' } }),
  form('crlf.csv', `${csv(',', '\r\n')}\r\n`),
  form('cr.csv', csv(',', '\r')),
  form('bom.csv', `\uFEFF${csv(',')}`),
  form('blank lines.csv', csv(',', '\n\n')),
  form('blanks.csv', csv(',').replace('name,x,when', ' name , x,when ').replace('1.5,', ' 1.5\t,')),
  form('unnamed.csv', `${csv(',').replaceAll('\n', '\n0,').replace(/^/, ',')}`, {
    columns: ['', 'name', 'x', 'when'],
  }),
  form('trailing.csv', csv(',').replaceAll('\n', ',,\n').concat(',,').replace('x,when,,', 'x,when,,'), {
    columns: ['name', 'x', 'when'],
  }),
  form('told.csv', `sep=;\r\n${csv(';', '\r\n')}`, { csv: { delimiter: ';', skip: 1 } }),
  form('decimal comma.csv', comma(';'), { csv: { delimiter: ';', decimalComma: true } }),
  form('quoted decimal comma.csv', comma(','), { csv: { delimiter: ',', decimalComma: true } }),
  form('latin-1.csv', Buffer.from(csv(','), 'latin1'), { encoding: 'windows-1252' }),
  form('utf-16.csv', utf16(csv(','), false), { encoding: 'utf-16le' }),
  form('utf-16be.csv', utf16(csv(','), true), { encoding: 'utf-16be' }),
  form('no mark.csv', utf16(csv(','), false, ''), { encoding: 'utf-16le' }),
  form('small.csv.gz', zlib.gzipSync(csv(',')), { compression: 'gzip' }),
  form('hidden.csv', zlib.gzipSync(csv(';')), { compression: 'gzip', csv: { delimiter: ';' } }),
  form('unpacked.csv.gz', csv(','), { compression: 'none' }),
  form('small.csv.ZST', zlib.zstdCompressSync(csv(',')), { compression: 'zstd' }),
  form('lines.jsonl', objects.map((object) => JSON.stringify(object)).join('\n'), { format: 'jsonl' }),
  form('unpacked.jsonl.gz', objects.map((object) => JSON.stringify(object)).join('\n'), {
    format: 'jsonl',
  }),
  form('lines.ndjson.gz', zlib.gzipSync(objects.map((object) => `${JSON.stringify(object)}\n`).join(''))),
  form('keys.jsonl', objects.map(({ x, ...rest }) => JSON.stringify({ ' x\t': x, ...rest })).join('\n'), {
    columns: ['x', 'when', 'name', 'more'],
  }),
  form(
    'nan.jsonl',
    objects
      .map((object) => JSON.stringify({ ...object, more: 0 }).replace('"more":0', '"more":NaN'))
      .join('\n'),
  ),
  form('list.json', JSON.stringify(objects, null, 2), {
    format: 'json',
    columns: ['when', 'name', 'x', 'more'],
  }),
  form('deep/in a/folder.csv', csv(',')),
];

/** The values of {@link FORMS}: numbers with a decimal point. */
export const FORM_ROWS = ROWS.map(([name, x, when]) => ({ name, x: Number(x), when }));

/** Files that are no table, or not one of {@link FORM_SCHEMA}, and what the message has to say. */
export const BROKEN: readonly (readonly [what: string, file: string, content: Buffer, message: RegExp])[] = [
  ['no bytes', 'a.csv', Buffer.from(''), /^a\.csv: the file is empty/],
  ['blank lines alone', 'a.csv', Buffer.from('\n\n  \n'), /^a\.csv: the file is empty/],
  ['a header alone', 'a.csv', Buffer.from('name,x,when\n'), /^a\.csv: has a header but no rows/],
  [
    'an archive',
    'a.csv',
    Buffer.from('PK\x03\x04 …', 'latin1'),
    /ZIP archive or an Excel workbook; .*save the sheet as CSV/,
  ],
  ['an old workbook', 'a.csv', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /is an Excel workbook/],
  ['bytes', 'a.csv', Buffer.from([1, 2, 0, 0, 0, 4, 0, 0]), /zero bytes, so it is not text/],
  ['a page', 'a.csv', Buffer.from('<!DOCTYPE html><html>'), /is a web page/],
  [
    'a key twice',
    'a.jsonl',
    Buffer.from('{"x": 1, " x": 2, "name": "a", "when": null}'),
    /the column "x" twice/,
  ],
  ['a name twice', 'a.csv', Buffer.from('x,name,x,when\n1,a,2,\n'), /the column "x" twice/],
  [
    'a missing column',
    'a.csv',
    Buffer.from('Name,x,y\na,1,\n'),
    /"name" \(did you mean "Name"\?\), "when" of the schema are missing; the file has "Name", "x", "y"/,
  ],
  ['no header', 'a.csv', Buffer.from('1,2,3\n4,5,6\n'), /is the header missing\?/],
  ['a damaged archive', 'a.csv.gz', Buffer.from('1f8b0800ffffff', 'hex'), /^a\.csv\.gz: .*upload it again$/],
  [
    'a cut archive',
    'a.csv.gz',
    zlib.gzipSync(csv(',')).subarray(0, -8),
    /begins like a file of gzip but is cut or damaged \(unexpected end of file\); upload it again/,
  ],
  [
    'a cut archive of zstd',
    'a.csv.zst',
    zlib.zstdCompressSync(csv(',')).subarray(0, -4),
    /is cut or damaged/,
  ],
  [
    'of two encodings',
    'a.csv',
    Buffer.concat([Buffer.from(`${csv(',')}\n`), Buffer.from('Zo\xeb,1,\n', 'latin1')]),
    /mixes encodings: line 4 is not UTF-8, as other lines are; save the whole file as UTF-8/,
  ],
  ['a list of numbers', 'a.json', Buffer.from('[1, 2]'), /item 1 of the list is 1, not an object/],
  ['a line of another kind', 'a.jsonl', Buffer.from('{"x": 1}\nx\n'), /line 2 is x, not an object/],
  [
    'a cell with an object',
    'a.jsonl',
    Buffer.from('{"name": {"first": "a"}, "x": 1, "when": null}'),
    /"name" hold objects or lists/,
  ],
];

export const FORM_SCHEMA = {
  label: 'name',
  features: ['x', { name: 'when', type: 'datetime', missing: 'own-value' }],
} as const;
