import { S3 } from '@aws-sdk/client-s3';
import { policyAuthorizer } from '../../../src/access/authorizer';
import { allow, credentialsWith } from '../../access/actors';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
let count = 0;
const Bucket = 'tags';
const OBJECTS = `arn:aws:s3:::${Bucket}/*`;
beforeAll(async () => {
  s3Cloud = await startS3Cloud({ authorizer: policyAuthorizer });
  await s3Cloud.bucket(Bucket);
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'x', Tagging: 'team=blue' });
});
afterAll(() => s3Cloud.here.close());

const as = (...statements: object[]) =>
  new S3({
    ...s3Cloud.here.client,
    credentials: credentialsWith(s3Cloud.here.cloud, `r${++count}`, statements),
  });
const denied = (action: string) => ({
  name: 'AccessDenied',
  message: expect.stringContaining(`not authorized to perform: ${action} on`),
});

test('writing an object with tags needs two permissions', async () => {
  const object = { Bucket, Key: 'new', Body: 'x' };
  const writer = as(allow('s3:PutObject', OBJECTS));
  await writer.putObject(object);
  await expect(writer.putObject({ ...object, Tagging: 'a=b' })).rejects.toMatchObject(
    denied('s3:PutObjectTagging'),
  );
  const upload = writer.createMultipartUpload({ Bucket, Key: 'new', Tagging: 'a=b' });
  await expect(upload).rejects.toMatchObject(denied('s3:PutObjectTagging'));
  await as(allow(['s3:PutObject', 's3:PutObjectTagging'], OBJECTS)).putObject({ ...object, Tagging: 'a=b' });
});

test('copying an object that has tags needs permission to read and to write them', async () => {
  const copy = (client: S3) => client.copyObject({ Bucket, Key: 'copy', CopySource: `${Bucket}/k` });
  const actions = ['s3:GetObject', 's3:PutObject'];
  await expect(copy(as(allow(actions, OBJECTS)))).rejects.toMatchObject(denied('s3:GetObjectTagging'));
  actions.push('s3:GetObjectTagging');
  await expect(copy(as(allow(actions, OBJECTS)))).rejects.toMatchObject(denied('s3:PutObjectTagging'));
  actions.push('s3:PutObjectTagging');
  await copy(as(allow(actions, OBJECTS)));
});

test('reading, writing and deleting tags need separate permissions, and different ones for a version', async () => {
  const { VersionId } = await s3Cloud.client.headObject({ Bucket, Key: 'k' });
  const client = as();
  const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
  const target = { Bucket, Key: 'k' };
  for (const [attempt, action] of [
    [() => client.getObjectTagging(target), 's3:GetObjectTagging'],
    [() => client.putObjectTagging({ ...target, Tagging }), 's3:PutObjectTagging'],
    [() => client.deleteObjectTagging(target), 's3:DeleteObjectTagging'],
    [() => client.getObjectTagging({ ...target, VersionId }), 's3:GetObjectVersionTagging'],
    [() => client.putObjectTagging({ ...target, VersionId, Tagging }), 's3:PutObjectVersionTagging'],
    [() => client.deleteObjectTagging({ ...target, VersionId }), 's3:DeleteObjectVersionTagging'],
  ] as const) {
    await expect(attempt()).rejects.toMatchObject(denied(action));
  }
});

test('the number of tags is returned to callers that may read them', async () => {
  const count = async (...actions: string[]) =>
    (await as(allow(actions, OBJECTS)).headObject({ Bucket, Key: 'k' })).TagCount;
  expect([await count('s3:GetObject'), await count('s3:GetObject', 's3:GetObjectTagging')]).toEqual([
    undefined,
    1,
  ]);
});

test('policies see the tags of a request and of an object', async () => {
  const condition = (key: string, value: string) => ({ Condition: { StringEquals: { [key]: value } } });
  const reader = (team: string) =>
    as(allow('s3:GetObject', OBJECTS, condition('s3:ExistingObjectTag/team', team)));
  await reader('blue').getObject({ Bucket, Key: 'k' });
  await expect(reader('red').getObject({ Bucket, Key: 'k' })).rejects.toMatchObject(denied('s3:GetObject'));
  const tagger = as(allow('s3:PutObjectTagging', OBJECTS, condition('s3:RequestObjectTag/team', 'red')));
  const put = (Value: string) =>
    tagger.putObjectTagging({ Bucket, Key: 'other', Tagging: { TagSet: [{ Key: 'team', Value }] } });
  await s3Cloud.client.putObject({ Bucket, Key: 'other', Body: 'x' });
  await put('red');
  await expect(put('blue')).rejects.toMatchObject(denied('s3:PutObjectTagging'));
});

test('policies see the headers of a write, and the version of a read', async () => {
  const required = { Condition: { StringEquals: { 's3:x-amz-server-side-encryption': 'AES256' } } };
  const writer = as(allow('s3:PutObject', OBJECTS, required));
  await writer.putObject({ Bucket, Key: 'w', Body: 'x', ServerSideEncryption: 'AES256' });
  const plain = writer.putObject({ Bucket, Key: 'w', Body: 'x' });
  await expect(plain).rejects.toMatchObject(denied('s3:PutObject'));
  const { VersionId } = await s3Cloud.client.headObject({ Bucket, Key: 'k' });
  const condition = { Condition: { StringEquals: { 's3:VersionId': VersionId } } };
  await as(allow('s3:GetObjectVersion', OBJECTS, condition)).getObject({ Bucket, Key: 'k', VersionId });
});

test('listing uploads and reading attributes need their permissions', async () => {
  await expect(as().listMultipartUploads({ Bucket })).rejects.toMatchObject(
    denied('s3:ListBucketMultipartUploads'),
  );
  await as(allow('s3:ListBucketMultipartUploads', `arn:aws:s3:::${Bucket}`)).listMultipartUploads({ Bucket });
  const attributes = (client: S3, VersionId?: string) =>
    client.getObjectAttributes({ Bucket, Key: 'k', VersionId, ObjectAttributes: ['ETag'] });
  const some = as(allow('s3:GetObject', OBJECTS));
  await expect(attributes(some)).rejects.toMatchObject(denied('s3:GetObjectAttributes'));
  await attributes(as(allow(['s3:GetObject', 's3:GetObjectAttributes'], OBJECTS)));
  const { VersionId } = await s3Cloud.client.headObject({ Bucket, Key: 'k' });
  const ofVersion = as(allow(['s3:GetObjectVersion', 's3:GetObjectVersionAttributes'], OBJECTS));
  await attributes(ofVersion, VersionId);
});
