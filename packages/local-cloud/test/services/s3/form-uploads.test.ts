import { createHash } from 'node:crypto';
import { policyAuthorizer } from '../../../src/access/authorizer';

import * as forms from './forms';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

const { Bucket, element, failure, answerOf, signed } = forms;
let s3Cloud: S3Cloud;
beforeAll(async () => {
  s3Cloud = await startS3Cloud({ authorizer: policyAuthorizer });
  await s3Cloud.bucket(Bucket, { versioned: false });
});
afterAll(() => s3Cloud.here.close());

const upload = (options?: forms.Upload) => forms.upload(s3Cloud.here.client.endpoint, options);

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
  expect(headers.get('location')).toBe(`${s3Cloud.here.client.endpoint}/${Bucket}/user%2Ft.csv`);
  const head = await s3Cloud.client.headObject({ Bucket, Key: 'user/t.csv' });
  expect(head).toMatchObject({
    ...{ ContentType: 'text/csv', CacheControl: 'no-store', Metadata: { owner: 'team' } },
    ...{ StorageClass: 'STANDARD_IA', ServerSideEncryption: 'AES256', TagCount: 1, ContentLength: 5 },
    ExpiresString: 'Wed, 02 Jan 2030 03:04:05 GMT',
  });
  expect((await s3Cloud.client.getObjectTagging({ Bucket, Key: 'user/t.csv' })).TagSet).toEqual([
    { Key: 'a', Value: 'b c' },
  ]);
});

test('a large file is stored unchanged', async () => {
  const content = `${'x'.repeat(3_000_000)}\r\n--not the boundary\r\n`;
  expect((await upload({ content, fields: { key: 'large' } })).status).toBe(204);
  expect(await s3Cloud.read(Bucket, 'large')).toBe(content);
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
  const etag = (await s3Cloud.client.headObject({ Bucket, Key: 'a b' })).ETag;
  expect(shown).toEqual([`${s3Cloud.here.client.endpoint}/${Bucket}/a%20b`, Bucket, 'a b', etag]);
});

test("success_action_redirect redirects the browser, with the new object's bucket, key and ETag", async () => {
  const { status, headers } = await upload({
    fields: { success_action_redirect: 'http://localhost/done?x=1' },
  });
  const { ETag } = await s3Cloud.client.headObject({ Bucket, Key: 'k' });
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

test('a form without a file, without a key, of another type, too long or incomplete is refused', async () => {
  const post = async (body: string, type = 'multipart/form-data; boundary=b') => {
    const url = `${s3Cloud.here.client.endpoint}/${Bucket}`;
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
  const url = `${s3Cloud.here.client.endpoint}/${Bucket}`;
  expect((await fetch(url, { method: 'POST', body: form })).status).toBe(204);
  expect(await s3Cloud.read(Bucket, 'text-${filename}')).toBe('content');
});

test('an upload by a form is published to EventBridge', async () => {
  const bucket = { Bucket, NotificationConfiguration: { EventBridgeConfiguration: {} } };
  await s3Cloud.client.putBucketNotificationConfiguration(bucket);
  const seen: unknown[] = [];
  s3Cloud.here.cloud.events.subscribe(({ detail }) => seen.push((detail as { reason?: string }).reason));
  await upload();
  expect(seen).toEqual(['POST Object']);
});
