import { createHash } from 'node:crypto';
import { policyAuthorizer } from '../../../src/access/authorizer';

import * as forms from './forms';
import { s3Playground, type S3Playground } from './s3-playground';

const { Bucket, element, failure, answerOf, signed } = forms;
let play: S3Playground;
beforeAll(async () => {
  play = await s3Playground({ authorizer: policyAuthorizer });
  await play.bucket(Bucket, { versioned: false });
});
afterAll(() => play.here.close());

const upload = (options?: forms.Upload) => forms.upload(play.here.client.endpoint, options);

test('an object has the fields of its form', async () => {
  const { status, headers, body } = await upload({
    fields: {
      key: 'user/${filename}',
      acl: 'private',
      'Content-Type': 'text/csv',
      'Cache-Control': 'no-store',
      Expires: 'Wed, 02 Jan 2030 03:04:05 GMT',
      tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>b c</Value></Tag></TagSet></Tagging>',
      'x-amz-meta-owner': 'team',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-server-side-encryption': 'AES256',
    },
    filename: 'C:\\data\\t.csv',
  });
  expect([status, body]).toEqual([204, '']);
  const md5 = createHash('md5').update('hello').digest('hex');
  expect(headers.get('etag')).toBe(`"${md5}"`);
  expect(headers.get('location')).toBe(`${play.here.client.endpoint}/${Bucket}/user%2Ft.csv`);
  const head = await play.client.headObject({ Bucket, Key: 'user/t.csv' });
  expect(head).toMatchObject({
    ...{ ContentType: 'text/csv', CacheControl: 'no-store', Metadata: { owner: 'team' } },
    ...{ StorageClass: 'STANDARD_IA', ServerSideEncryption: 'AES256', TagCount: 1, ContentLength: 5 },
    ExpiresString: 'Wed, 02 Jan 2030 03:04:05 GMT',
  });
  expect((await play.client.getObjectTagging({ Bucket, Key: 'user/t.csv' })).TagSet).toEqual([
    { Key: 'a', Value: 'b c' },
  ]);
});

test('a large file goes through as it is', async () => {
  const content = `${'x'.repeat(3_000_000)}\r\n--not the boundary\r\n`;
  expect((await upload({ content, fields: { key: 'large' } })).status).toBe(204);
  expect(await play.read(Bucket, 'large')).toBe(content);
});

test.each([
  ['200', 200],
  ['201', 201],
  ['204', 204],
  ['404', 204],
])('success_action_status %s: %i', async (asked, expected) => {
  const { status, body } = await upload({ fields: { key: 'a b', success_action_status: asked } });
  expect(status).toBe(expected);
  if (status !== 201) return expect(body).toBe('');
  const shown = ['Location', 'Bucket', 'Key', 'ETag'].map((name) => element(body, name));
  const etag = (await play.client.headObject({ Bucket, Key: 'a b' })).ETag;
  expect(shown).toEqual([`${play.here.client.endpoint}/${Bucket}/a%20b`, Bucket, 'a b', etag]);
});

test('success_action_redirect sends the browser on, with what was made', async () => {
  const { status, headers } = await upload({
    fields: { success_action_redirect: 'http://localhost/done?x=1' },
  });
  const { ETag } = await play.client.headObject({ Bucket, Key: 'k' });
  expect(status).toBe(303);
  const { searchParams } = new URL(headers.get('location')!);
  expect(Object.fromEntries(searchParams)).toEqual({ x: '1', bucket: Bucket, key: 'k', etag: ETag });
});

test.each([
  ['x-amz-website-redirect-location', '/x', 501, 'NotImplemented'],
  ['x-amz-copy-source', 'b/k', 501, 'NotImplemented'],
  ['Content-MD5', 'AAAAAAAAAAAAAAAAAAAAAA==', 400, 'BadDigest'],
  ['acl', 'public-read', 400, 'AccessControlListNotSupported'],
  ['x-amz-storage-class', 'FAKE', 400, 'InvalidStorageClass'],
  ['tagging', 'not xml', 400, 'MalformedXML'],
])('the field %s: %s is refused', async (name, value, status, code) => {
  expect(failure(await upload({ fields: { [name]: value } })).slice(0, 2)).toEqual([status, code]);
});

test('a form without a file, without a key, of another type, too long or broken off is refused', async () => {
  const post = async (body: string, type = 'multipart/form-data; boundary=b') => {
    const url = `${play.here.client.endpoint}/${Bucket}`;
    const [status, code] = failure(
      await answerOf(await fetch(url, { method: 'POST', body, headers: { 'content-type': type } })),
    );
    return [status, code];
  };
  const field = (name: string, value: string) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  expect(await post(`${field('key', 'k')}--b--\r\n`)).toEqual([400, 'InvalidArgument']);
  expect(await post(`${field('file', 'x')}--b--\r\n`)).toEqual([400, 'InvalidArgument']);
  expect(await post('x', 'text/plain')).toEqual([412, 'PreconditionFailed']);
  expect(await post(field('key', 'k'))).toEqual([400, 'MalformedPOSTRequest']);
  expect(await post(`${field('key', 'k'.repeat(30_000))}--b--\r\n`)).toEqual([
    400,
    'MaxPostPreDataLengthExceeded',
  ]);
});

test('a file may be an ordinary field, whose form has no file name', async () => {
  const form = new FormData();
  for (const [name, value] of Object.entries(signed({ fields: { key: 'text-${filename}' } })))
    form.append(name, value);
  form.append('file', 'content');
  const url = `${play.here.client.endpoint}/${Bucket}`;
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
  expect(await play.read(Bucket, 'text-${filename}')).toBe('content');
});

test('EventBridge hears of an upload by a form', async () => {
  const bucket = { Bucket, NotificationConfiguration: { EventBridgeConfiguration: {} } };
  await play.client.putBucketNotificationConfiguration(bucket);
  const seen: unknown[] = [];
  play.here.cloud.events.subscribe(({ detail }) => seen.push((detail as { reason?: string }).reason));
  await upload();
  expect(seen).toEqual(['POST Object']);
});
