import { findModel } from '../../src/services';
import { fromJson, toJson } from '../../src/protocols/json-shapes';

const ecr = findModel('ecr')!.operations.get('GetAuthorizationToken')!.output;
const metrics = findModel('cloudwatch')!.operations.get('PutMetricData')!.input;
const publish = findModel('lambda')!.operations.get('UpdateFunctionCode')!.input;

test('times are dates in code and epoch seconds on the wire, in both directions', () => {
  const typed = { authorizationData: [{ authorizationToken: 't', expiresAt: new Date(1_700_000_000_500) }] };
  const wire = { authorizationData: [{ authorizationToken: 't', expiresAt: 1_700_000_000.5 }] };
  expect(JSON.parse(toJson(ecr, typed))).toEqual(wire);
  expect(fromJson(ecr, wire)).toEqual(typed);
});

test('ISO 8601 is read as a time, as state machines write it', () => {
  const read = fromJson(metrics, { MetricData: [{ Timestamp: '2030-01-02T03:04:05Z' }] });
  expect(read).toEqual({ MetricData: [{ Timestamp: new Date('2030-01-02T03:04:05Z') }] });
});

test('bytes are base64 on the wire', () => {
  expect(fromJson(publish, { ZipFile: 'aGk=' })).toEqual({ ZipFile: Buffer.from('hi') });
});

test('null is absent; invalid and unknown values stay, for validation to report', () => {
  expect(fromJson(metrics, { Namespace: null, MetricData: 'x', Foo: { a: 1 } })).toEqual({
    MetricData: 'x',
    Foo: { a: 1 },
  });
});
