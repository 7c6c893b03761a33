import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { AwsChunkedDecoder } from '../../src/protocols/aws-chunked';

/** The CRC32 of "hello world", in S3's form. */
const CRC32 = 'DUoRhQ==';
const TRAILER = 'x-amz-checksum-crc32';
const framed = `6\r\nhello \r\n5;chunk-signature=abc\r\nworld\r\n0\r\n${TRAILER}:${CRC32}\r\n\r\n`;

const decode = (body: string, step: number, decoder = new AwsChunkedDecoder(TRAILER, 11)) => {
  const pieces = Array.from({ length: Math.ceil(body.length / step) }, (_, i) =>
    Buffer.from(body.slice(i * step, (i + 1) * step)),
  );
  return buffer(Readable.from(pieces).compose(decoder));
};

test.each([1, 2, 3, 7, 1000])(
  'the framing is removed when the body arrives in pieces of %i bytes',
  async (step) => {
    expect((await decode(framed, step)).toString()).toBe('hello world');
  },
);

test('an empty body', async () => {
  expect(await decode('0\r\n\r\n', 5, new AwsChunkedDecoder(undefined, 0))).toHaveLength(0);
});

test.each([
  ['a wrong checksum', framed.replace(CRC32, 'AAAAAA=='), /did not match what was received \(DUoRhQ==\)/],
  [
    'another length than announced',
    framed.replace('5;chunk-signature=abc\r\nworld\r\n', ''),
    /has 6 bytes, .* says 11/,
  ],
  [
    'no trailer where one is announced',
    framed.replace(`${TRAILER}:${CRC32}\r\n`, ''),
    /trailer x-amz-checksum-crc32 is missing/,
  ],
  ['an end in the middle', framed.slice(0, 20), /ends before its last chunk/],
  ['an invalid size', `zz\r\n${framed}`, /'zz' is not a chunk size/],
  ['a chunk that is longer than its size', framed.replace('6\r\n', '4\r\n'), /longer than its size/],
])('%s is refused', async (_, body, message) => {
  await expect(decode(body, 4)).rejects.toThrow(message);
});

test('a trailer of an unknown algorithm is refused by name', () => {
  expect(() => new AwsChunkedDecoder('x-amz-checksum-foo', 1)).toThrow(
    /'x-amz-checksum-foo' is not a supported checksum/,
  );
});
