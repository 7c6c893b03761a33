import * as fc from 'fast-check';
import { readRequest } from '../../lambda/inference/request';
import { API_ERRORS, ApiError } from '../../lambda/inference/errors';
import { RequestError } from '../../containers/inference/errors';
import { parseInstances } from '../../containers/inference/instances';
import { tableOf } from '../../containers/inference/request-table';
import { classLabel, encodingOf } from '../containers/support/linear-model';
import { MIXED_FEATURES, MIXED_ROW } from '../containers/support/mixed-inputs';
import { changed, check, json, text, written } from '../support/fuzz';

/** One feature of each type. */
const TABLE = tableOf(
  encodingOf(classLabel('state', { sick: 3, well: 7 }), MIXED_FEATURES, ['state']),
  1_000,
);
const CSV = 'age,dose,plan,smoker,since\n30,1,pro,true,2001-01-01\n,2,basic,no,2002-01-01\n';

const damaged = (valid: string) =>
  fc
    .tuple(fc.nat(valid.length), fc.nat(20), text)
    .map(([at, cut, put]) => valid.slice(0, at) + put + valid.slice(at + cut));
const nested = (levels: number) => `{"instances":[{"age":${'['.repeat(levels)}${']'.repeat(levels)}}]}`;
const bodies = fc.oneof(
  changed({ instances: [MIXED_ROW, MIXED_ROW] }).map(written),
  json.filter((value) => !Array.isArray(value)).map((instances) => written({ instances })),
  damaged(JSON.stringify({ instances: [MIXED_ROW] })),
  damaged(CSV),
  text,
  fc.constantFrom(1e3, 2e4, 1e6).map(nested),
  fc
    .constantFrom('1e400', '-1e999', '0'.repeat(400), `${'9'.repeat(400)}`, 'NaN')
    .map((value) => JSON.stringify({ instances: [MIXED_ROW] }).replace('30', value)),
);
const types = fc.oneof(
  fc.constantFrom(
    'application/json',
    'text/csv',
    'text/csv; header=present',
    'text/csv;header=absent',
    'TEXT/CSV;header="x"',
  ),
  text,
);

test('the model reads a body, or refuses it with the place of the fault', () => {
  check(fc.tuple(types, bodies), 2_000, ([type, body]) => {
    try {
      const { values, rows } = parseInstances(type, body, TABLE);
      expect(values).toHaveLength(rows * (values.length / rows));
      expect(values.every(Number.isFinite)).toBe(true);
    } catch (error) {
      expect(error).toBeInstanceOf(RequestError);
      const { status, message, code } = error as RequestError;
      expect(status).toBeLessThan(500);
      expect(message.length).toBeLessThan(1_000);
      if (code === 'InvalidInput') expect((error as RequestError).field).toEqual(expect.stringMatching(/./));
    }
  });
});

test('the function passes a request on, or refuses it in the one form', () => {
  const accepts = [
    { contentType: 'application/json', binary: false, schema: null },
    { contentType: 'text/csv', binary: false, schema: null },
  ];
  const headers = fc.option(
    fc.dictionary(fc.oneof(text, fc.constantFrom('Content-Type', 'content-encoding')), fc.oneof(text, types)),
  );
  const events = fc.record({ headers, body: fc.option(bodies), isBase64Encoded: fc.boolean() });
  check(events, 2_000, (event) => {
    try {
      expect(readRequest(event as never, accepts, 'realtime').body.length).toBeGreaterThan(0);
    } catch (error) {
      expect(error).toBeInstanceOf(ApiError);
      expect(API_ERRORS[(error as ApiError).code]).toBeLessThan(500);
      expect((error as ApiError).message.length).toBeLessThan(1_000);
    }
  });
});
