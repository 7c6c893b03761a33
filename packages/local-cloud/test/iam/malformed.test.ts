import { MalformedPolicy, Policy, type PolicyKind, type PolicyOptions } from '../../src/iam';
import type { Json } from './requests';

const GOOD: Json = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const TRUST: Json = { Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' };

function message(document: unknown, kind: PolicyKind = 'identity', options: PolicyOptions = {}): string {
  try {
    Policy.parse('P', document, kind, options);
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedPolicy);
    return (error as Error).message;
  }
  return 'accepted';
}

test.each<[document: unknown, problem: string]>([
  ['{', "Policy 'P': the document is not JSON"],
  ['[]', "Policy 'P': [] is not a policy document; use an object."],
  [undefined, "Policy 'P': undefined is not a policy document; use an object."],
  [{ Statement: GOOD, Statements: [] }, "Policy 'P': 'Statements' is not an element of a policy"],
  [
    { Version: '2012-10-18', Statement: GOOD },
    "Policy 'P': Version: '2012-10-18' is not a version; use '2012-10-17'",
  ],
  [{ Id: 7, Statement: GOOD }, "Policy 'P': Id: 7 is not a string."],
  [{ Version: '2012-10-17' }, "Policy 'P': Statement: is missing or empty"],
  [{ Statement: [] }, "Policy 'P': Statement: is missing or empty"],
  [{ Statement: ['x'] }, "Policy 'P': statement 0: 'x' is not a statement; use an object."],
  [
    {
      Statement: [
        { Sid: 'A', ...GOOD },
        { Sid: 'A', ...GOOD },
      ],
    },
    "Policy 'P': statement 1: Sid: 'A' is used by another statement",
  ],
  [{ Statement: { Sid: 7, ...GOOD } }, "Policy 'P': statement 0: Sid: 7 is not a string."],
  [
    { Statement: { Sid: 'a b', ...GOOD } },
    "Policy 'P': statement 0: Sid: 'a b' has characters other than letters and digits",
  ],
])('the document %j', (document, problem) => {
  expect(message(document)).toContain(problem);
});

test.each<[changes: Json, problem: string, kind?: PolicyKind]>([
  [{ Actions: 's3:*' }, "'Actions' is not an element of a statement; use Sid, Effect, Principal"],
  [{ Effect: undefined }, 'Effect: is missing; add Allow or Deny.'],
  [{ Effect: 'allow' }, "Effect: 'allow' is neither Allow nor Deny."],
  [{ Action: undefined }, 'has neither Action nor NotAction; add one.'],
  [{ NotAction: 's3:*' }, 'has both Action and NotAction; keep one of them.'],
  [{ Action: [] }, 'Action: is empty; give at least one value'],
  [{ Action: 7 }, 'Action: 7 is not a valid value'],
  [{ Action: 'GetObject' }, "Action: 'GetObject' is not an action; use a service's prefix and a name"],
  [{ Action: '*:GetObject' }, "Action: '*:GetObject' is not an action"],
  [{ Resource: undefined }, 'has neither Resource nor NotResource; add one.'],
  [{ NotResource: '*' }, 'has both Resource and NotResource; keep one of them.'],
  [{ Resource: [] }, 'Resource: is empty'],
  [{ Resource: { Ref: 'Bucket' } }, 'Resource: {"Ref":"Bucket"} is not a valid value'],
  [
    { Resource: 'data/*' },
    "Resource: 'data/*' is not a resource; use an ARN of the form arn:partition:service",
  ],
  [{ Resource: 'arn:aws:s3::data' }, "Resource: 'arn:aws:s3::data' is not a resource"],
  [{ Resource: 'arn:aws:*:::data' }, 'has no service name in its third part; IAM allows no wildcard there.'],
  [{ Resource: 'arn:amazon:s3:::data' }, "has the partition 'amazon'; use aws"],
  [
    { Resource: 'arn:aws:sns:us-east-1:${aws:PrincipalAccount}:t' },
    'has a policy variable before the fifth colon',
  ],
  [{ Resource: 'arn:aws:s3:::${aws:userid' }, 'opens a policy variable with ${ and does not close it'],
  [{ Resource: 'arn:aws:s3:::${userid}' }, '${userid} is not a policy variable; write ${prefix:key}'],
  [{ Principal: '*' }, 'Principal: is not allowed in an identity policy'],
  [{ NotPrincipal: '*' }, 'NotPrincipal: is not allowed in an identity policy'],

  [{ Condition: 'x' }, "Condition: 'x' is not a block of operators"],
  [
    { Condition: { StringEqual: { 'aws:x': 'y' } } },
    "Condition: 'StringEqual' is not a condition operator; use Null, or one of StringEquals",
  ],
  [{ Condition: { stringequals: { 'aws:x': 'y' } } }, "'stringequals' is not a condition operator"],
  [
    { Condition: { 'ForAllValues:Null': { 'aws:x': 'true' } } },
    "'ForAllValues:Null' is not a condition operator",
  ],
  [{ Condition: { NullIfExists: { 'aws:x': 'true' } } }, "'NullIfExists' is not a condition operator"],
  [
    { Condition: { 'ForSome:StringLike': { 'aws:x': 'a' } } },
    "'ForSome:StringLike' is not a condition operator",
  ],
  [{ Condition: { toString: { 'aws:x': 'a' } } }, "'toString' is not a condition operator"],
  [{ Condition: { StringEquals: 'x' } }, "Condition: StringEquals: 'x' is not a block of keys"],
  [
    { Condition: { StringEquals: { x: 'y' } } },
    "StringEquals: 'x' is not a condition key; it needs a prefix",
  ],
  [{ Condition: { StringEquals: { 'aws:x': [] } } }, 'StringEquals: aws:x: has no value'],
  [{ Condition: { StringEquals: { 'aws:x': {} } } }, 'StringEquals: aws:x: {} is not a valid value'],
  [
    { Condition: { NumericEquals: { 'aws:x': 'ten' } } },
    "NumericEquals: aws:x: 'ten' cannot be compared; use a number",
  ],
  [
    { Condition: { DateLessThan: { 'aws:x': '31.1.2026' } } },
    "DateLessThan: aws:x: '31.1.2026' cannot be compared; use a date",
  ],
  [
    { Condition: { DateLessThan: { 'aws:x': '2026-13-01' } } },
    "DateLessThan: aws:x: '2026-13-01' cannot be compared",
  ],
  [{ Condition: { Bool: { 'aws:x': 'yes' } } }, "Bool: aws:x: 'yes' is neither true nor false."],
  [
    { Condition: { Null: { 'aws:x': 'yes' } } },
    "Null: aws:x: 'yes' is neither true nor false; true requires the key",
  ],
  [{ Condition: { BinaryEquals: { 'aws:x': 'a b' } } }, "BinaryEquals: aws:x: 'a b' is not base64"],
  [
    { Condition: { IpAddress: { 'aws:x': '10.0.0.0/33' } } },
    "IpAddress: aws:x: '10.0.0.0/33' is not a range of addresses",
  ],
  [{ Condition: { IpAddress: { 'aws:x': '10.0.0' } } }, "'10.0.0' is not a range of addresses"],
  [{ Condition: { IpAddress: { 'aws:x': '10.0.0.0/8/8' } } }, "'10.0.0.0/8/8' is not a range of addresses"],
  [
    { Condition: { ArnLike: { 'aws:x': 'bucket' } } },
    "ArnLike: aws:x: 'bucket' is not the pattern of an ARN",
  ],
])('the statement %j', (changes, problem) => {
  const actual = message({ Version: '2012-10-17', Statement: [{ Sid: 'Read', ...GOOD, ...changes }] });
  expect(actual).toContain(`Policy 'P': statement 0 (Read): `);
  expect(actual).toContain(problem);
});

