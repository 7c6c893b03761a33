import type { Permission, Service } from '../../core/service';

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
    return { action: `s3:${action}${suffix}`, resources: [objectArn(target)] };
  };
};

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
 * The IAM actions of S3's operations: many have another name than their operation (service authorization
 * reference, "Actions, resources, and condition keys for Amazon S3").
 */
export const permissions: Service<'s3'>['permissions'] = {
  ListBuckets: () => ({ action: 's3:ListAllMyBuckets', resources: ['*'] }),
  CreateBucket: onBucket('CreateBucket'),
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
  ListObjectsV2: onListing('ListBucket'),
  ListObjectVersions: onListing('ListBucketVersions'),
  GetObject: onObject('GetObject', true),
  HeadObject: onObject('GetObject', true),
  // A write on condition of an ETag tells what is there (User Guide, "How to prevent object overwrites with
  // conditional writes").
  PutObject: ({ IfMatch, ...target }) => [
    onObject('PutObject')(target),
    ...(IfMatch === undefined ? [] : [onObject('GetObject')({ Bucket: target.Bucket, Key: target.Key })]),
  ],
  DeleteObject: onObject('DeleteObject', true),
  DeleteObjects: ({ Bucket, Delete }) =>
    (Delete?.Objects ?? []).map(({ Key, VersionId }) =>
      onObject('DeleteObject', true)({ Bucket, Key, VersionId }),
    ),
  CopyObject: ({ Bucket, Key, CopySource = '' }) => {
    const [source = '', versionId] = decodeURIComponent(CopySource).replace(/^\//, '').split('?versionId=');
    return [
      { action: versionId ? 's3:GetObjectVersion' : 's3:GetObject', resources: [`arn:aws:s3:::${source}`] },
      onObject('PutObject')({ Bucket, Key }),
    ];
  },
  CreateMultipartUpload: onObject('PutObject'),
  UploadPart: onObject('PutObject'),
  CompleteMultipartUpload: onObject('PutObject'),
  AbortMultipartUpload: onObject('AbortMultipartUpload'),
  ListParts: onObject('ListMultipartUploadParts'),
};
