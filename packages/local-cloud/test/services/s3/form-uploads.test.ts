import { createHash, createHmac } from 'node:crypto';
import { S3 } from '@aws-sdk/client-s3';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { allow, credentialsWith } from '../../access/actors';
import { s3Playground, type S3Playground } from './s3-playground';

let play: S3Playground;
const Bucket = 'forms';
beforeAll(async () => {
  play = await s3Playground({ authorizer: policyAuthorizer });
  await play.bucket(Bucket, { versioned: false });
});
afterAll(() => play.here.close());

interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

interface Upload {
  fields?: Record<string, string>;
  /** Beside those of the bucket and of the fields. */
  conditions?: unknown[];
  credentials?: Credentials;
  expiration?: string;
  content?: string;
  filename?: string;
  change?: (fields: Record<string, string>) => void;
}

/** The fields of a form, signed as AWS documents it ("Calculating a signature": POST policy). */
function signed({
  fields = {},
  conditions = [],
  credentials = play.here.client.credentials,
  ...more
}: Upload) {
  const date = '20300101';
  const scope = ['us-east-1', 's3', 'aws4_request'];
  const all: Record<string, string> = {
    key: 'k',
    ...fields,
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': [credentials.accessKeyId, date, ...scope].join('/'),
    'x-amz-date': `${date}T000000Z`,
    ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
  };
  // As SDKs do it: a key that ends in ${filename} has a condition on what comes before.
  const conditionOf = ([name, value]: [string, string]) =>
    value.endsWith('${filename}')
      ? ['starts-with', `$${name}`, value.slice(0, -'${filename}'.length)]
      : { [name]: value };
  const document = {
    expiration: more.expiration ?? '2100-01-01T00:00:00Z',
    conditions: [{ bucket: Bucket }, ...conditions, ...Object.entries(all).map(conditionOf)],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString('base64');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const key = [date, ...scope].reduce<string | Buffer>(hmac, `AWS4${credentials.secretAccessKey}`);
  return { ...all, policy, 'x-amz-signature': hmac(key, policy).toString('hex') };
}

async function send(fields: Record<string, string>, { content = 'hello', filename = 'a.txt' }: Upload = {}) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob([content], { type: 'text/x-ignored' }), filename);
  form.append('after', 'ignored');
  const url = `${play.here.client.endpoint}/${Bucket}`;
  return fetch(url, { method: 'POST', body: form, redirect: 'manual' });
}

async function upload(options: Upload = {}) {
  const fields: Record<string, string> = signed(options);
  options.change?.(fields);
  const response = await send(fields, options);
  return { status: response.status, headers: response.headers, body: await response.text() };
}

const element = (body: string, name: string) =>
  new RegExp(`<${name}>([^<]*)</${name}>`)
    .exec(body)?.[1]
    ?.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
const failure = ({ status, body }: { status: number; body: string }) => [
  status,
  element(body, 'Code'),
  element(body, 'Message'),
];

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

