import { findModel } from '../../src/services';
import { assertValid, validate } from '../../src/core/validation';

const problems = (service: 'ssm' | 'cloudwatchlogs' | 's3', operation: string, input: unknown) =>
  validate(findModel(service)!.operations.get(operation)!.input, input).map(({ message }) => message);

test.each<[string, Parameters<typeof problems>, string[]]>([
  ['a complete input', ['ssm', 'PutParameter', { Name: 'a', Value: 'b' }], []],
  ['members that are undefined', ['ssm', 'PutParameter', { Name: 'a', Value: 'b', Tags: undefined }], []],
  [
    'a missing required member',
    ['ssm', 'PutParameter', { Name: 'a' }],
    ["Value null at 'Value' failed to satisfy constraint: Member must not be null"],
  ],
  [
    'a missing member inside of a list',
    ['ssm', 'PutParameter', { Name: 'a', Value: 'b', Tags: [{ Key: 'k' }] }],
    ["Value null at 'Tags[0].Value' failed to satisfy constraint: Member must not be null"],
  ],
  [
    'a misspelt member',
    ['ssm', 'GetParameter', { Name: 'a', withDecryption: true }],
    ["Unknown field 'withDecryption' (did you mean WithDecryption?)"],
  ],
  [
    'an unknown member',
    ['ssm', 'GetParameter', { Name: 'a', Versions: 3 }],
    ["Unknown field 'Versions' (allowed members: Name, WithDecryption)"],
  ],
  [
    'a string for a boolean',
    ['ssm', 'GetParameter', { Name: 'a', WithDecryption: 'yes' }],
    ["Value 'yes' at 'WithDecryption' must be true or false"],
  ],
  ['a number for a string', ['ssm', 'GetParameter', { Name: 7 }], ["Value 7 at 'Name' must be a string"]],
  ['a string for a list', ['ssm', 'GetParameters', { Names: 'a' }], ["Value 'a' at 'Names' must be a list"]],
  [
    'null in a list',
    ['ssm', 'GetParameters', { Names: [null] }],
    ["Value null at 'Names[0]' must be a string"],
  ],
  ['a list for a structure', ['ssm', 'GetParameter', []], ["Value [] at '' must be a structure"]],
  [
    'a string for a map',
    ['cloudwatchlogs', 'CreateLogGroup', { logGroupName: 'g', tags: 'x' }],
    ["Value 'x' at 'tags' must be a map"],
  ],
  [
    'a text for a number',
    ['s3', 'PutObject', { Bucket: 'b', Key: 'k', ContentLength: '5' }],
    ["Value '5' at 'ContentLength' must be a number"],
  ],
  [
    'a date as text',
    ['s3', 'GetObject', { Bucket: 'b', Key: 'k', IfModifiedSince: 'now' }],
    ["Value 'now' at 'IfModifiedSince' must be a timestamp"],
  ],
  [
    'a number for a body',
    ['s3', 'PutObject', { Bucket: 'b', Key: 'k', Body: 5 }],
    ["Value 5 at 'Body' must be a stream, bytes or a string"],
  ],
])('%s', (_, call, expected) => {
  expect(problems(...call)).toEqual(expected);
});

test.each([
  ['ssm', 'GetParameter', {}, 'ValidationException'],
  ['ssm', 'GetParameter', { Name: 1 }, 'SerializationException'],
  ['ssm', 'PutParameter', { Name: 'n', Value: 'v', Type: 'Text' }, 'ValidationException'],
] as const)('%s:%s fails with the code of its service', (service, operation, input, code) => {
  const model = findModel(service)!;
  expect(() => assertValid(model, operation, input)).toThrow(
    expect.objectContaining({
      code,
      status: 400,
      message: expect.stringMatching(/^1 validation error detected: /),
    }),
  );
});
