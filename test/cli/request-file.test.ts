import zlib from 'node:zlib';
import { UsageError } from '../../cli/errors';
import { requestOf } from '../../cli/request-file';

test.each<[string, string | Buffer, string, string]>([
  ['x.csv', '{', 'text/csv', '{'],
  ['x.JSON', 'a', 'application/json', 'a'],
  ['-', ' {"instances":[]}', 'application/json', ' {"instances":[]}'],
  ['-', '1,2\n', 'text/csv', '1,2\n'],
  ['x.csv', 'a,b\n"x;y",1\n', 'text/csv', 'a,b\n"x;y",1\n'],
  ['x.csv', 'a;b\n1,5;"x,""y"""\n', 'text/csv', 'a,b\n1.5,"x,""y"""\n'],
  ['x.TSV', Buffer.from('a\tb\n1,5\tZo\xeb\n', 'latin1'), 'text/csv', 'a,b\n1.5,Zoë\n'],
  ['x.csv.gz', zlib.gzipSync('1,2\n'), 'text/csv', '1,2\n'],
  ['x.json', '[{"a": 1}]', 'application/json', '{"instances": [{"a": 1}]}'],
  ['x.jsonl', '{"a": 1}\n{"a": 2}\n', 'application/json', '{"instances": [{"a": 1},{"a": 2}]}'],
])('the file %s with %j is sent as %s', (file, content, contentType, body) => {
  expect(requestOf(Buffer.from(content), file)).toEqual({ contentType, body });
});

test.each<[string, string, Buffer]>([
  ['a Parquet file', 'x.parquet', Buffer.from('PAR1…')],
  ['a truncated file', 'x.csv.gz', zlib.gzipSync('1,2\n').subarray(0, -4)],
  ['a spreadsheet', 'x.xlsx', Buffer.from('504b0304', 'hex')],
])('%s is not sent, and named', (_, file, content) => {
  expect(() => requestOf(content, file)).toThrow(UsageError);
  expect(() => requestOf(content, file)).toThrow(file);
});
