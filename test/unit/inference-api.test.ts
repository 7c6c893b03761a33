import { ApiError, answerError, API_ERRORS, type ApiErrorCode } from '../../lambda/inference/errors';
import { MAX_BODY_BYTES, readRequest } from '../../lambda/inference/request';
import { translate } from '../../lambda/inference/sagemaker-runtime';

const event = (
  body: string | null,
  headers: Record<string, string> = { 'content-type': 'application/json' },
  isBase64Encoded = false,
) => ({ body, headers, isBase64Encoded });

describe('readRequest', () => {
  test.each([
    ['Content-Type', 'application/json'],
    ['CONTENT-TYPE', 'application/json; charset=utf-8'],
    ['content-type', 'text/csv'],
  ])('takes the header %s: %s', (name, value) => {
    expect(readRequest(event('x', { [name]: value })).contentType).toBe(value.split(';')[0]);
  });

  test('decodes base64, as API Gateway sends binary bodies', () => {
    const { body } = readRequest(event(Buffer.from('a,b').toString('base64'), undefined, true));
    expect(Buffer.from(body).toString()).toBe('a,b');
  });

  test.each<[string, ReturnType<typeof event>, ApiErrorCode, RegExp]>([
    [
      'another content type',
      event('x', { 'content-type': 'text/plain' }),
      'UnsupportedMediaType',
      /content-type is "text\/plain"; allowed are application\/json and text\/csv/,
    ],
    ['no content type', event('x', {}), 'UnsupportedMediaType', /content-type is null/],
    ['no body', event(null), 'InvalidInput', /the body is empty/],
    [
      'a body over the limit',
      event('x'.repeat(MAX_BODY_BYTES + 1)),
      'PayloadTooLarge',
      /6291457 bytes; at most 6291456/,
    ],
  ])('refuses %s', (_, request, code, message) => {
    expect(() => readRequest(request)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => readRequest(request)).toThrow(message);
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
