import { ServiceError } from '../../model/errors';
import type { OwnershipControls, ServerSideEncryptionConfiguration, Tag } from '@aws-sdk/client-s3';
import {
  generatedName,
  type Created,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';
import { lifecycleOfTemplate, type CfnLifecycle } from './lifecycle-template';

export const bucketTypes: Record<string, ResourceType> = {
  'AWS::S3::Bucket': {
    properties: [
      'AccessControl',
      'BucketEncryption',
      'BucketName',
      'LifecycleConfiguration',
      'LoggingConfiguration',
      'NotificationConfiguration',
      'OwnershipControls',
      'PublicAccessBlockConfiguration',
      'Tags',
      'VersioningConfiguration',
    ],
    fixed: ['AccessControl'],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.BucketName as string | undefined) ?? generatedName(context, 63, 'lower');
      const { AccessControl = 'Private' } = properties;
      if (AccessControl !== 'Private')
        throw new Error(
          `AccessControl ${String(AccessControl)} is not supported; use Private and a bucket policy`,
        );
      // S3 itself lets an owner create a bucket again, in us-east-1.
      if (properties.BucketName !== undefined) await assertFree(name, context);
      await cloud.call('s3', 'CreateBucket', { Bucket: name }, caller);
      const bucket = describe(name, cloud.region);
      context.made(bucket);
      await configure(name, properties, context);
      return bucket;
    },
    async update(properties, context, before) {
      await configure(before.physicalId, properties, context);
      await unset(before.physicalId, before.properties, properties, context);
      return before;
    },
    adopt: {
      identifier: 'BucketName',
      async find(Bucket, { cloud, caller }) {
        await cloud.call('s3', 'HeadBucket', { Bucket }, caller);
        return describe(Bucket, cloud.region);
      },
    },
    // As in AWS, a bucket that holds objects cannot be deleted.
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('s3', 'DeleteBucket', { Bucket: physicalId }, caller);
    },
  },

  'AWS::S3::BucketPolicy': {
    properties: ['Bucket', 'PolicyDocument'],
    async create(properties, context) {
      await putPolicy(properties, context);
      return { physicalId: properties.Bucket as string };
    },
    async update(properties, context, before) {
      await putPolicy(properties, context);
      return before;
    },
    async delete({ properties }, { cloud, caller }) {
      await cloud.call('s3', 'DeleteBucketPolicy', { Bucket: properties.Bucket as string }, caller);
    },
  },
};

/** @throws ServiceError AlreadyExists: CloudFormation creates no resource that exists, whatever the service does */
async function assertFree(Bucket: string, { cloud, caller }: ResourceContext): Promise<void> {
  const found = await cloud.call('s3', 'HeadBucket', { Bucket }, caller).then(
    () => true,
    () => false,
  );
  if (found) throw new ServiceError('AlreadyExists', `${Bucket} already exists`);
}

function describe(name: string, region: string): Created {
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
    },
  };
}

