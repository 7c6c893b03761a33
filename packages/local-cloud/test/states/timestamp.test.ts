import { parseTimestamp } from '../../src/states/language/timestamp';

test.each([
  ['2016-03-14T01:59:00Z', Date.UTC(2016, 2, 14, 1, 59)],
  ['2016-03-14T01:59:00.5Z', Date.UTC(2016, 2, 14, 1, 59, 0, 500)],
  ['2016-03-14T01:59:00.123456789Z', Date.UTC(2016, 2, 14, 1, 59, 0, 123)],
  ['2016-03-14T01:59:00+02:00', Date.UTC(2016, 2, 13, 23, 59)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
])('%s is a timestamp', (text, time) => expect(parseTimestamp(text)).toBe(time));

test.each([
  '2016-03-14',
  '2016-03-14T01:59:00',
  '2016-03-14 01:59:00Z',
  '2016-03-14t01:59:00z',
  '05-12-2016T21:29:29Z',
  '2016-13-05T21:29:29Z',
  '2016-12-05T25:29:29Z',
  '2023-02-29T00:00:00Z',
  '2016-03-14T01:59:00+24:00',
])('%s is not a timestamp', (text) => expect(parseTimestamp(text)).toBeUndefined());
