import type { NormalizedSchema } from '@smithy/core/schema';
import { SUPPORTED_MEMBERS } from '../../../src/services/s3/input-members';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
let caller: object;
beforeAll(async () => {
  s3Cloud = await startS3Cloud();
  await s3Cloud.bucket('bucket');
  await s3Cloud.client.putObject({ Bucket: 'bucket', Key: 'key', Body: 'x' });
  caller = { principal: s3Cloud.here.cloud.principals.operator };
});
afterAll(() => s3Cloud.here.close());

/** Members that every operation supports. */
const ALWAYS = ['Bucket', 'Key', 'ExpectedBucketOwner', 'RequestPayer'];

const call = (operation: string, input: object) =>
  s3Cloud.here.cloud.callByName('s3', operation, input, caller as never);

function membersOf(operation: string): [string, NormalizedSchema][] {
  const { input } = s3Cloud.here.cloud.services.model('s3')!.operations.get(operation)!;
  return input.isStructSchema() ? [...input.structIterator()] : [];
}

/** Values of members that have an enumeration. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  AnnotationDirective: 'COPY',
  ObjectLockLegalHoldStatus: 'ON',
  ObjectLockEventHold: 'ON',
  ObjectLockMode: 'GOVERNANCE',
  OptionalObjectAttributes: ['RestoreStatus'],
};

function sample(name: string, schema: NormalizedSchema): unknown {
  if (name in SAMPLES) return SAMPLES[name];
  if (schema.isNumericSchema()) return 1;
  if (schema.isBooleanSchema()) return true;
  if (schema.isTimestampSchema()) return new Date();
  return schema.isListSchema() ? [] : 'x';
}

/** The required members of the operations. */
const REQUIRED: Readonly<Record<string, unknown>> = {
  Bucket: 'bucket',
  Key: 'key',
  UploadId: 'id',
  PartNumber: 1,
  CopySource: 'bucket/key',
  ObjectAttributes: ['ETag'],
  Delete: { Objects: [{ Key: 'key' }] },
  Policy: '{}',
  Tagging: { TagSet: [] },
  BucketLoggingStatus: {},
  NotificationConfiguration: {},
  CORSConfiguration: { CORSRules: [] },
  OwnershipControls: { Rules: [] },
  PublicAccessBlockConfiguration: {},
  ServerSideEncryptionConfiguration: { Rules: [] },
  VersioningConfiguration: {},
};

test('the table has every operation, and only members that the operations have', () => {
  const operations = s3Cloud.here.cloud.services.operationsOf('s3');
  expect(Object.keys(SUPPORTED_MEMBERS).sort()).toEqual(operations);
  for (const [operation, supported] of Object.entries(SUPPORTED_MEMBERS)) {
    const known = membersOf(operation).map(([name]) => name);
    expect([operation, supported.filter((name) => !known.includes(name))]).toEqual([operation, []]);
    expect([operation, new Set(supported).size]).toEqual([operation, supported.length]);
  }
});

test('each unsupported member of an input is refused by name', async () => {
  const refused: string[] = [];
  for (const operation of s3Cloud.here.cloud.services.operationsOf('s3')) {
    const members = membersOf(operation);
    const required = Object.entries(REQUIRED).filter(([name, value]) =>
      members.some(
        ([member, schema]) => member === name && schema.isStringSchema() === (typeof value === 'string'),
      ),
    );
    for (const [name, schema] of members) {
      if (ALWAYS.includes(name) || SUPPORTED_MEMBERS[operation]!.includes(name)) continue;
      const input = { ...Object.fromEntries(required), [name]: sample(name, schema) };
      const { httpHeader: Header = name } = schema.getMergedTraits();
      const failure = { code: 'NotImplemented', status: 501, members: { Header } };
      const outcome = await call(operation, input).then(
        () => 'done',
        (error: unknown) => error,
      );
      expect([operation, name, outcome]).toEqual([operation, name, expect.objectContaining(failure)]);
      refused.push(`${operation}.${name}`);
    }
  }
  expect(refused).toEqual(
    expect.arrayContaining([
      'PutObject.WebsiteRedirectLocation',
      'PutObject.SSECustomerKey',
      'PutObject.GrantRead',
      'CopyObject.CopySourceSSECustomerKey',
      'DeleteObject.MFA',
      'DeleteObject.IfMatchSize',
      'AbortMultipartUpload.IfMatchInitiatedTime',
    ]),
  );
});

