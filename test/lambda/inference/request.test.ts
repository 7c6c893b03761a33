import { type ApiErrorCode } from '../../../lambda/inference/errors';
import { readRequest } from '../../../lambda/inference/request';
import { table } from '../../../lib';
import { ENDPOINT_BODY_BYTES } from '../../../lib/contract/payloads';

const ACCEPTS = table.api.accepts;
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
    expect(readRequest(event('x', { [name]: value }), ACCEPTS, MAX).contentType).toBe(value);
  });

  test('decodes base64, as API Gateway sends binary bodies', () => {
    const { body } = readRequest(event(Buffer.from('a,b').toString('base64'), undefined, true), ACCEPTS, MAX);
    expect(Buffer.from(body).toString()).toBe('a,b');
  });

  test.each<[string, ReturnType<typeof event>, ApiErrorCode, RegExp]>([
    [
      'another content type',
      event('x', { 'content-type': 'text/plain' }),
      'UnsupportedMediaType',
      /content-type is "text\/plain".*application\/json.*text\/csv/,
    ],
    ['no content type', event('x', {}), 'UnsupportedMediaType', /content-type is null/],
    ['no body', event(null), 'InvalidInput', /empty/],
    ['a body over the limit', event('x'.repeat(MAX + 1)), 'PayloadTooLarge', /4194305.*4194304/],
  ])('refuses %s', (_, request, code, message) => {
    expect(() => readRequest(request, ACCEPTS, MAX)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => readRequest(request, ACCEPTS, MAX)).toThrow(message);
  });
});