async function configure(
  Bucket: string,
  properties: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const { VersioningConfiguration, BucketEncryption, PublicAccessBlockConfiguration } = properties;
  if (VersioningConfiguration) {
    const { Status } = VersioningConfiguration as { Status: 'Enabled' | 'Suspended' };
    await cloud.call('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration: { Status } }, caller);
  }
  if (BucketEncryption) {
    const rules = (BucketEncryption as { ServerSideEncryptionConfiguration: EncryptionRule[] })
      .ServerSideEncryptionConfiguration;
    const configuration: ServerSideEncryptionConfiguration = {
      Rules: rules.map(({ ServerSideEncryptionByDefault: by, BucketKeyEnabled }) => ({
        ApplyServerSideEncryptionByDefault: by && {
          SSEAlgorithm: by.SSEAlgorithm,
          KMSMasterKeyID: by.KMSMasterKeyID,
        },
        BucketKeyEnabled,
      })),
    };
    await cloud.call(
      's3',
      'PutBucketEncryption',
      { Bucket, ServerSideEncryptionConfiguration: configuration },
      caller,
    );
  }
  if (PublicAccessBlockConfiguration) {
    await cloud.call(
      's3',
      'PutPublicAccessBlock',
      {
        Bucket,
        PublicAccessBlockConfiguration: PublicAccessBlockConfiguration,
      },
      caller,
    );
  }
  if (properties.OwnershipControls) {
    await cloud.call(
      's3',
      'PutBucketOwnershipControls',
      { Bucket, OwnershipControls: properties.OwnershipControls as OwnershipControls },
      caller,
    );
  }
  if (properties.Tags) {
    const TagSet = properties.Tags as Tag[];
    await cloud.call('s3', 'PutBucketTagging', { Bucket, Tagging: { TagSet } }, caller);
  }
  if (properties.LifecycleConfiguration) {
    const lifecycle = properties.LifecycleConfiguration as CfnLifecycle;
    const { TransitionDefaultMinimumObjectSize } = lifecycle;
    const put = { Bucket, LifecycleConfiguration: lifecycleOfTemplate(lifecycle) };
    await cloud.call(
      's3',
      'PutBucketLifecycleConfiguration',
      TransitionDefaultMinimumObjectSize === undefined ? put : { ...put, TransitionDefaultMinimumObjectSize },
      caller,
    );
  }
  if (properties.LoggingConfiguration) {
    const { DestinationBucketName, LogFilePrefix = '' } = properties.LoggingConfiguration as Record<
      string,
      string
    >;
    await cloud.call(
      's3',
      'PutBucketLogging',
      {
        Bucket,
        BucketLoggingStatus: {
          LoggingEnabled: { TargetBucket: DestinationBucketName, TargetPrefix: LogFilePrefix },
        },
      },
      caller,
    );
  }
  const notifications = properties.NotificationConfiguration as Record<string, unknown> | undefined;
  const unsupported = Object.keys(notifications ?? {}).find((name) => name !== 'EventBridgeConfiguration');
  if (unsupported) {
    throw new Error(
      `NotificationConfiguration.${unsupported} is not supported; use EventBridgeConfiguration`,
    );
  }
  if (notifications) {
    await cloud.call(
      's3',
      'PutBucketNotificationConfiguration',
      {
        Bucket,
        NotificationConfiguration: sendsToEventBridge(notifications) ? { EventBridgeConfiguration: {} } : {},
      },
      caller,
    );
  }
}

/** `EventBridgeEnabled` is true by default (template reference, AWS::S3::Bucket EventBridgeConfiguration). */
function sendsToEventBridge({ EventBridgeConfiguration }: Record<string, unknown>): boolean {
  const { EventBridgeEnabled = true } = (EventBridgeConfiguration ?? { EventBridgeEnabled: false }) as {
    EventBridgeEnabled?: boolean;
  };
  return EventBridgeEnabled;
}

/** Resets properties that the template no longer has to a bucket's defaults. */
async function unset(
  Bucket: string,
  before: Properties,
  after: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const gone = (name: string) => before[name] !== undefined && after[name] === undefined;
  for (const [name, operation] of Object.entries(UNSET)) {
    if (gone(name)) await cloud.call('s3', operation, { Bucket }, caller);
  }
  if (gone('VersioningConfiguration')) {
    const VersioningConfiguration = { Status: 'Suspended' as const };
    await cloud.call('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration }, caller);
  }
  if (gone('LoggingConfiguration'))
    await cloud.call('s3', 'PutBucketLogging', { Bucket, BucketLoggingStatus: {} }, caller);
  if (gone('NotificationConfiguration')) {
    const nothing = { Bucket, NotificationConfiguration: {} };
    await cloud.call('s3', 'PutBucketNotificationConfiguration', nothing, caller);
  }
}

const UNSET = {
  BucketEncryption: 'DeleteBucketEncryption',
  LifecycleConfiguration: 'DeleteBucketLifecycle',
  OwnershipControls: 'DeleteBucketOwnershipControls',
  PublicAccessBlockConfiguration: 'DeletePublicAccessBlock',
  Tags: 'DeleteBucketTagging',
} as const;

interface EncryptionRule {
  ServerSideEncryptionByDefault?: { SSEAlgorithm: 'aws:kms' | 'AES256'; KMSMasterKeyID?: string };
  BucketKeyEnabled?: boolean;
}

async function putPolicy(
  { Bucket, PolicyDocument }: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  await cloud.call(
    's3',
    'PutBucketPolicy',
    { Bucket: Bucket as string, Policy: JSON.stringify(PolicyDocument) },
    caller,
  );
}