describe('the policy', () => {
  test('has an end', async () => {
    expect(failure(await upload({ expiration: '2020-01-01T00:00:00Z' }))).toEqual([
      403,
      'AccessDenied',
      'Invalid according to Policy: Policy expired.',
    ]);
    expect(failure(await upload({ expiration: 'tomorrow' }))[1]).toBe('InvalidPolicyDocument');
  });

  test('covers every field', async () => {
    const extra = await upload({ change: (fields) => (fields['x-amz-meta-more'] = 'x') });
    expect(failure(extra)).toEqual([
      403,
      'AccessDenied',
      'Invalid according to Policy: Extra input fields: x-amz-meta-more',
    ]);
    expect((await upload({ change: (fields) => (fields['x-ignore-this'] = 'x') })).status).toBe(204);
  });

  test('has conditions that hold', async () => {
    const failed = (condition: string) => [
      403,
      'AccessDenied',
      `Invalid according to Policy: Policy Condition failed: ${condition}`,
    ];
    const other = await upload({ change: (fields) => (fields.key = 'other') });
    expect(failure(other)).toEqual(failed('["eq", "$key", "k"]'));
    const prefix = ['starts-with', '$key', 'user/'];
    expect(failure(await upload({ conditions: [prefix] }))).toEqual(
      failed('["starts-with", "$key", "user/"]'),
    );
    expect(failure(await upload({ conditions: [['eq', 'key', 'k']] }))).toEqual(failed('["eq", "key", "k"]'));
    expect(failure(await upload({ conditions: [{ bucket: 'b' }] }))).toEqual(
      failed('["eq", "$bucket", "b"]'),
    );
    const types = ['starts-with', '$Content-Type', 'image/'];
    const withType = (type: string) => upload({ conditions: [types], fields: { 'Content-Type': type } });
    expect([(await withType('image/png')).status, (await withType('text/csv')).status]).toEqual([204, 403]);
    expect(failure(await upload({ conditions: [{ a: '1', b: '2' }] }))).toEqual([
      400,
      'InvalidPolicyDocument',
      'Invalid Policy: Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.',
    ]);
  });

  test('limits the size of the file, and nothing is stored of a refused one', async () => {
    const conditions = [['content-length-range', 2, 5]];
    const large = await upload({ conditions, content: 'x'.repeat(1_000_000), fields: { key: 'size' } });
    expect(failure(large)).toEqual([
      400,
      'EntityTooLarge',
      'Your proposed upload exceeds the maximum allowed size',
    ]);
    const sizes = ['ProposedSize', 'MaxSizeAllowed'].map((name) => element(large.body, name));
    expect(sizes).toEqual(['1000000', '5']);
    const small = await upload({ conditions, content: 'x', fields: { key: 'size' } });
    expect([failure(small)[1], element(small.body, 'MinSizeAllowed')]).toEqual(['EntityTooSmall', '2']);
    await expect(play.client.headObject({ Bucket, Key: 'size' })).rejects.toMatchObject({ name: 'NotFound' });
    expect((await upload({ conditions, content: 'hello', fields: { key: 'size' } })).status).toBe(204);
    const text = await upload({ conditions: [['content-length-range', 'test', 10]] });
    expect(failure(text)[2]).toContain('Policy Condition failed: ["content-length-range", "test", "10"]');
  });
});

describe('the signature', () => {
  test('is that of the policy', async () => {
    const changed = await upload({
      change: (fields) => (fields.policy = Buffer.from('{"conditions":[]}').toString('base64')),
    });
    expect(failure(changed).slice(0, 2)).toEqual([403, 'SignatureDoesNotMatch']);
    const stranger = await upload({ credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'x' } });
    expect(failure(stranger).slice(0, 2)).toEqual([403, 'InvalidAccessKeyId']);
  });

  test.each(['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature', 'policy'])(
    'is whole: %s',
    async (name) => {
      const answer = await upload({ change: (fields) => delete fields[name.toLowerCase()] });
      expect(failure(answer).slice(0, 2)).toEqual([400, 'InvalidArgument']);
      expect(element(answer.body, 'ArgumentName')).toBe(name);
    },
  );

  test('says in whose name the object is written', async () => {
    const as = (name: string, ...statements: object[]) => ({
      credentials: credentialsWith(play.here.cloud, name, statements),
    });
    const writer = allow('s3:PutObject', `arn:aws:s3:::${Bucket}/user/*`);
    expect((await upload({ fields: { key: 'user/x' }, ...as('writer', writer) })).status).toBe(204);
    const denied = await upload({ fields: { key: 'other' }, ...as('writer-2', writer) });
    expect(failure(denied)[2]).toMatch(/role\/writer-2\/session is not authorized to perform: s3:PutObject/);
    const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
    const tagged = await upload({ fields: { key: 'user/x', tagging }, ...as('writer-3', writer) });
    expect(failure(tagged)[2]).toMatch(/s3:PutObjectTagging/);
  });

  test('is missing: the form is anonymous, and its bucket not public', async () => {
    expect(failure(await answerOf(await send({ key: 'k' })))).toEqual([403, 'AccessDenied', 'Access Denied']);
  });

  test('of another version is refused', async () => {
    const fields = { key: 'k', AWSAccessKeyId: 'AKIAX', Signature: 'x', policy: 'x' };
    expect(failure(await answerOf(await send(fields)))[1]).toBe('InvalidRequest');
  });
});

async function answerOf(response: Response) {
  return { status: response.status, body: await response.text() };
}

test.each([
  ['x-amz-website-redirect-location', '/x', 501, 'NotImplemented'],
  ['x-amz-copy-source', 'b/k', 501, 'NotImplemented'],
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
  await new S3(play.here.client).putBucketNotificationConfiguration(bucket);
  const seen: unknown[] = [];
  play.here.cloud.events.subscribe(({ detail }) => seen.push((detail as { reason?: string }).reason));
  await upload();
  expect(seen).toEqual(['POST Object']);
});
