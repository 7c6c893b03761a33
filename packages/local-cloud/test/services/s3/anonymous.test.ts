import { policyAuthorizer } from '../../../src/access/authorizer';
import { isPublic } from '../../../src/services/s3/public-access';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud({ authorizer: policyAuthorizer })));
afterAll(() => s3Cloud.here.close());

async function ask(path: string, options: { method?: string; body?: string } = {}) {
  const response = await fetch(`${s3Cloud.here.client.endpoint}${path}`, options);
  const text = await response.text();
  return [response.status, /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? text];
}

const everyone = (Bucket: string, Action: string | string[], more: object = {}) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Allow', Principal: '*', Action },
        Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
        ...more,
      },
    ],
  });

const open = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: false,
  RestrictPublicBuckets: false,
};
const block = (Bucket: string, PublicAccessBlockConfiguration: object) =>
  s3Cloud.client.putPublicAccessBlock({ Bucket, PublicAccessBlockConfiguration });

test.each(['GET', 'PUT', 'DELETE', 'HEAD'])('an unsigned %s is denied in XML', async (method) => {
  const Bucket = await s3Cloud.bucket('private');
  const denied = method === 'HEAD' ? '' : 'AccessDenied';
  expect(await ask(`/${Bucket}/k`, { method })).toEqual([403, denied]);
  expect(await ask(`/${Bucket}`, { method })).toEqual([403, denied]);
});

test('an unsigned listing of buckets is denied, with the message for anonymous callers', async () => {
  const response = await fetch(s3Cloud.here.client.endpoint);
  expect([response.status, response.headers.get('content-type')]).toEqual([403, 'application/xml']);
  expect(await response.text()).toContain('<Error><Code>AccessDenied</Code><Message>Access Denied</Message>');
});

test('a public bucket serves only what its policy allows', async () => {
  const Bucket = await s3Cloud.bucket('public');
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'hello' });
  await block(Bucket, open);
  await s3Cloud.client.putBucketPolicy({ Bucket, Policy: everyone(Bucket, 's3:GetObject') });
  expect(await ask(`/${Bucket}/k`)).toEqual([200, 'hello']);
  expect(await ask(`/${Bucket}/k?response-content-type=text/plain`)).toEqual([400, 'InvalidRequest']);
  // Without the permission to list, a missing object cannot be distinguished from a hidden one.
  expect(await ask(`/${Bucket}/missing`)).toEqual([403, 'AccessDenied']);
  expect(await ask(`/${Bucket}/k`, { method: 'PUT', body: 'x' })).toEqual([403, 'AccessDenied']);
  expect(await ask(`/${Bucket}?list-type=2`)).toEqual([403, 'AccessDenied']);
  const Policy = everyone(Bucket, ['s3:GetObject', 's3:ListBucket', 's3:PutObject']);
  await s3Cloud.client.putBucketPolicy({ Bucket, Policy });
  expect(await ask(`/${Bucket}/missing`)).toEqual([404, 'NoSuchKey']);
  expect(await ask(`/${Bucket}/new`, { method: 'PUT', body: 'x' })).toEqual([200, '']);
  expect(await s3Cloud.read(Bucket, 'new')).toBe('x');
  await block(Bucket, { ...open, RestrictPublicBuckets: true });
  expect(await ask(`/${Bucket}/k`)).toEqual([403, 'AccessDenied']);
});

test('a new bucket refuses a public policy', async () => {
  const Bucket = await s3Cloud.bucket('blocked');
  const put = (more: object = {}) =>
    s3Cloud.client.putBucketPolicy({ Bucket, Policy: everyone(Bucket, 's3:GetObject', more) });
  await expect(put()).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringMatching(/prevented by the BlockPublicPolicy setting/),
  });
  await put({ Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } });
  await s3Cloud.client.deletePublicAccessBlock({ Bucket });
  await expect(s3Cloud.client.getPublicAccessBlock({ Bucket })).rejects.toMatchObject({
    name: 'NoSuchPublicAccessBlockConfiguration',
  });
  await put();
});

test.each([
  [{ Principal: '*' }, true],
  [{ Principal: { AWS: ['*'] } }, true],
  [{ Principal: '*', Effect: 'Deny' }, false],
  [{ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, false],
  [{ Principal: { Service: 'logging.s3.amazonaws.com' } }, false],
  [{ Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } }, true],
  [{ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, false],
  [{ Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } }, true],
  [{ Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } } }, true],
  [{ Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.0.2.1'] } } }, false],
  [{ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }, true],
])('the policy %j: public is %s', (statement, expected) => {
  expect(isPublic(everyone('b', 's3:GetObject', statement))).toBe(expected);
});
