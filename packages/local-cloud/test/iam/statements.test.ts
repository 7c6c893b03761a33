import { evaluate, Policy, type AccessRequest } from '../../src/iam';
import { identityPolicy, OBJECT, request, ROLE, type Json } from './requests';

const LOG_STREAM = 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/f:log-stream:x';

/** Elements of an identity's Allow besides Effect, and the requests that they match. */
test.each<[name: string, statement: Json, changes: Partial<AccessRequest>, expected: boolean]>([
  ['the action', { Action: 's3:GetObject', Resource: '*' }, {}, true],
  ['the action in any case', { Action: 'S3:getobject', Resource: '*' }, {}, true],
  ['another action', { Action: 's3:PutObject', Resource: '*' }, {}, false],
  ['any of several actions', { Action: ['s3:PutObject', 's3:GetObject'], Resource: '*' }, {}, true],
  ['every action', { Action: '*', Resource: '*' }, {}, true],
  ['actions by a wildcard', { Action: 's3:Get*', Resource: '*' }, {}, true],
  ['a wildcard needs the whole name', { Action: 's3:*Obj', Resource: '*' }, {}, false],
  ['a wildcard stays in its service', { Action: 'sns:*', Resource: '*' }, {}, false],
  ['one character', { Action: 's3:G?tObject', Resource: '*' }, {}, true],
  ['one character is not none', { Action: 's3:GetObject?', Resource: '*' }, {}, false],
  ['all actions but others', { NotAction: ['iam:*', 's3:Put*'], Resource: '*' }, {}, true],
  ['all actions but this one', { NotAction: 's3:Get*', Resource: '*' }, {}, false],

  ['the resource', { Action: '*', Resource: OBJECT }, {}, true],
  [
    'the resource in another case',
    { Action: '*', Resource: OBJECT.toUpperCase().replace('ARN:AWS:S3', 'arn:aws:s3') },
    {},
    false,
  ],
  [
    'any of several resources',
    { Action: '*', Resource: ['arn:aws:s3:::x', 'arn:aws:s3:::data/*'] },
    {},
    true,
  ],
  ['the bucket is not its objects', { Action: '*', Resource: 'arn:aws:s3:::data' }, {}, false],
  ['a wildcard over slashes', { Action: '*', Resource: 'arn:aws:s3:::*/a.csv' }, {}, true],
  ['a dot is a dot', { Action: '*', Resource: 'arn:aws:s3:::data/train/a?csv' }, {}, true],
  ['a dot is not a wildcard', { Action: '*', Resource: 'arn:aws:s3:::data.train/a.csv' }, {}, false],
  ['any partition', { Action: '*', Resource: 'arn:*:s3:::data/*' }, {}, true],
  [
    'a wildcard at the end spans colons',
    { Action: '*', Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda/*' },
    { resource: LOG_STREAM },
    true,
  ],
  [
    'a wildcard before the fifth colon stays in its part',
    { Action: '*', Resource: 'arn:aws:logs:*:log-group:/aws/lambda/f:*' },
    { resource: LOG_STREAM },
    false,
  ],
  ['all resources but others', { Action: '*', NotResource: 'arn:aws:s3:::secret/*' }, {}, true],
  ['all resources but this one', { Action: '*', NotResource: ['arn:aws:s3:::data/*'] }, {}, false],
  [
    'an action without resources needs a star',
    { Action: '*', Resource: 'arn:aws:s3:::*' },
    { resource: '*' },
    false,
  ],
  ['an action without resources with a star', { Action: '*', Resource: '*' }, { resource: '*' }, true],
  [
    'a variable in the resource',
    { Action: '*', Resource: 'arn:aws:s3:::data/${aws:PrincipalTag/part}/*' },
    { context: { 'aws:PrincipalTag/part': 'train' } },
    true,
  ],
  [
    'a variable of another value',
    { Action: '*', Resource: 'arn:aws:s3:::data/${aws:PrincipalTag/part}/*' },
    { context: { 'aws:PrincipalTag/part': 'test' } },
    false,
  ],
  ['a variable without value', { Action: '*', Resource: 'arn:aws:s3:::data/${aws:none}*' }, {}, false],
  [
    'a variable without value in NotResource',
    { Action: '*', NotResource: 'arn:aws:s3:::${aws:none}' },
    {},
    false,
  ],
])('%s', (_, statement, changes, expected) => {
  const identity = [identityPolicy({ Effect: 'Allow', ...statement })];
  expect(evaluate(request(changes), { identity }).allowed).toBe(expected);
});

test('a document may be JSON text, and a single statement needs no array', () => {
  const document =
    '{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
  const identity = [Policy.parse('P', document, 'identity')];
  expect(evaluate(request(), { identity })).toMatchObject({ allowed: true, by: { policy: 'P', index: 0 } });
});

test('a document without a version does not substitute variables', () => {
  const document = {
    Statement: { Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::data/${aws:userid}' },
  };
  const identity = [Policy.parse('P', document, 'identity')];
  const context = { 'aws:userid': 'me' };
  const allowed = (resource: string): boolean =>
    evaluate(request({ resource, context }), { identity }).allowed;
  expect(allowed('arn:aws:s3:::data/me')).toBe(false);
  expect(allowed('arn:aws:s3:::data/${aws:userid}')).toBe(true);
});

test('a decision names the statement that decided and every Allow that fits', () => {
  const first = Policy.parse(
    'First',
    {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Other', Effect: 'Allow', Action: 's3:PutObject', Resource: '*' },
        { Sid: 'Read', Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECT },
      ],
    },
    'identity',
  );
  const second = identityPolicy({ Effect: 'Allow', Action: '*', Resource: '*' });
  expect(evaluate(request({ principal: ROLE }), { identity: [first, second] })).toEqual({
    allowed: true,
    reason: 'identity',
    kind: 'identity',
    by: { policy: 'First', index: 1, sid: 'Read' },
    matching: [
      { policy: 'First', index: 1, sid: 'Read' },
      { policy: 'Identity', index: 0 },
    ],
  });
});