test.each<[kind: PolicyKind, statement: Json, problem: string]>([
  ['resource', GOOD, 'has no Principal; add one.'],
  ['resource', { ...GOOD, Principal: '*', NotPrincipal: '*' }, 'has both Principal and NotPrincipal'],
  ['resource', { ...GOOD, NotPrincipal: '*' }, 'NotPrincipal: is allowed with Deny only'],
  ['resource', { ...GOOD, Principal: 'everyone' }, "Principal: 'everyone' names no principal"],
  ['resource', { ...GOOD, Principal: {} }, 'Principal: {} names no principal'],
  ['resource', { ...GOOD, Principal: { Aws: '*' } }, "Principal: 'Aws' is not a kind of principal"],
  ['resource', { ...GOOD, Principal: { AWS: [] } }, 'Principal: AWS: is empty'],
  [
    'resource',
    { ...GOOD, Principal: { AWS: 'arn:aws:iam::123456789012:role/*' } },
    "AWS: 'arn:aws:iam::123456789012:role/*' is not a principal",
  ],
  ['resource', { ...GOOD, Principal: { AWS: '12345' } }, "AWS: '12345' is not a principal"],
  [
    'resource',
    { ...GOOD, Principal: { AWS: '123456789012:root' } },
    "AWS: '123456789012:root' is not a principal",
  ],
  ['resource', { ...GOOD, Principal: { Service: 'events' } }, "Service: 'events' is not a service"],
  [
    'resource',
    { ...GOOD, Principal: { CanonicalUser: '79a5' } },
    'Principal: CanonicalUser is not supported',
  ],
  ['trust', { ...TRUST, Resource: '*' }, 'Resource: is not allowed in a trust policy'],
  ['trust', { ...TRUST, Principal: undefined }, 'has no Principal'],
  [
    'trust',
    { ...TRUST, Effect: 'Deny', Principal: undefined, NotPrincipal: '*' },
    'NotPrincipal: is not allowed in a trust policy',
  ],
  ['trust', { ...TRUST, Action: '*' }, "Action: '*' is not an action of STS"],
  ['trust', { ...TRUST, Sid: 'a-b' }, "Sid: 'a-b' has characters other"],
])('in a %s policy %j', (kind, statement, problem) => {
  expect(message({ Statement: statement }, kind)).toContain(problem);
});

test.each<[name: string, kind: PolicyKind, statement: Json]>([
  [
    "a resource policy's Sid may hold other characters",
    'resource',
    { ...GOOD, Principal: '*', Sid: 'Allow all' },
  ],
  [
    "a resource policy's statement may leave out the resource",
    'resource',
    { ...TRUST, Action: 'ecr:BatchGetImage' },
  ],
  ['an unknown action, unless actions are checked', 'identity', { ...GOOD, Action: 's3:GetObjekt' }],
])('accepted: %s', (_, kind, statement) => {
  expect(message({ Statement: statement }, kind)).toBe('accepted');
});

test("a resource's policy can be required to name the resource", () => {
  const document = { Statement: { Effect: 'Allow', Principal: '*', Action: 's3:GetObject' } };
  expect(message(document, 'resource', { resourceRequired: true })).toContain(
    'has neither Resource nor NotResource',
  );
});

test.each([
  ['s3:GetObjekt', "Action: AWS has no action 's3:GetObjekt'; look it up"],
  ['s4:GetObject', "Action: AWS has no action 's4:GetObject'"],
  ['s3:Fetch*', "Action: no action of AWS matches 's3:Fetch*'"],
])('the action %s, when actions are checked', (action, problem) => {
  expect(message({ Statement: { ...GOOD, Action: action } }, 'identity', { checkActions: true })).toContain(
    problem,
  );
});
