import { policyAuthorizer } from '../../../src/access/authorizer';
import { allow, credentialsWith } from '../../access/actors';
import * as forms from './forms';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

const { Bucket, element, failure, answerOf } = forms;
let s3Cloud: S3Cloud;
beforeAll(async () => {
  s3Cloud = await startS3Cloud({ authorizer: policyAuthorizer });
  await s3Cloud.bucket(Bucket, { versioned: false });
});
afterAll(() => s3Cloud.here.close());

const upload = (options?: forms.Upload) => forms.upload(s3Cloud.here.client.endpoint, options);

describe('the policy', () => {
  test('expires', async () => {
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

  test('must have conditions that hold', async () => {
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

  test('limits the size of the file, and a refused file is not stored', async () => {
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
    await expect(s3Cloud.client.headObject({ Bucket, Key: 'size' })).rejects.toMatchObject({
      name: 'NotFound',
    });
    expect((await upload({ conditions, content: 'hello', fields: { key: 'size' } })).status).toBe(204);
    const text = await upload({ conditions: [['content-length-range', 'test', 10]] });
    expect(failure(text)[2]).toContain('Policy Condition failed: ["content-length-range", "test", "10"]');
  });
});

describe('the signature', () => {
  test('must match the policy', async () => {
    const changed = await upload({
      change: (fields) => (fields.policy = Buffer.from('{"conditions":[]}').toString('base64')),
    });
    expect(failure(changed).slice(0, 2)).toEqual([403, 'SignatureDoesNotMatch']);
    const stranger = await upload({ credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'x' } });
    expect(failure(stranger).slice(0, 2)).toEqual([403, 'InvalidAccessKeyId']);
  });

  test.each(['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature', 'policy'])(
    'must be complete: %s',
    async (name) => {
      const answer = await upload({ change: (fields) => delete fields[name.toLowerCase()] });
      expect(failure(answer).slice(0, 2)).toEqual([400, 'InvalidArgument']);
      expect(element(answer.body, 'ArgumentName')).toBe(name);
    },
  );

  test('determines the principal that writes the object', async () => {
    const as = (name: string, ...statements: object[]) => ({
      credentials: credentialsWith(s3Cloud.here.cloud, name, statements),
    });
    const writer = allow('s3:PutObject', `arn:aws:s3:::${Bucket}/user/*`);
    expect((await upload({ fields: { key: 'user/x' }, ...as('writer', writer) })).status).toBe(204);
    const denied = await upload({ fields: { key: 'other' }, ...as('writer-2', writer) });
    expect(failure(denied)[2]).toMatch(/role\/writer-2\/session is not authorized to perform: s3:PutObject/);
    const tagging = '<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>';
    const tagged = await upload({ fields: { key: 'user/x', tagging }, ...as('writer-3', writer) });
    expect(failure(tagged)[2]).toMatch(/s3:PutObjectTagging/);
  });

  test('may be missing: the form is anonymous, and is refused because its bucket is not public', async () => {
    expect(failure(await answerOf(await forms.send(s3Cloud.here.client.endpoint, { key: 'k' })))).toEqual([
      403,
      'AccessDenied',
      'Access Denied',
    ]);
  });

  test('of another version is refused', async () => {
    const fields = { key: 'k', AWSAccessKeyId: 'AKIAX', Signature: 'x', policy: 'x' };
    expect(failure(await answerOf(await forms.send(s3Cloud.here.client.endpoint, fields)))[1]).toBe(
      'InvalidRequest',
    );
  });
});
