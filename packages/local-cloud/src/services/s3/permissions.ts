import type { Permission, Service } from '../../core/service';
import { writeKeys } from './condition-keys';
import { parseCopySource } from './copy-source';
import { parseTagging, requestTagKeys } from './tags';

interface Target {
  Bucket?: string;
  Key?: string;
  VersionId?: string;
}

const bucketArn = ({ Bucket = '' }: Target) => `arn:aws:s3:::${Bucket}`;
const objectArn = (target: Target) => `${bucketArn(target)}/${target.Key ?? ''}`;

const onBucket = (action: string) => (target: Target) => ({
  action: `s3:${action}`,
  resources: [bucketArn(target)],
});
const onObject = (action: string, versioned = false) => {
  return (target: Target): Permission => {
    const suffix = versioned && target.VersionId !== undefined ? 'Version' : '';
    return {
      action: `s3:${action}${suffix}`,
      resources: [objectArn(target)],
      ...(target.VersionId !== undefined && { context: { 's3:VersionId': target.VersionId } }),
    };
  };
};

/** Returns s3:PutObject for a request that creates an object. */
const onWrite = (input: Target & Parameters<typeof writeKeys>[0]): Permission => ({
  ...onObject('PutObject')({ Bucket: input.Bucket, Key: input.Key }),
  context: writeKeys(input),
});

/** Returns an action on tags. These actions have `Version` in the middle of their name. */
const onObjectTags = (verb: string) => (target: Target) =>
  onObject(`${verb}Object${target.VersionId === undefined ? '' : 'Version'}Tagging`)(target);

/** Returns the permissions of an upload with tags. */
function onTags({ Tagging, ...target }: Target & { Tagging?: string }): Permission[] {
  if (Tagging === undefined) return [];
  const context = requestTagKeys(parseTagging(Tagging));
  return [{ ...onObject('PutObjectTagging')(target), context }];
}

function onSource(copySource: string): Permission {
  const { bucket, key, versionId } = parseCopySource(copySource);
  return onObject('GetObject', true)({ Bucket: bucket, Key: key, VersionId: versionId });
}

const onListing = (action: string) => {
  return (target: {
    Bucket?: string;
    Prefix?: string;
    Delimiter?: string;
    MaxKeys?: number;
  }): Permission => ({
    ...onBucket(action)(target),
    context: {
      ...(target.Prefix !== undefined && { 's3:prefix': target.Prefix }),
      ...(target.Delimiter !== undefined && { 's3:delimiter': target.Delimiter }),
      ...(target.MaxKeys !== undefined && { 's3:max-keys': String(target.MaxKeys) }),
    },
  });
};

/**
 * Returns the IAM actions of S3's operations: many differ from the operation's name (service authorization reference,
 * "Actions, resources, and condition keys for Amazon S3").
 */
