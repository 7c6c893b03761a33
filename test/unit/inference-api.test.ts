import { ApiError, answerError, API_ERRORS, type ApiErrorCode } from '../../lambda/inference/errors';
import { readRequest } from '../../lambda/inference/request';
import { answerSchema } from '../../lambda/inference/schema';
import { limited } from '../../lambda/inference/size';
import { ENDPOINT_BODY_BYTES } from '../../lib/contract/payloads';
import { translate } from '../../lambda/inference/sagemaker-runtime';

const MAX = ENDPOINT_BODY_BYTES.serverless;

const event = (
  body: string | null,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  isBase64Encoded = false,
) => ({ body, headers, isBase64Encoded });

describe('readRequest', () => {
  test.each([
    ['Content-Type', 'application/json'],
    ['CONTENT-TYPE', 'application/json; charset=utf-8'],
    ['content-type', 'text/csv; header=present'],
  ])('takes the header %s: %s', (name, value) => {
    expect(readRequest(event('x', { [name]: value }), MAX).contentType).toBe(value);
  });

  test('decodes base64, as API Gateway sends binary bodies', () => {
    const { body } = readRequest(event(Buffer.from('a,b').toString('base64'), undefined, true), MAX);
    expect(Buffer.from(body).toString()).toBe('a,b');
  });

  test.each<[string, ReturnType<typeof event>, ApiErrorCode, RegExp]>([
    [
      'another content type',
      event('x', { 'content-type': 'text/plain' }),
      'UnsupportedMediaType',
      /content-type is "text\/plain"; must be application\/json or text\/csv/,
    ],
    ['no content type', event('x', {}), 'UnsupportedMediaType', /content-type is null/],
    ['no body', event(null), 'InvalidInput', /the body is empty/],
    [
      'a body over the limit',
      event('x'.repeat(MAX + 1)),
      'PayloadTooLarge',
      /4194305 bytes; at most 4194304/,
    ],
  ])('refuses %s', (_, request, code, message) => {
    expect(() => readRequest(request, MAX)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => readRequest(request, MAX)).toThrow(message);
  });
});

describe('an answer', () => {
  const answer = { statusCode: 200, body: '"'.repeat(10) };
  // {"statusCode":200,"body":"…"} with ten quotes of two bytes each.
  const BYTES = 28 + 20;

  test('passes as long as Lambda lets it through, with its quotes escaped', () => {
    expect(limited(answer, BYTES)).toBe(answer);
  });

  test('that Lambda would cut off is refused with the number', () => {
    expect(() => limited(answer, BYTES - 1)).toThrow(
      expect.objectContaining({
        code: 'PayloadTooLarge',
        message: expect.stringContaining('48 bytes') as string,
      }) as Error,
    );
  });
});

describe('GET /schema', () => {
  const encoding = {
    formatVersion: 1,
    label: { kind: 'class', name: 'ill', classes: ['no', 'yes'], counts: [5, 5] },
    features: [
      { name: 'age', type: 'number', missing: 'impute', fill: 40, low: 1, high: 90, min: null, max: null },
    ],
    inputs: [{ kind: 'number', name: 'age', fill: 40 }],
    ignored: ['ill'],
  };
  const bucket = (objects: Record<string, unknown>) => ({
    json: async <T>(key: string) => (objects[key] ?? null) as T | null,
  });

  test('says what the champion takes and answers, with an example', async () => {
    const objects = { 'champion.json': { runId: 'run-1' }, 'runs/run-1/schema/encoding.json': encoding };
    const answer = await answerSchema(bucket(objects));
    expect(JSON.parse(answer.body)).toMatchObject({
      modelVersion: 'run-1',
      label: 'ill',
      classes: ['no', 'yes'],
      features: [{ name: 'age', type: 'number' }],
      example: { instances: [{ age: expect.any(Number) as number }] },
    });
  });

  test.each([
    ['no model is deployed yet', {}],
    ['the model run-1 was trained without a table', { 'champion.json': { runId: 'run-1' } }],
  ])('says that %s', async (message, objects) => {
    await expect(answerSchema(bucket(objects))).rejects.toMatchObject({
      code: 'EndpointUnavailable',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('translate', () => {
  const failure = (name: string, fields: object = {}, message = name) =>
    Object.assign(new Error(message), { name, ...fields });
  const fromModel = (status: number, text = '') =>
    failure('ModelError', { OriginalStatusCode: status, OriginalMessage: text });
  const spoken = JSON.stringify({
    error: {
      code: 'InvalidInput',
      message: 'instances[0].area: "x" is not a number',
      field: 'instances[0].area',
    },
  });

  test.each([
    [fromModel(400, spoken), 400],
    [fromModel(413, spoken), 413],
    [fromModel(415, spoken), 415],
    [fromModel(500, 'trace'), 502],
    [fromModel(0), 502],
    [failure('ThrottlingException'), 429],
    [failure('TimeoutError'), 504],
    [failure('ServiceUnavailable'), 503],
    [failure('ValidationError', {}, 'Endpoint mlops of account 1 not found.'), 503],
    [failure('AccessDeniedException'), 500],
    [failure('TypeError'), 500],
  ])('%s becomes %i', (error, status) => {
    expect(answerError(translate(error)).statusCode).toBe(status);
  });

  test("the caller's fault comes with the model's words and field", () => {
    const { body } = answerError(translate(fromModel(400, spoken)));
    expect(JSON.parse(body)).toEqual(JSON.parse(spoken));
  });

  test("the model's own failure does not leak what it said", () => {
    expect(answerError(translate(fromModel(500, 'secret trace'))).body).not.toContain('secret');
    expect(answerError(new Error('secret')).body).not.toContain('secret');
  });

  test('every error of the catalogue has its status and one shape', () => {
    for (const [code, status] of Object.entries(API_ERRORS)) {
      const answer = answerError(new ApiError(code as ApiErrorCode, 'm', 'f'));
      expect(answer.statusCode).toBe(status);
      expect(JSON.parse(answer.body)).toEqual({ error: { code, message: 'm', field: 'f' } });
    }
  });
});