test('a refused header is named on the wire', async () => {
  const put = s3Cloud.client.putObject({
    Bucket: 'bucket',
    Key: 'k',
    Body: 'x',
    WebsiteRedirectLocation: '/y',
  });
  await expect(put).rejects.toMatchObject({
    name: 'NotImplemented',
    Header: 'x-amz-website-redirect-location',
  });
});

test('unsupported members within documents are refused', async () => {
  const Objects = [{ Key: 'k', Size: 1 }];
  await expect(call('DeleteObjects', { Bucket: 'bucket', Delete: { Objects } })).rejects.toThrow(
    'Delete.Objects.Size',
  );
  const CreateBucketConfiguration = { Tags: [{ Key: 'a', Value: 'b' }] };
  await expect(call('CreateBucket', { Bucket: 'other', CreateBucketConfiguration })).rejects.toThrow(
    'CreateBucketConfiguration.Tags',
  );
});

describe('the expected owner of a bucket', () => {
  test('is checked by every operation on a bucket', async () => {
    const operations = s3Cloud.here.cloud.services.operationsOf('s3');
    const checking = operations.filter((name) =>
      membersOf(name).some(([member]) => member === 'ExpectedBucketOwner'),
    );
    expect(operations.filter((name) => !checking.includes(name))).toEqual(['CreateBucket', 'ListBuckets']);
    for (const operation of checking) {
      const members = membersOf(operation).map(([name]) => name);
      const required = Object.entries(REQUIRED).filter(([name]) => members.includes(name));
      const input = { ...Object.fromEntries(required), ExpectedBucketOwner: '111122223333' };
      if (operation.endsWith('Upload') || ['PutObject', 'CopyObject'].includes(operation))
        delete (input as Record<string, unknown>).Tagging;
      await expect(call(operation, input)).rejects.toMatchObject({ code: 'AccessDenied', status: 403 });
    }
  });

  test("must be an account, and the source's owner is checked too", async () => {
    const head = (ExpectedBucketOwner: string) =>
      call('HeadBucket', { Bucket: 'bucket', ExpectedBucketOwner });
    await head('123456789012');
    await expect(head('abcd')).rejects.toMatchObject({ code: 'InvalidBucketOwnerAWSAccountID' });
    const copy = (ExpectedSourceBucketOwner: string) =>
      s3Cloud.client.copyObject({
        ...{ Bucket: 'bucket', Key: 'copy', CopySource: 'bucket/key' },
        ExpectedSourceBucketOwner,
      });
    await copy('123456789012');
    await expect(copy('111122223333')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

test('a bucket has the object ownership of its CreateBucket request', async () => {
  await s3Cloud.client.createBucket({ Bucket: 'writers', ObjectOwnership: 'ObjectWriter' });
  const { OwnershipControls } = await s3Cloud.client.getBucketOwnershipControls({ Bucket: 'writers' });
  expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'ObjectWriter' }]);
  await expect(call('ListBuckets', { BucketRegion: 'eu-west-1' })).resolves.toMatchObject({ Buckets: [] });
});

test('deletes can have conditions, one by one and together', async () => {
  const Bucket = await s3Cloud.bucket('deletes', { versioned: false });
  const { ETag } = await s3Cloud.client.putObject({ Bucket, Key: 'a', Body: '1' });
  const remove = (IfMatch: string) => s3Cloud.client.deleteObject({ Bucket, Key: 'a', IfMatch });
  await expect(remove('"other"')).rejects.toMatchObject({ name: 'PreconditionFailed' });
  const Objects = [
    { Key: 'a', ETag: '"other"' },
    { Key: 'b', VersionId: 'null' },
  ];
  const { Deleted, Errors } = await s3Cloud.client.deleteObjects({ Bucket, Delete: { Objects } });
  expect(Deleted).toEqual([{ Key: 'b', VersionId: 'null' }]);
  expect(Errors).toMatchObject([{ Key: 'a', Code: 'PreconditionFailed' }]);
  await remove(ETag!);
  await expect(remove('*')).rejects.toMatchObject({ name: 'PreconditionFailed' });
});
