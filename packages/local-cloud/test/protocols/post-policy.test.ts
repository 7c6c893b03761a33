import { checkPolicy } from '../../src/protocols/post-policy';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const check = (policy: object | string, fields: Record<string, string> = {}) =>
  checkPolicy(
    typeof policy === 'string' ? policy : JSON.stringify({ expiration: '2026-01-02T00:00:00Z', ...policy }),
    Object.entries(fields).map(([name, value]) => ({ name, value })),
    'bucket',
    NOW,
  );

const BUCKET = { bucket: 'bucket' };

test('a policy needs a condition on the bucket', () => {
  expect(() => check({ conditions: [{ key: 'a' }] }, { key: 'a' })).toThrow(
    expect.objectContaining({
      code: 'AccessDenied',
      message: 'Invalid according to Policy: Extra input fields: bucket',
    }),
  );
});

test('names of fields are case-insensitive, values are case-sensitive', () => {
  check({ conditions: [BUCKET, { KEY: 'a' }, ['EQ', '$Acl', 'private']] }, { Key: 'a', ACL: 'private' });
  expect(() => check({ conditions: [{ key: 'a' }] }, { key: 'A' })).toThrow('Policy Condition failed');
});

test('a range of sizes is returned; the last one counts', () => {
  const conditions = [BUCKET, ['content-length-range', 1, 10], ['content-length-range', '0', '5']];
  expect(check({ conditions })).toEqual({ min: 0, max: 5 });
  expect(check({ conditions: [BUCKET] })).toBeUndefined();
});

test('a dollar sign may be escaped', () => {
  const text =
    '{"expiration":"2026-01-02T00:00:00.000Z","conditions":[{"bucket":"bucket"},["eq","$key","\\$a"]]}';
  expect(() => check(text, { key: '$a' })).not.toThrow();
});

test('each of several types must begin as the policy requires', () => {
  const conditions = [BUCKET, ['starts-with', '$Content-Type', 'image/']];
  check({ conditions }, { 'Content-Type': 'image/png, image/gif' });
  expect(() => check({ conditions }, { 'Content-Type': 'image/png, text/html' })).toThrow('Condition failed');
});

test.each([
  ['not JSON', '{'],
  ['a list', '[]'],
  ['no expiration', '{"conditions":[]}'],
  ['no conditions', { CONDITIONS: [] }],
  ['a local time', { expiration: '2026-01-02 00:00:00', conditions: [] }],
  ['a number', { conditions: [{ key: 1 }] }],
  ['an unknown operator', { conditions: [['ends-with', '$key', 'x']] }],
  ['a range without an end', { conditions: [['content-length-range', 0]] }],
  ['a negative size', { conditions: [['content-length-range', -1, 5]] }],
])('%s: not a policy', (_, policy) => {
  expect(() => check(policy)).toThrow(expect.objectContaining({ code: 'InvalidPolicyDocument' }));
});
