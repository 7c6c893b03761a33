import { createHash } from 'node:crypto';
import { s3Playground, type S3Playground } from './s3-playground';

let play: S3Playground;
beforeAll(async () => (play = await s3Playground()));
afterAll(() => play.here.close());

test.each(['UPPER', 'ab', 'a..b', '10.0.0.1', '-x-'])('the name %s is refused', async (Bucket) => {
  const caller = { principal: play.here.cloud.principals.operator };
  await expect(play.here.cloud.call('s3', 'CreateBucket', { Bucket }, caller)).rejects.toMatchObject({
    code: 'InvalidBucketName',
  });
});

test('settings come back as they were put', async () => {
  const Bucket = await play.bucket('settings');
  const statement = {
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: `arn:aws:s3:::${Bucket}/no/*`,
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await play.client.putBucketPolicy({ Bucket, Policy });
  expect((await play.client.getBucketPolicy({ Bucket })).Policy).toBe(Policy);
  const Rules = [
    {
      ID: 'old',
      Status: 'Enabled' as const,
      Filter: { Prefix: '' },
      NoncurrentVersionExpiration: { NoncurrentDays: 90 },
    },
  ];
  await play.client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
  expect((await play.client.getBucketLifecycleConfiguration({ Bucket })).Rules).toEqual(Rules);
  const TagSet = [{ Key: 'a', Value: 'b' }];
  await play.client.putBucketTagging({ Bucket, Tagging: { TagSet } });
  expect((await play.client.getBucketTagging({ Bucket })).TagSet).toEqual(TagSet);
  const { PublicAccessBlockConfiguration } = await play.client.getPublicAccessBlock({ Bucket });
  expect(PublicAccessBlockConfiguration?.BlockPublicPolicy).toBe(true);
  expect((await play.client.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
  expect((await play.client.getBucketLocation({ Bucket })).LocationConstraint).toBeUndefined();
  const queue = { QueueConfigurations: [{ QueueArn: 'arn:q', Events: ['s3:ObjectCreated:*' as const] }] };
  const refused = play.client.putBucketNotificationConfiguration({
    Bucket,
    NotificationConfiguration: queue,
  });
  await expect(refused).rejects.toMatchObject({ name: 'NotImplemented' });
});

test('events are published only where the bucket sends them to EventBridge', async () => {
  const [loud, quiet] = [await play.bucket('loud'), await play.bucket('quiet')];
  await play.client.putBucketNotificationConfiguration({
    Bucket: loud,
    NotificationConfiguration: { EventBridgeConfiguration: {} },
  });
  const seen: unknown[] = [];
  play.here.cloud.events.subscribe(({ source, 'detail-type': type, resources, detail }) =>
    seen.push([source, type, resources, detail]),
  );
  await play.client.putObject({ Bucket: quiet, Key: 'k', Body: 'x' });
  const { VersionId } = await play.client.putObject({ Bucket: loud, Key: 'k', Body: 'xyz' });
  await play.client.deleteObject({ Bucket: loud, Key: 'k' });
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

test('everything is there after a restart', async () => {
  const Bucket = await play.bucket('restart');
  const { VersionId } = await play.client.putObject({ Bucket, Key: 'k', Body: 'one', Metadata: { a: 'b' } });
  await play.client.putObject({ Bucket, Key: 'k', Body: 'two' });
  await play.restart();
  expect([await play.read(Bucket, 'k'), await play.read(Bucket, 'k', VersionId)]).toEqual(['two', 'one']);
  expect((await play.client.headObject({ Bucket, Key: 'k', VersionId })).Metadata).toEqual({ a: 'b' });
  expect((await play.client.getBucketVersioning({ Bucket })).Status).toBe('Enabled');
});
