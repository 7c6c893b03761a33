import type { ConditionContext } from '../../src/iam';
import { holds, type Json } from './requests';

type Case = [
  operator: string,
  value: unknown,
  asked: string | readonly string[] | undefined,
  expected: boolean,
];

const BUCKET = 'arn:aws:s3:::data';
const RULE = 'arn:aws:events:us-east-1:123456789012:rule/nightly';

/** One key, `aws:x`; `undefined` leaves it out of the request. */
test.each<Case>([
  ['StringEquals', 'a', 'a', true],
  ['StringEquals', 'a', 'A', false],
  ['StringEquals', 'a*', 'ab', false],
  ['StringEquals', ['a', 'b'], 'b', true],
  ['StringEquals', true, 'true', true],
  ['StringEquals', 'a', undefined, false],
  ['StringNotEquals', 'a', 'b', true],
  ['StringNotEquals', 'a', 'a', false],
  ['StringNotEquals', ['a', 'b'], 'b', false],
  ['StringNotEquals', ['a', 'b'], 'c', true],
  ['StringNotEquals', 'a', undefined, true],
  ['StringEqualsIgnoreCase', 'Abc', 'aBC', true],
  ['StringEqualsIgnoreCase', 'Abc', 'abd', false],
  ['StringEqualsIgnoreCase', 'a', undefined, false],
  ['StringNotEqualsIgnoreCase', 'Abc', 'aBC', false],
  ['StringNotEqualsIgnoreCase', 'Abc', 'abd', true],
  ['StringNotEqualsIgnoreCase', 'a', undefined, true],
  ['StringLike', 'train/*', 'train/a/b', true],
  ['StringLike', 'train/?', 'train/ab', false],
  ['StringLike', 'a.c', 'abc', false],
  ['StringLike', '*', '', true],
  ['StringLike', 'Train/*', 'train/a', false],
  ['StringLike', 'a', undefined, false],
  ['StringNotLike', 'train/*', 'train/a', false],
  ['StringNotLike', 'train/*', 'test/a', true],
  ['StringNotLike', 'a', undefined, true],

  ['NumericEquals', '10', '10.0', true],
  ['NumericEquals', 10, '11', false],
  ['NumericEquals', '10', undefined, false],
  ['NumericNotEquals', '10', '11', true],
  ['NumericNotEquals', '10', '10', false],
  ['NumericNotEquals', '10', undefined, true],
  ['NumericLessThan', '1.2', '1.10', true],
  ['NumericLessThan', '10', '9', true],
  ['NumericLessThan', '10', '10', false],
  ['NumericLessThan', '10', 'few', false],
  ['NumericLessThan', '10', undefined, false],
  ['NumericLessThanEquals', '10', '10', true],
  ['NumericLessThanEquals', '10', '11', false],
  ['NumericGreaterThan', '10', '11', true],
  ['NumericGreaterThan', '10', '10', false],
  ['NumericGreaterThanEquals', '-1', '-1', true],
  ['NumericGreaterThanEquals', '-1', '-2', false],

  ['DateEquals', '2026-01-31T00:00:00Z', '2026-01-31', true],
  ['DateEquals', '2026-01-31T12:00:00Z', '2026-01-31T13:00:00+01:00', true],
  ['DateEquals', '1769817600', '2026-01-31T00:00:00Z', true],
  ['DateEquals', '2026-01-31', undefined, false],
  ['DateNotEquals', '2026-01-31', '2026-02-01', true],
  ['DateNotEquals', '2026-01-31', '2026-01-31', false],
  ['DateLessThan', '2026-01-31T00:00:00Z', '2026-01-30T23:59:59.999Z', true],
  ['DateLessThan', '2026-01-31T00:00:00Z', '2026-01-31T00:00:00Z', false],
  ['DateLessThanEquals', '2026-01-31T00:00:00Z', '2026-01-31T00:00:00Z', true],
  ['DateLessThanEquals', '2026-01-31', 'yesterday', false],
  ['DateGreaterThan', '2026-01-31', '2026-02-01', true],
  ['DateGreaterThan', '2026-01-31', '2026-01-31', false],
  ['DateGreaterThanEquals', '2026-01-31', '2026-01-31', true],
  ['DateGreaterThanEquals', '2026-01-31', '2026-01-30', false],

  ['Bool', 'false', 'false', true],
  ['Bool', false, 'False', true],
  ['Bool', 'true', 'false', false],
  ['Bool', 'false', undefined, false],
  ['BinaryEquals', 'QUJD', 'QUJD', true],
  ['BinaryEquals', 'QUJD', 'QUJE', false],
  ['BinaryEquals', 'QUJD', undefined, false],

  ['IpAddress', '203.0.113.0/24', '203.0.113.200', true],
  ['IpAddress', '203.0.113.0/24', '203.0.114.1', false],
  ['IpAddress', '203.0.113.7', '203.0.113.7', true],
  ['IpAddress', '203.0.113.7', '203.0.113.8', false],
  ['IpAddress', '0.0.0.0/0', '2001:db8::1', false],
  ['IpAddress', '2001:db8::/32', '2001:db8:0:1::5', true],
  ['IpAddress', '2001:db8::/32', '2001:db9::5', false],
  ['IpAddress', '203.0.113.0/24', 's3.amazonaws.com', false],
  ['IpAddress', '203.0.113.0/24', undefined, false],
  ['NotIpAddress', ['10.0.0.0/8', '192.168.0.0/16'], '192.168.1.1', false],
  ['NotIpAddress', ['10.0.0.0/8', '192.168.0.0/16'], '172.16.0.1', true],
  ['NotIpAddress', '10.0.0.0/8', undefined, true],

  ['ArnEquals', BUCKET, BUCKET, true],
  ['ArnEquals', 'arn:aws:s3:::*', BUCKET, true],
  ['ArnEquals', BUCKET, undefined, false],
  ['ArnLike', 'arn:aws:events:*:123456789012:rule/*', RULE, true],
  ['ArnLike', 'arn:aws:events:*:rule/nightly:*', RULE, false],
  ['ArnLike', 'arn:*:*:*:*:rule/night?y', RULE, true],
  ['ArnLike', 'arn:aws:events:*:*:rule/Nightly', RULE, false],
  ['ArnLike', 'arn:aws:logs:*:*:log-group:*', 'arn:aws:logs:us-east-1:1:log-group:/a:log-stream:b', true],
  ['ArnLike', 'arn:aws:s3:::*', 'data', false],
  ['ArnLike', 'arn:aws:s3:::*', undefined, false],
  ['ArnNotEquals', BUCKET, RULE, true],
  ['ArnNotEquals', BUCKET, BUCKET, false],
  ['ArnNotEquals', BUCKET, undefined, true],
  ['ArnNotLike', 'arn:aws:s3:::*', RULE, true],
  ['ArnNotLike', 'arn:aws:s3:::*', BUCKET, false],
  ['ArnNotLike', 'arn:aws:s3:::*', undefined, true],

  ['Null', 'true', undefined, true],
  ['Null', true, 'a', false],
  ['Null', 'false', 'a', true],
  ['Null', 'false', undefined, false],
  ['Null', 'true', [], true],

  ['StringEqualsIfExists', 'a', 'a', true],
  ['StringEqualsIfExists', 'a', 'b', false],
  ['StringEqualsIfExists', 'a', undefined, true],
  ['NumericLessThanIfExists', '1', undefined, true],
  ['BoolIfExists', 'true', undefined, true],
  ['BoolIfExists', 'true', 'false', false],
  ['ArnLikeIfExists', BUCKET, undefined, true],
  ['StringNotEqualsIfExists', 'a', undefined, true],
  ['StringNotEqualsIfExists', 'a', 'a', false],

  ['StringEquals', 'a', ['a', 'b'], true],
  ['StringNotEquals', 'a', ['a', 'b'], false],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'b'], true],
  ['ForAllValues:StringEquals', ['a', 'b'], ['a', 'c'], false],
  ['ForAllValues:StringEquals', ['a', 'b'], undefined, true],
  ['ForAllValues:StringEquals', ['a', 'b'], [], true],
  ['ForAllValues:StringEquals', ['a', 'b'], '', true],
  ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'd'], true],
  ['ForAllValues:StringNotEquals', ['a', 'b'], ['c', 'a'], false],
  ['ForAllValues:StringNotEquals', ['a', 'b'], undefined, true],
  ['ForAnyValue:StringLike', ['a*'], ['x', 'ab'], true],
  ['ForAnyValue:StringLike', ['a*'], ['x', 'y'], false],
  ['ForAnyValue:StringLike', ['*'], undefined, false],
  ['ForAnyValue:StringLike', ['*'], '', false],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'c'], true],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], ['a', 'b'], false],
  ['ForAnyValue:StringNotEquals', ['a', 'b'], undefined, false],
  ['ForAnyValue:StringEqualsIfExists', 'a', undefined, false],
])('%s %j of %j is %j', (operator, value, asked, expected) => {
  const context: ConditionContext = asked === undefined ? {} : { 'aws:x': asked };
  expect(holds({ [operator]: { 'aws:x': value } }, context)).toBe(expected);
});

