import { ServiceError } from '../../model/errors';
import type { Cloud } from '../../core/cloud';
import type { Input } from '../../core/service';
import type { Bucket, ObjectFacts, StoredChecksum, Version } from './bucket-store';

const MAX_KEY_BYTES = 1024;
const MAX_METADATA_BYTES = 2048;

/** The storage classes of general purpose buckets (API reference, PutObject, `x-amz-storage-class`). */
const STORAGE_CLASSES = [
  ...['STANDARD', 'REDUCED_REDUNDANCY', 'STANDARD_IA', 'ONEZONE_IA', 'INTELLIGENT_TIERING'],
  ...['GLACIER', 'GLACIER_IR', 'DEEP_ARCHIVE'],
];

/** The canned ACLs that a bucket without ACLs accepts: the bucket's owner has full control. */
const ACLS = ['private', 'bucket-owner-full-control'];

export function checkAcl(acl: string | undefined): void {
  if (acl === undefined || ACLS.includes(acl)) return;
  const message = `The bucket does not allow ACLs (ACL is '${acl}').`;
  throw new ServiceError('AccessControlListNotSupported', message);
}

function checkStorageClass(name: string | undefined): void {
  if (name === undefined || STORAGE_CLASSES.includes(name)) return;
  throw new ServiceError('InvalidStorageClass', 'The storage class you specified is not valid', {
    status: 400,
    members: { StorageClassRequested: name },
  });
}

export function checkKey(key: string): string {
  const bytes = Buffer.byteLength(key);
  if (bytes <= MAX_KEY_BYTES) return key;
  throw new ServiceError(
    'KeyTooLongError',
    `Your key is too long: ${bytes} bytes, at most ${MAX_KEY_BYTES}.`,
  );
}

/** Returns the metadata to store for a new object: from its request, and the bucket's default encryption. */
export function factsOf(input: Partial<Input<'s3', 'PutObject'>>, bucket: Bucket): ObjectFacts {
  const { ContentType, ContentEncoding, ContentDisposition, ContentLanguage, CacheControl } = input;
  const { StorageClass, Expires } = input;
  checkAcl(input.ACL);
  checkStorageClass(StorageClass);
  const metadata = input.Metadata ?? {};
  const size = Object.entries(metadata).reduce(
    (sum, [k, v]) => sum + Buffer.byteLength(k) + Buffer.byteLength(v),
    0,
  );
  if (size > MAX_METADATA_BYTES) {
    const message = `Your metadata headers exceed the maximum allowed metadata size: ${size} of ${MAX_METADATA_BYTES} bytes.`;
    throw new ServiceError('MetadataTooLarge', message);
  }
  return {
    ContentType: ContentType ?? 'binary/octet-stream',
    ...(ContentEncoding && { ContentEncoding }),
    ...(ContentDisposition && { ContentDisposition }),
    ...(ContentLanguage && { ContentLanguage }),
    ...(CacheControl && { CacheControl }),
    ...(Expires && { Expires: Expires.toUTCString() }),
    ...(StorageClass && StorageClass !== 'STANDARD' && { StorageClass }),
    ...(Object.keys(metadata).length > 0 && { Metadata: metadata }),
    ...encryptionOf(input, bucket),
  };
}

interface EncryptionRule {
  ApplyServerSideEncryptionByDefault?: { SSEAlgorithm?: string; KMSMasterKeyID?: string };
  BucketKeyEnabled?: boolean;
}

function encryptionOf(input: Partial<Input<'s3', 'PutObject'>>, bucket: Bucket): ObjectFacts {
  const configured = bucket.documents.encryption as { Rules?: EncryptionRule[] } | undefined;
  const rule = configured?.Rules?.[0];
  const byDefault = rule?.ApplyServerSideEncryptionByDefault;
  const algorithm = (input.ServerSideEncryption ?? byDefault?.SSEAlgorithm ?? 'AES256') as
    | 'AES256'
    | 'aws:kms';
  if (algorithm === 'AES256') {
    if (!input.SSEKMSKeyId) return { ServerSideEncryption: algorithm };
    throw new ServiceError(
      'InvalidArgument',
      `SSEKMSKeyId '${input.SSEKMSKeyId}' needs ServerSideEncryption aws:kms.`,
    );
  }
  const key = input.SSEKMSKeyId ?? byDefault?.KMSMasterKeyID;
  const bucketKey = input.BucketKeyEnabled ?? rule?.BucketKeyEnabled;
  return {
    ServerSideEncryption: algorithm,
    ...(key && { SSEKMSKeyId: key }),
    ...(bucketKey && { BucketKeyEnabled: true }),
  };
}

/** Returns the members that GetObject and HeadObject share. */
export function describe(bucket: Bucket, version: Version) {
  const { Expires, ...facts } = version.facts;
  return {
    ...facts,
    ...(Expires !== undefined && { Expires: new Date(Expires) }),
    AcceptRanges: 'bytes',
    LastModified: new Date(version.modified),
    ETag: version.etag,
    ...shownVersion(bucket, version),
  };
}

/** Returns the owner of buckets and objects: the account, whose canonical user id the local cloud does not have. */
export function ownerOf(cloud: Cloud) {
  return { ID: cloud.account };
}

export function shownChecksum(checksum: StoredChecksum | undefined) {
  return checksum && { [checksum.member]: checksum.value, ChecksumType: checksum.type };
}

export function shownEncryption({ facts }: { facts: ObjectFacts }) {
  const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled } = facts;
  return { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled };
}

/** Returns the version id. Buckets that never had versioning show none. */
export function shownVersion(bucket: Bucket, version: Version) {
  return bucket.versioning === undefined ? {} : { VersionId: version.id };
}
