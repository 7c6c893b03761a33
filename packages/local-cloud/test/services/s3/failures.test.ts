import { request } from 'node:http';
import { Readable } from 'node:stream';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

test('an object is written to disk in pieces: an interrupted upload leaves no object', async () => {
  const Bucket = await s3Cloud.bucket('broken-off');
  const caller = { principal: s3Cloud.here.cloud.principals.operator };
  const Body = Readable.from(
    (function* () {
      yield Buffer.from('some');
      throw new Error('the line went dead');
    })(),
  );
  await expect(
    s3Cloud.here.cloud.call('s3', 'PutObject', { Bucket, Key: 'k', Body }, caller),
  ).rejects.toThrow('the line went dead');
  await s3Cloud.client.deleteBucket({ Bucket });
});

test('a client that is still sending reads a refusal', async () => {
  const attempt = s3Cloud.client.putObject({ Bucket: 'not-there', Key: 'k', Body: Buffer.alloc(8_000_000) });
  await expect(attempt).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('errors on the wire: an XML body for GET, none for HEAD', async () => {
  const ask = (method: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const headers = {
        authorization:
          'AWS4-HMAC-SHA256 Credential=x/20300101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00',
        'x-amz-date': '20300101T000000Z',
      };
      const outgoing = request(`${s3Cloud.here.client.endpoint}/b/k`, { method, headers }, (response) => {
        let body = '';
        response.on('data', (chunk: Buffer) => (body += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode!, body }));
      });
      outgoing.on('error', reject);
      outgoing.end();
    });
  expect(await ask('HEAD')).toEqual({ status: 403, body: '' });
  expect((await ask('GET')).body).toMatch(/<Error><Code>InvalidAccessKeyId<\/Code><Message>.*<RequestId>/);
});