test.each<[name: string, condition: Json, context: ConditionContext, expected: boolean]>([
  ['no condition', {}, {}, true],
  [
    "keys' case does not matter",
    { StringEquals: { 'AWS:SourceAccount': '1' } },
    { 'aws:sourceaccount': '1' },
    true,
  ],
  [
    'all keys of an operator',
    { StringEquals: { 'aws:a': '1', 'aws:b': '2' } },
    { 'aws:a': '1', 'aws:b': '3' },
    false,
  ],
  ['all operators', { StringEquals: { 'aws:a': '1' }, Bool: { 'aws:b': 'true' } }, { 'aws:a': '1' }, false],
  [
    'all of both',
    { StringEquals: { 'aws:a': '1' }, Bool: { 'aws:b': 'true' } },
    { 'aws:a': '1', 'aws:b': 'true' },
    true,
  ],
])('%s', (_, condition, context, expected) => {
  expect(holds(condition, context)).toBe(expected);
});

describe('policy variables', () => {
  const context = { 'aws:PrincipalTag/team': 'red', 's3:prefix': 'red/', 'aws:tags': ['a', 'b'] };

  test.each<
    [name: string, operator: string, value: string | string[], prefix: string | undefined, expected: boolean]
  >([
    ['a value', 'StringEquals', '${aws:PrincipalTag/team}/', 'red/', true],
    ['its key in any case', 'StringEquals', '${AWS:principaltag/TEAM}/', 'red/', true],
    ['another value', 'StringEquals', '${aws:PrincipalTag/team}/', 'blue/', false],
    ['next to a wildcard', 'StringLike', '${aws:PrincipalTag/team}/*', 'red/a', true],
    ['in an ARN', 'ArnLike', 'arn:aws:s3:::${aws:PrincipalTag/team}-*', 'arn:aws:s3:::red-1', true],
    ['absent', 'StringLike', '${aws:none}*', 'x', false],
    ['absent in one of several values', 'StringLike', ['${aws:none}*', 'x*'], 'xy', true],
    ['absent under negation', 'StringNotLike', '${aws:none}*', 'x', false],
    ['absent where the key is absent too', 'StringEqualsIfExists', '${aws:none}', undefined, true],
    ['absent with a default', 'StringEquals', "${aws:none, 'nobody'}", 'nobody', true],
    ['present with a default', 'StringEquals', "${aws:PrincipalTag/team, 'nobody'}", 'red', true],
    ['several values have no one value', 'StringEquals', "${aws:tags, 'c'}", 'c', false],
    ['a star', 'StringLike', 'a${*}', 'a*', true],
    ['a star is not a wildcard', 'StringLike', 'a${*}', 'ab', false],
    ['a question mark', 'StringLike', 'a${?}', 'ab', false],
    ['a dollar', 'StringEquals', '${$}{aws:none}', '${aws:none}', true],
  ])('%s', (_, operator, value, asked, expected) => {
    const { 's3:prefix': _prefix, ...others } = context;
    const given = asked === undefined ? others : { ...others, 's3:prefix': asked };
    expect(holds({ [operator]: { 's3:prefix': value } }, given)).toBe(expected);
  });

  test('a wildcard in a value is literal', () => {
    const odd = { 'aws:PrincipalTag/team': 'r*', 's3:prefix': 'red' };
    expect(holds({ StringLike: { 's3:prefix': '${aws:PrincipalTag/team}' } }, odd)).toBe(false);
  });

  test('a document of version 2008-10-17 does not substitute variables', () => {
    const condition = { StringEquals: { 's3:prefix': '${aws:PrincipalTag/team}' } };
    expect(holds(condition, { ...context, 's3:prefix': 'red' }, '2008-10-17')).toBe(false);
    expect(holds(condition, { ...context, 's3:prefix': '${aws:PrincipalTag/team}' }, '2008-10-17')).toBe(
      true,
    );
  });
});
