import { s3 } from '../../../src/services/s3';
import type { Properties, ResourceContext } from '../../../src/core/resource-type';
import { startS3Cloud, type S3Cloud } from './s3-cloud';

/** The bucket that CloudFormation creates from a template, as S3's API shows it. */

let s3Cloud: S3Cloud;
beforeAll(async () => (s3Cloud = await startS3Cloud()));
afterAll(() => s3Cloud.here.close());

async function create(BucketName: string, properties: Properties): Promise<void> {
  const { cloud } = s3Cloud.here;
  const context: ResourceContext = {
    cloud,
    caller: { principal: cloud.principals.operator },
    stackName: 'stack',
    logicalId: 'Bucket',
    made: () => undefined,
  };
  await s3.resourceTypes!['AWS::S3::Bucket']!.create({ BucketName, ...properties }, context);
}

const DATE = '2030-01-01T00:00:00.000Z';
let count = 0;

test.each<[name: string, rule: object, shown: object]>([
  ['a prefix', { Prefix: 'a/', ExpirationInDays: 1 }, { Filter: { Prefix: 'a/' }, Expiration: { Days: 1 } }],
  ['no filter', { ExpirationInDays: 1 }, { Filter: { Prefix: '' }, Expiration: { Days: 1 } }],
  [
    'an expiration date',
    { ExpirationDate: DATE },
    { Filter: { Prefix: '' }, Expiration: { Date: new Date(DATE) } },
  ],
  [
    'a delete marker',
    { ExpiredObjectDeleteMarker: true },
    { Filter: { Prefix: '' }, Expiration: { ExpiredObjectDeleteMarker: true } },
  ],
  [
    'transitions in days',
    {
      Transitions: [
        { StorageClass: 'STANDARD_IA', TransitionInDays: 30 },
        { StorageClass: 'Glacier', TransitionInDays: 90 },
      ],
    },
    {
      Filter: { Prefix: '' },
      Transitions: [
        { StorageClass: 'STANDARD_IA', Days: 30 },
        { StorageClass: 'GLACIER', Days: 90 },
      ],
    },
  ],
  [
    'one transition on a date',
    { Transition: { StorageClass: 'GLACIER', TransitionDate: DATE } },
    { Filter: { Prefix: '' }, Transitions: [{ StorageClass: 'GLACIER', Date: new Date(DATE) }] },
  ],
  [
    'noncurrent versions',
    {
      NoncurrentVersionTransitions: [
        { StorageClass: 'GLACIER', TransitionInDays: 7, NewerNoncurrentVersions: 2 },
      ],
      NoncurrentVersionExpiration: { NoncurrentDays: 60, NewerNoncurrentVersions: 3 },
    },
    {
      Filter: { Prefix: '' },
      NoncurrentVersionTransitions: [
        { StorageClass: 'GLACIER', NoncurrentDays: 7, NewerNoncurrentVersions: 2 },
      ],
      NoncurrentVersionExpiration: { NoncurrentDays: 60, NewerNoncurrentVersions: 3 },
    },
  ],
  [
    'the older names for noncurrent versions',
    {
      NoncurrentVersionTransition: { StorageClass: 'GLACIER', TransitionInDays: 7 },
      NoncurrentVersionExpirationInDays: 60,
    },
    {
      Filter: { Prefix: '' },
      NoncurrentVersionTransitions: [{ StorageClass: 'GLACIER', NoncurrentDays: 7 }],
      NoncurrentVersionExpiration: { NoncurrentDays: 60 },
    },
  ],
  [
    'one tag',
    { TagFilters: [{ Key: 'k', Value: 'v' }], ExpirationInDays: 1 },
    { Filter: { Tag: { Key: 'k', Value: 'v' } }, Expiration: { Days: 1 } },
  ],
  [
    'a size',
    { ObjectSizeGreaterThan: '100', ExpirationInDays: 1 },
    { Filter: { ObjectSizeGreaterThan: 100 }, Expiration: { Days: 1 } },
  ],
  [
    'several conditions',
    {
      ...{ Prefix: 'a/', TagFilters: [{ Key: 'k', Value: 'v' }] },
      ...{ ObjectSizeGreaterThan: '100', ObjectSizeLessThan: '200', ExpirationInDays: 1 },
    },
    {
      Filter: {
        And: {
          ...{ Prefix: 'a/', Tags: [{ Key: 'k', Value: 'v' }] },
          ...{ ObjectSizeGreaterThan: 100, ObjectSizeLessThan: 200 },
        },
      },
      Expiration: { Days: 1 },
    },
  ],
])('a lifecycle rule with %s', async (_, rule, shown) => {
  const Bucket = `lifecycle-${count++}`;
  await create(Bucket, { LifecycleConfiguration: { Rules: [{ Id: 'r', Status: 'Enabled', ...rule }] } });
  const { Rules } = await s3Cloud.client.getBucketLifecycleConfiguration({ Bucket });
  expect(Rules).toEqual([{ ID: 'r', Status: 'Enabled', ...shown }]);
});

test('a lifecycle rule has either Transition or Transitions', async () => {
  const transition = { StorageClass: 'GLACIER', TransitionInDays: 1 };
  const rule = { Status: 'Enabled', Transition: transition, Transitions: [transition] };
  await expect(create('both', { LifecycleConfiguration: { Rules: [rule] } })).rejects.toThrow(
    /both Transition and Transitions/,
  );
});

test('dates of a lifecycle configuration are dates after a restart', async () => {
  const Bucket = 'dated';
  const rule = { Status: 'Enabled', ExpirationDate: DATE, Id: 'r' };
  await create(Bucket, { LifecycleConfiguration: { Rules: [rule] } });
  await s3Cloud.restart();
  const { Rules } = await s3Cloud.client.getBucketLifecycleConfiguration({ Bucket });
  expect(Rules![0]!.Expiration).toEqual({ Date: new Date(DATE) });
});

test.each([
  [{ EventBridgeConfiguration: {} }, { EventBridgeConfiguration: {} }],
  [{ EventBridgeConfiguration: { EventBridgeEnabled: true } }, { EventBridgeConfiguration: {} }],
  [{ EventBridgeConfiguration: { EventBridgeEnabled: false } }, {}],
])('the notification configuration %j', async (NotificationConfiguration, shown) => {
  const Bucket = `events-${count++}`;
  await create(Bucket, { NotificationConfiguration });
  const { $metadata: _, ...found } = await s3Cloud.client.getBucketNotificationConfiguration({ Bucket });
  expect(found).toEqual(shown);
});

test('tags of a template are the bucket’s', async () => {
  const Tags = [{ Key: 'a', Value: 'b' }];
  await create('tagged', { Tags });
  expect((await s3Cloud.client.getBucketTagging({ Bucket: 'tagged' })).TagSet).toEqual(Tags);
  await expect(create('twice', { Tags: [...Tags, ...Tags] })).rejects.toMatchObject({ code: 'InvalidTag' });
});