export const permissions: NonNullable<Service<'s3'>['permissions']> = {
  ListBuckets: () => ({ action: 's3:ListAllMyBuckets', resources: ['*'] }),
  CreateBucket: ({ Bucket, ObjectOwnership }) => [
    onBucket('CreateBucket')({ Bucket }),
    ...(ObjectOwnership === undefined ? [] : [onBucket('PutBucketOwnershipControls')({ Bucket })]),
  ],
  DeleteBucket: onBucket('DeleteBucket'),
  HeadBucket: onBucket('ListBucket'),
  GetBucketLocation: onBucket('GetBucketLocation'),
  GetBucketVersioning: onBucket('GetBucketVersioning'),
  PutBucketVersioning: onBucket('PutBucketVersioning'),
  GetBucketEncryption: onBucket('GetEncryptionConfiguration'),
  PutBucketEncryption: onBucket('PutEncryptionConfiguration'),
  DeleteBucketEncryption: onBucket('PutEncryptionConfiguration'),
  GetBucketPolicy: onBucket('GetBucketPolicy'),
  PutBucketPolicy: onBucket('PutBucketPolicy'),
  DeleteBucketPolicy: onBucket('DeleteBucketPolicy'),
  GetPublicAccessBlock: onBucket('GetBucketPublicAccessBlock'),
  PutPublicAccessBlock: onBucket('PutBucketPublicAccessBlock'),
  DeletePublicAccessBlock: onBucket('PutBucketPublicAccessBlock'),
  GetBucketOwnershipControls: onBucket('GetBucketOwnershipControls'),
  PutBucketOwnershipControls: onBucket('PutBucketOwnershipControls'),
  DeleteBucketOwnershipControls: onBucket('PutBucketOwnershipControls'),
  GetBucketLifecycleConfiguration: onBucket('GetLifecycleConfiguration'),
  PutBucketLifecycleConfiguration: onBucket('PutLifecycleConfiguration'),
  DeleteBucketLifecycle: onBucket('PutLifecycleConfiguration'),
  GetBucketCors: onBucket('GetBucketCORS'),
  PutBucketCors: onBucket('PutBucketCORS'),
  DeleteBucketCors: onBucket('PutBucketCORS'),
  GetBucketTagging: onBucket('GetBucketTagging'),
  PutBucketTagging: onBucket('PutBucketTagging'),
  DeleteBucketTagging: onBucket('PutBucketTagging'),
  GetBucketLogging: onBucket('GetBucketLogging'),
  PutBucketLogging: onBucket('PutBucketLogging'),
  GetBucketNotificationConfiguration: onBucket('GetBucketNotification'),
  PutBucketNotificationConfiguration: onBucket('PutBucketNotification'),
  ListObjects: onListing('ListBucket'),
  ListObjectsV2: onListing('ListBucket'),
  ListObjectVersions: onListing('ListBucketVersions'),
  GetObject: onObject('GetObject', true),
  HeadObject: onObject('GetObject', true),
  // A write with an ETag condition reveals the object's ETag (User Guide, "How to prevent object overwrites with
  // conditional writes").
  PutObject: ({ IfMatch, ...target }) => [
    onWrite({ IfMatch, ...target }),
    ...(IfMatch === undefined ? [] : [onObject('GetObject')({ Bucket: target.Bucket, Key: target.Key })]),
    ...onTags(target),
  ],
  // The same applies to deletes, but `*` only reveals whether an object exists ("How to perform conditional deletes").
  DeleteObject: ({ IfMatch, ...target }) => [
    onObject('DeleteObject', true)(target),
    ...(IfMatch === undefined || IfMatch === '*' ? [] : [onObject('GetObject')(target)]),
  ],
  DeleteObjects: ({ Bucket, Delete }) =>
    (Delete?.Objects ?? []).flatMap(({ Key, VersionId, ETag }) => [
      onObject('DeleteObject', true)({ Bucket, Key, VersionId }),
      ...(ETag === undefined || ETag === '*' ? [] : [onObject('GetObject')({ Bucket, Key })]),
    ]),
  CopyObject: ({ Bucket, Key, CopySource = '', TaggingDirective, Tagging, ...input }) => [
    onSource(CopySource),
    onWrite({ Bucket, Key, CopySource, ...input, ...(TaggingDirective === 'REPLACE' && { Tagging }) }),
    // The tags that are copied need permissions too, but only if the source has tags: CopyObject authorizes them.
    ...(TaggingDirective === 'REPLACE' ? onTags({ Bucket, Key, Tagging }) : []),
  ],
  CreateMultipartUpload: (input) => [onWrite(input), ...onTags(input)],
  UploadPart: onObject('PutObject'),
  UploadPartCopy: ({ Bucket, Key, CopySource = '' }) => [
    onSource(CopySource),
    onWrite({ Bucket, Key, CopySource }),
  ],
  CompleteMultipartUpload: ({ IfMatch, ...target }) => [
    onWrite({ IfMatch, ...target }),
    ...(IfMatch === undefined ? [] : [onObject('GetObject')({ Bucket: target.Bucket, Key: target.Key })]),
  ],
  AbortMultipartUpload: onObject('AbortMultipartUpload'),
  ListParts: onObject('ListMultipartUploadParts'),
  ListMultipartUploads: onBucket('ListBucketMultipartUploads'),
  GetObjectTagging: onObjectTags('Get'),
  PutObjectTagging: ({ Tagging, ...target }) => ({
    ...onObjectTags('Put')(target),
    context: { ...onObjectTags('Put')(target).context, ...requestTagKeys(Tagging?.TagSet ?? []) },
  }),
  DeleteObjectTagging: onObjectTags('Delete'),
  // With a version id, the permissions are the versions' (API reference, GetObjectAttributes).
  GetObjectAttributes: (target) => [
    onObject('GetObject', true)(target),
    target.VersionId === undefined
      ? onObject('GetObjectAttributes')(target)
      : onObject('GetObjectVersionAttributes')(target),
  ],
};
