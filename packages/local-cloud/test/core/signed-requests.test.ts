import { createHash, createHmac } from 'node:crypto';
import { request } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Checksum, HttpRequest } from '@smithy/types';
import { s3 } from '../../src/services/s3';
import { ssm } from '../../src/services/ssm';
import { testCloud, type TestCloud } from '../support/test-cloud';

/** The hash that AWS's signer needs, with Node's own crypto. */
class Sha256 implements Checksum {
  private readonly hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string);
  }
  update(data: Uint8Array): void {
    this.hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.hash.digest());
  }
  reset(): void {}
}

let here: TestCloud;
beforeAll(async () => {
  here = await testCloud([s3, ssm]);
  const caller = { principal: here.cloud.principals.operator };
  await here.cloud.call('s3', 'CreateBucket', { Bucket: 'bucket' }, caller);
  await here.cloud.call('s3', 'PutObject', { Bucket: 'bucket', Key: 'a b/c+d', Body: 'hello' }, caller);
});
afterAll(() => here.close());

const signer = (service: string) =>
  new SignatureV4({ ...here.client, service, sha256: Sha256, uriEscapePath: service !== 's3' });

function message(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): HttpRequest {
  const { hostname, port, host } = new URL(here.client.endpoint);
  return {
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path,
    query: {},
    headers: { host, ...headers },
    body,
  };
}

function send({ method, path, query = {}, headers, body }: HttpRequest) {
  const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const url = `${here.client.endpoint}${path}${search.length > 0 ? '?' : ''}${search.join('&')}`;
    const outgoing = request(url, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode!, body: text }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const target = { 'x-amz-target': 'AmazonSSM.GetParameter', 'content-type': 'application/x-amz-json-1.1' };

test.each([
  ['not JSON', '{"Name":', 400, /"__type":"SerializationException".*not JSON/],
  ['a list', '[1]', 400, /must be a JSON object, not \[1\]/],
  ['a wrong type', '{"Name":5}', 400, /"SerializationException".*Value 5 at 'Name' must be a string/],
  ['an unknown field', '{"Nam":"x"}', 400, /"ValidationException".*2 validation errors.*Unknown field 'Nam'/],
  ['more than 16 MiB', JSON.stringify({ Name: 'x'.repeat(17 * 1024 * 1024) }), 413, /RequestEntityTooLarge/],
])('a body with %s gets an answer before the connection closes', async (_, body, status, expected) => {
  const answer = await send(await signer('ssm').sign(message('POST', '/', target, body)));
  expect(answer.status).toBe(status);
  expect(answer.body).toMatch(expected);
});

test('a body changed after it was signed is refused', async () => {
  const signed = await signer('ssm').sign(message('POST', '/', target, '{"Name":"a"}'));
  expect((await send({ ...signed, body: '{"Name":"b"}' })).body).toContain('InvalidSignatureException');
  const headers = { 'x-amz-content-sha256': createHash('sha256').update('one').digest('hex') };
  const put = await signer('s3').sign(message('PUT', '/bucket/x', headers, 'one'));
  expect((await send({ ...put, body: 'two' })).body).toContain('XAmzContentSHA256Mismatch');
  expect((await send(put)).status).toBe(200);
});

test.each<[string, (signature: string) => string]>([
  ['characters appended', (signature) => `${signature}zz`],
  ['capital digits', (signature) => signature.toUpperCase()],
  ['its end missing', (signature) => signature.slice(0, -2)],
])('a signature with %s is refused', async (_, change) => {
  const signed = await signer('ssm').sign(message('POST', '/', target, '{"Name":"a"}'));
  const authorization = signed.headers.authorization!.replace(/[0-9a-f]{64}$/, (signature) =>
    change(signature),
  );
  expect(authorization).not.toBe(signed.headers.authorization);
  const answer = await send({ ...signed, headers: { ...signed.headers, authorization } });
  expect(answer.body).toContain('InvalidSignatureException');
});

describe('presigned URLs', () => {
  const presign = async (path: string, signingDate: Date) =>
    await signer('s3').presign(message('GET', path, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }), {
      expiresIn: 60,
      signingDate,
    });

  test('are valid for their object until they expire', async () => {
    const good = await presign('/bucket/a%20b/c%2Bd', new Date());
    expect(await send(good)).toEqual({ status: 200, body: 'hello' });
    expect((await send({ ...good, path: '/bucket/other' })).body).toContain('SignatureDoesNotMatch');
    const old = await presign('/bucket/a%20b/c%2Bd', new Date(Date.now() - 61_000));
    expect((await send(old)).body).toContain('Request has expired');
  });
});

