import { SSM, type PutParameterCommandInput } from '@aws-sdk/client-ssm';
import { ssm } from '../../../src/services/ssm';
import { testCloud, type TestCloud } from '../../support/test-cloud';

let here: TestCloud;
let client: SSM;

beforeAll(async () => {
  here = await testCloud([ssm]);
  client = new SSM(here.client);
});
afterAll(() => here.close());

const put = (Name: string, Value: string, more: Partial<PutParameterCommandInput> = {}) =>
  client.putParameter({ Name, Value, Type: 'String', ...more });

test('a parameter keeps its versions, and each can be read', async () => {
  const first = await put('/app/rate', '0.1', { Description: 'the rate' });
  const second = await client.putParameter({ Name: '/app/rate', Value: '0.2', Overwrite: true });
  expect([first.Version, second.Version, second.Tier]).toEqual([1, 2, 'Standard']);
  const { Parameter: latest } = await client.getParameter({ Name: '/app/rate' });
  const ARN = 'arn:aws:ssm:us-east-1:123456789012:parameter/app/rate';
  expect(latest).toMatchObject({
    ARN,
    Value: '0.2',
    Version: 2,
    Type: 'String',
    LastModifiedDate: expect.any(Date),
  });
  expect((await client.getParameter({ Name: '/app/rate:1' })).Parameter).toMatchObject({
    Value: '0.1',
    Selector: ':1',
  });
  expect((await client.getParameter({ Name: ARN })).Parameter?.Value).toBe('0.2');
  const { Parameters } = await client.getParameterHistory({ Name: '/app/rate' });
  expect(Parameters?.map(({ Value, Description }) => [Value, Description])).toEqual([
    ['0.1', 'the rate'],
    ['0.2', 'the rate'],
  ]);
});

test('several names: those found and those not', async () => {
  await put('one', '1');
  const { Parameters, InvalidParameters } = await client.getParameters({ Names: ['one', 'two'] });
  expect(Parameters?.map(({ Name }) => Name)).toEqual(['one']);
  expect(InvalidParameters).toEqual(['two']);
});

test('a path, its levels and its pages', async () => {
  for (const name of ['a', 'b', 'c', 'deep/d']) await put(`/tree/${name}`, name);
  await put('/treetop', 'x');
  const names = async (question: { Recursive?: boolean; MaxResults?: number }) => {
    const pages: string[] = [];
    let NextToken: string | undefined;
    do {
      const answer = await client.getParametersByPath({ Path: '/tree', ...question, NextToken });
      pages.push((answer.Parameters ?? []).map(({ Value }) => Value).join(''));
      NextToken = answer.NextToken;
    } while (NextToken);
    return pages;
  };
  expect(await names({})).toEqual(['abc']);
  expect(await names({ Recursive: true, MaxResults: 3 })).toEqual(['abc', 'deep/d']);
});

test('a deleted parameter starts again at version 1', async () => {
  await put('gone', '1');
  await client.deleteParameter({ Name: 'gone' });
  await expect(client.getParameter({ Name: 'gone' })).rejects.toMatchObject({ name: 'ParameterNotFound' });
  await expect(client.deleteParameter({ Name: 'gone' })).rejects.toMatchObject({ name: 'ParameterNotFound' });
  expect((await put('gone', '2')).Version).toBe(1);
  const { DeletedParameters, InvalidParameters } = await client.deleteParameters({
    Names: ['gone', 'never'],
  });
  expect([DeletedParameters, InvalidParameters]).toEqual([['gone'], ['never']]);
});

test.each<[string, () => Promise<unknown>, string, RegExp]>([
  [
    'exists',
    () => put('dup', '1').then(() => put('dup', '2')),
    'ParameterAlreadyExists',
    /already exists.*overwrite/,
  ],
  ['has no type', () => put('no-type', '1', { Type: undefined }), 'ValidationException', /type is required/],
  ['has no value', () => put('empty', ''), 'ValidationException', /length greater than or equal to 1/],
  [
    'is too large',
    () => put('large', 'x'.repeat(4097)),
    'ValidationException',
    /maximum value of 4096 bytes; this has 4097.*Advanced/,
  ],
  ['has a bad name', () => put('a b', '1'), 'ValidationException', /'a b' is not allowed/],
  ['lacks its slash', () => put('a/b', '1'), 'ValidationException', /a slash at the start/],
  ['has a reserved name', () => put('/AWS/x', '1'), 'ValidationException', /"aws" or "ssm"/],
  ['is too deep', () => put('/a'.repeat(16), '1'), 'ValidationException', /at most 15 levels/],
  [
    'does not fit its pattern',
    () => put('p', 'x', { AllowedPattern: '\\d+' }),
    'ParameterPatternMismatchException',
    /cannot be validated against allowedPattern/,
  ],
  [
    'has an unknown type',
    () => put('t', 'x', { Type: 'Text' as never }),
    'ValidationException',
    /String, StringList, SecureString/,
  ],
  ['is secret', () => put('s', 'x', { Type: 'SecureString' }), 'NotImplemented', /SecureString/],
  [
    'changes its type',
    () => put('ty', '1').then(() => put('ty', '1', { Type: 'StringList', Overwrite: true })),
    'HierarchyTypeMismatchException',
    /cannot be changed/,
  ],
  [
    'has a missing version',
    () => put('v', '1').then(() => client.getParameter({ Name: 'v:9' })),
    'ParameterVersionNotFound',
    /version 9 of v/,
  ],
  [
    'is requested by a bad path',
    () => client.getParametersByPath({ Path: 'x' }),
    'ValidationException',
    /begin with a slash/,
  ],
  [
    'is requested with a bad token',
    () => client.getParametersByPath({ Path: '/', NextToken: 'x' }),
    'InvalidNextToken',
    /token 'x'/,
  ],
])('a parameter that %s is refused', async (_, attempt, name, message) => {
  await expect(attempt()).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
});

test('the advanced tier holds 8 KB', async () => {
  expect((await put('advanced', 'x'.repeat(8192), { Tier: 'Advanced' })).Tier).toBe('Advanced');
});

test('a change is published', async () => {
  const seen: unknown[] = [];
  here.cloud.events.subscribe(({ source, 'detail-type': type, detail }) =>
    seen.push([source, type, detail.operation]),
  );
  await put('watched', '1');
  await put('watched', '2', { Overwrite: true });
  await client.deleteParameter({ Name: 'watched' });
  expect(seen).toEqual(
    ['Create', 'Update', 'Delete'].map((operation) => ['aws.ssm', 'Parameter Store Change', operation]),
  );
});

test('everything is kept after a restart', async () => {
  await put('/kept', '1');
  await put('/kept', '2', { Overwrite: true });
  await here.restart();
  client = new SSM(here.client);
  expect((await client.getParameter({ Name: '/kept' })).Parameter).toMatchObject({ Value: '2', Version: 2 });
});
