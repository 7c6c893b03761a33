import { request } from 'node:http';
import { Readable } from 'node:stream';
import { s3Playground, type S3Playground } from './s3-playground';

let play: S3Playground;
beforeAll(async () => (play = await s3Playground()));
afterAll(() => play.here.close());

test('an object is sent to disk piece by piece: an upload that breaks off leaves nothing', async () => {
  const Bucket = await play.bucket('broken-off');
  const caller = { principal: play.here.cloud.principals.operator };
  const Body = Readable.from(
    (function* () {
      yield Buffer.from('some');
      throw new Error('the line went dead');
    })(),
  );
  await expect(play.here.cloud.call('s3', 'PutObject', { Bucket, Key: 'k', Body }, caller)).rejects.toThrow(
    'the line went dead',
  );
  await play.client.deleteBucket({ Bucket });
});

test('a refusal is read even by a client that is still sending', async () => {
  const attempt = play.client.putObject({ Bucket: 'not-there', Key: 'k', Body: Buffer.alloc(8_000_000) });
  await expect(attempt).rejects.toMatchObject({ name: 'NoSuchBucket' });
});

test('the wire says what the SDK hides: an XML error body for GET, none for HEAD', async () => {
  const ask = (method: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const headers = {
        authorization:
          'AWS4-HMAC-SHA256 Credential=x/20300101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00',
        'x-amz-date': '20300101T000000Z',
      };
      const outgoing = request(`${play.here.client.endpoint}/b/k`, { method, headers }, (response) => {
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