test('a header that S3 reads must be signed', async () => {
  const headers = { 'x-amz-content-sha256': createHash('sha256').update('one').digest('hex') };
  const put = await signer('s3').sign(message('PUT', '/bucket/meta', headers, 'one'));
  const more = { 'x-amz-meta-a': '1', 'x-amz-acl': 'private' };
  const answer = await send({ ...put, headers: { ...put.headers, ...more } });
  expect(answer.status).toBe(403);
  expect(answer.body).toMatch(
    /AccessDenied.*There were headers present in the request which were not signed.*<HeadersNotSigned>x-amz-meta-a, x-amz-acl</,
  );
  const signed = await signer('s3').sign(message('PUT', '/bucket/meta', { ...headers, ...more }, 'one'));
  expect((await send(signed)).status).toBe(200);
  const url = await signer('s3').presign(
    message('PUT', '/bucket/meta', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
    { expiresIn: 60 },
  );
  const presigned = { ...url, body: 'one' };
  expect((await send(presigned)).status).toBe(200);
  expect((await send({ ...presigned, headers: { ...url.headers, ...more } })).body).toContain(
    'which were not signed',
  );
});

test.each(['s3', 'ssm'])('a request of %s has one signature, with nothing behind it', async (service) => {
  const hash = { 'x-amz-content-sha256': createHash('sha256').update('').digest('hex') };
  const request =
    service === 's3'
      ? message('GET', '/bucket/a%20b/c%2Bd', hash)
      : message('POST', '/', target, '{"Name":"missing"}');
  const signed = await signer(service).sign(request);
  const code = service === 's3' ? 'AuthorizationHeaderMalformed' : 'IncompleteSignatureException';
  const { authorization = '' } = signed.headers;
  const withHeader = (value: string | string[]) =>
    send({ ...signed, headers: { ...signed.headers, authorization: value as string } });
  expect((await send(signed)).body).not.toContain(code);
  expect((await withHeader(`${authorization}, Foo=bar`)).body).toContain(code);
  expect((await withHeader(`${authorization}, Signature=${'0'.repeat(64)}`)).body).toContain(code);
  expect((await withHeader([authorization, authorization])).body).toContain(code);
});

test('a presigned URL has one signature', async () => {
  const url = await signer('s3').presign(
    message('GET', '/bucket/a%20b/c%2Bd', { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }),
    { expiresIn: 60 },
  );
  expect((await send(url)).body).toBe('hello');
  const twice = `${url.path}?X-Amz-Signature=${'0'.repeat(64)}&`;
  const query = Object.entries(url.query ?? {}).map(
    ([name, value]) => `${name}=${encodeURIComponent(String(value))}`,
  );
  const answer = await send({ ...url, path: `${twice}${query.join('&')}`, query: {} });
  expect([answer.status, answer.body]).toEqual([
    400,
    expect.stringContaining('AuthorizationHeaderMalformed'),
  ]);
});

test('S3 requires the header with the hash of the body', async () => {
  const signed = await signer('ssm').sign(message('GET', '/bucket/x'));
  const { 'x-amz-content-sha256': _hash, ...headers } = signed.headers;
  const authorization = headers.authorization!.replace('/ssm/', '/s3/');
  expect((await send({ ...signed, headers: { ...headers, authorization } })).body).toMatch(
    /Missing required header.*x-amz-content-sha256/,
  );
});

test.each([
  ['a header', '/bucket/x', { authorization: 'AWS AKIA:x' }],
  ['a query', '/bucket/x?AWSAccessKeyId=AKIA&Signature=x&Expires=1', {}],
])('Signature Version 2 in %s is refused', async (_, path, headers) => {
  const answer = await send(message('GET', path, headers));
  expect([answer.status, answer.body]).toEqual([
    400,
    expect.stringContaining('Please use AWS4-HMAC-SHA256.'),
  ]);
});

describe('digests of a document', () => {
  const tags = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
  const digest = (algorithm: string, text = tags) => createHash(algorithm).update(text).digest('base64');

  test.each([
    ['content-md5', digest('md5'), 200, ''],
    ['content-md5', digest('md5', 'other'), 400, 'BadDigest'],
    ['content-md5', 'MTIz', 400, 'InvalidDigest'],
    ['x-amz-checksum-sha256', digest('sha256'), 200, ''],
    ['x-amz-checksum-sha256', digest('sha256', 'other'), 400, 'BadDigest'],
  ])('%s: %s', async (name, value, status, code) => {
    const headers = {
      [name]: value,
      'x-amz-content-sha256': createHash('sha256').update(tags).digest('hex'),
    };
    const put = { ...message('PUT', '/bucket', headers, tags), query: { tagging: '' } };
    const answer = await send(await signer('s3').sign(put));
    expect([answer.status, /<Code>(\w+)</.exec(answer.body)?.[1] ?? '']).toEqual([status, code]);
  });
});
