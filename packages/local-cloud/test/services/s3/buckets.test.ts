import { createHash } from 'node:crypto';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

test.each(['UPPER', 'ab', 'a..b', '10.0.0.1', '-x-'])('the name %s is refused', async (Bucket) => {
  const caller = { principal: s3Cloud.here.cloud.principals.operator };
  await expect(s3Cloud.here.cloud.call('s3', 'CreateBucket', { Bucket }, caller)).rejects.toMatchObject({
    code: 'InvalidBucketName',
  });
});

test('settings are returned as they were put', async () => {
  const Bucket = await s3Cloud.bucket('settings');
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: `arn:aws:s3:::${Bucket}/no/*`,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await s3Cloud.client.putBucketPolicy({ Bucket, Policy });
  expect((await s3Cloud.client.getBucketPolicy({ Bucket })).Policy).toBe(Policy);
  const Rules = [
    {
      ID: 'old',
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
    },
  ];
  await s3Cloud.client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
  expect((await s3Cloud.client.getBucketLifecycleConfiguration({ Bucket })).Rules).toEqual(Rules);
  const TagSet = [{ Key: 'a', Value: 'b' }];
  await s3Cloud.client.putBucketTagging({ Bucket, Tagging: { TagSet } });
  expect((await s3Cloud.client.getBucketTagging({ Bucket })).TagSet).toEqual(TagSet);
  const { PublicAccessBlockConfiguration } = await s3Cloud.client.getPublicAccessBlock({ Bucket });
  expect(PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true);
  expect((await s3Cloud.client.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
  expect((await s3Cloud.client.getBucketLocation({ Bucket })).LocationConstraint).toBeUndefined();
  const queue = { QueueConfigurations: [{ QueueArn: 'arn:q', Events: ['s3:ObjectCreated:*' as const] }] };
  const refused = s3Cloud.client.putBucketNotificationConfiguration({
    Bucket,
    NotificationConfiguration: queue,
  });
  await expect(refused).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('events are published only where the bucket sends them to EventBridge', async () => {
  const [loud, quiet] = [await s3Cloud.bucket('loud'), await s3Cloud.bucket('quiet')];
  await s3Cloud.client.putBucketNotificationConfiguration({
    Bucket: loud,
    NotificationConfiguration: { EventBridgeConfiguration: {} },
  });
  const seen: unknown[] = [];
  s3Cloud.here.cloud.events.subscribe(({ source, 'detail-type': type, resources, detail }) =>
    seen.push([source, type, resources, detail]),
  );
  await s3Cloud.client.putObject({ Bucket: quiet, Key: 'k', Body: 'x' });
  const { VersionId } = await s3Cloud.client.putObject({ Bucket: loud, Key: 'k', Body: 'xyz' });
  await s3Cloud.client.deleteObject({ Bucket: loud, Key: 'k' });
  const object = {
    key: 'k',
    size: 3,
    etag: createHash('md5').update('xyz').digest('hex'),
    'version-id': VersionId,
    sequencer: expect.any(String),
  };
  expect(seen).toEqual([
    [
      'aws.s3',
      'Object Created',
      ['arn:aws:s3:::loud'],
      expect.objectContaining({ bucket: { name: 'loud' }, object, reason: 'PutObject' }),
    ],
    [
      'aws.s3',
      'Object Deleted',
      ['arn:aws:s3:::loud'],
      expect.objectContaining({ 'deletion-type': 'Delete Marker Created' }),
    ],
  ]);
});

test('the state is complete after a restart', async () => {
  const Bucket = await s3Cloud.bucket('restart');
  const { VersionId } = await s3Cloud.client.putObject({
    Bucket,
    Key: 'k',
    Body: 'one',
    Metadata: { a: 'b' },
  });
  await s3Cloud.client.putObject({ Bucket, Key: 'k', Body: 'two' });
  await s3Cloud.restart();
  expect([await s3Cloud.read(Bucket, 'k'), await s3Cloud.read(Bucket, 'k', VersionId)]).toEqual([
    'two',
    'one',
  ]);
  expect((await s3Cloud.client.headObject({ Bucket, Key: 'k', VersionId })).Metadata).toEqual({ a: 'b' });
  expect((await s3Cloud.client.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
});
