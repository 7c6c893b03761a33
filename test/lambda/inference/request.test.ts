import { type ApiErrorCode } from '../../../lambda/inference/errors';
import { readRequest } from '../../../lambda/inference/request';
import { table } from '../../../lib';
import type { AcceptedContent } from '../../../lib/contract/model';
import { ENDPOINT_BODY_BYTES, LAMBDA_PAYLOAD_BYTES } from '../../../lib/contract/payloads';

const ACCEPTS = table.api.accepts;
const KIND = 'serverless';
const MAX = ENDPOINT_BODY_BYTES[KIND];

const IMAGES: readonly AcceptedContent[] = [{ contentType: 'image/png', binary: true, schema: null }];

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
    expect(readRequest(event('x', { [name]: value }), ACCEPTS, KIND).contentType).toBe(value);
  });

  test('decodes base64, as API Gateway sends binary bodies', () => {
    const { body } = readRequest(
      event(Buffer.from('a,b').toString('base64'), undefined, true),
      ACCEPTS,
      KIND,
    );
    expect(Buffer.from(body).toString()).toBe('a,b');
  });

  test.each<[string, ReturnType<typeof event>, ApiErrorCode, RegExp]>([
    [
      'another content type',
      event('x', { 'content-type': 'text/plain' }),
      'UnsupportedMediaType',
      /content-type is "text\/plain".*application\/json.*text\/csv/,
    ],
    [
      'a compressed body',
      event('x', { 'content-type': 'text/csv', 'Content-Encoding': 'gzip' }),
      'UnsupportedMediaType',
      /content-encoding is "gzip"; must be absent or identity: send the body uncompressed/,
    ],
    ['no content type', event('x', {}), 'UnsupportedMediaType', /content-type is null/],
    ['no body', event(null), 'InvalidInput', /empty/],
    ['a body over the limit', event('x'.repeat(MAX + 1)), 'PayloadTooLarge', /4194305.*4194304/],
  ])('refuses %s', (_, request, code, message) => {
    expect(() => readRequest(request, ACCEPTS, KIND)).toThrow(expect.objectContaining({ code }) as Error);
    expect(() => readRequest(request, ACCEPTS, KIND)).toThrow(message);
  });

  test('takes the bytes of an image, and no text for one', () => {
    const bytes = Buffer.from([0x89, 0x50, 0x00, 0xff]);
    const png = { 'content-type': 'image/png' };
    const request = event(bytes.toString('base64'), png, true);
    expect(readRequest(request, IMAGES, KIND).body).toEqual(bytes);
    expect(() => readRequest(event('{}'), IMAGES, KIND)).toThrow(
      'header content-type is "application/json"; must be image/png',
    );
  });

  // Base64 in Lambda's event takes four bytes for three.
  test('refuses a binary body that Lambda could not receive', () => {
    const most = Math.floor((LAMBDA_PAYLOAD_BYTES / 4) * 3);
    const image = (size: number) =>
      event(Buffer.alloc(size).toString('base64'), { 'content-type': 'image/png' }, true);
    expect(readRequest(image(most), IMAGES, 'realtime').body).toHaveLength(most);
    expect(() => readRequest(image(most + 1), IMAGES, 'realtime')).toThrow(`at most ${most} are allowed`);
  });
});
