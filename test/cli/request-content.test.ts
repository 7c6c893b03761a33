import { images } from '../../examples/images/model';
import { UsageError } from '../../cli/errors';
import { requestFor } from '../../cli/request-content';
import { local } from '../../lib';
import { pipelineConfig, type PipelineConfig } from '../../lib/config';
import { local as table } from '../support/configs';

const one = pipelineConfig('mlops', images, local);
const accepting = (...types: string[]): PipelineConfig => ({
  ...one,
  api: { ...one.api, accepts: types.map((contentType) => ({ contentType, binary: true, schema: null })) },
});
const several = accepting(
  'application/x-npy',
  'image/png',
  'text/csv',
  'audio/x-wav',
  'application/x-ndjson',
);
const bytes = Buffer.from([0x89, 0x50, 0x00, 0xff]);

test.each<[string, PipelineConfig, string, string | undefined, string]>([
  ['the only type', one, 'any.thing', undefined, 'image/png'],
  ['the only type', one, '-', undefined, 'image/png'],
  ['the type of the ending', several, 'a/b.csv/x.PNG', undefined, 'image/png'],
  ['the type of the ending', several, 'x.npy', undefined, 'application/x-npy'],
  ['the accepted one of an ending’s types', several, 'x.wav', undefined, 'audio/x-wav'],
  ['the accepted one of an ending’s types', several, 'x.jsonl', undefined, 'application/x-ndjson'],
  ['the type that was given, before the ending', several, 'x.csv', 'image/png', 'image/png'],
  ['a type with parameters', several, '-', 'text/csv; header=present', 'text/csv; header=present'],
])('%s', (_, config, file, given, contentType) => {
  expect(requestFor(bytes, file, given, config)).toEqual({ contentType, body: bytes });
});

test('the files of a table are converted, unless the type is given', () => {
  const semicolons = Buffer.from('a;b\n1,5;2\n');
  expect(requestFor(semicolons, 'x.csv', undefined, table)).toEqual({
    contentType: 'text/csv',
    body: 'a,b\n1.5,2\n',
  });
  expect(requestFor(semicolons, 'x.csv', 'text/csv', table)).toEqual({
    contentType: 'text/csv',
    body: semicolons,
  });
});

test.each<[string, PipelineConfig, string, string | undefined, RegExp]>([
  [
    'an unknown ending',
    several,
    'x.dat',
    undefined,
    /FILE is "x\.dat".*--content-type: application\/x-npy or image\/png/,
  ],
  ['the ending of a type that is not accepted', several, 'x.gif', undefined, /FILE is "x\.gif"/],
  ['no ending', several, 'png', undefined, /FILE is "png"/],
  ['standard input', several, '-', undefined, /FILE is "-"/],
  [
    'another type',
    one,
    'x.png',
    'image/gif',
    /--content-type is "image\/gif"; model "images" accepts image\/png/,
  ],
  ['no type', one, 'x.png', '', /--content-type is ""/],
])('%s is refused', (_, config, file, given, message) => {
  expect(() => requestFor(bytes, file, given, config)).toThrow(UsageError);
  expect(() => requestFor(bytes, file, given, config)).toThrow(message);
});
