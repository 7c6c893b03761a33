import { notSupported, ServiceError } from '../../model/errors';
import type { Input } from '../../core/service';
import type { Bucket, ObjectFacts, StoredChecksum, Version } from './bucket-store';

const MAX_KEY_BYTES = 1024;
const MAX_METADATA_BYTES = 2048;

/** Members that would change what is stored or shown, and that this S3 does not know how to honour. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  Tagging: 'Tag the bucket instead.',
  ObjectLockMode: 'Object Lock is not part of it.',
  ObjectLockRetainUntilDate: 'Object Lock is not part of it.',
  ObjectLockLegalHoldStatus: 'Object Lock is not part of it.',
  WebsiteRedirectLocation: 'Websites are not part of it.',
  WriteOffsetBytes: 'Appending is for directory buckets.',
  PartNumber: 'Ask for a Range.',
  SSECustomerAlgorithm: 'Use aws:kms or AES256.',
  SSECustomerKey: 'Use aws:kms or AES256.',
  SSEKMSEncryptionContext: 'Leave the encryption context out.',
  GrantFullControl: 'Use a bucket policy.',
  GrantRead: 'Use a bucket policy.',
};

/** Fails on a member that is not supported, where it says more than the default. */
export function refuseUnsupported(input: object): void {
  const values = input as Record<string, unknown>;
  for (const [member, instead] of Object.entries(UNSUPPORTED)) {
    if (values[member] !== undefined) throw notSupported(`s3's ${member}`, instead);
  }
  const acl = values.ACL;
  if (acl !== undefined && acl !== 'private' && acl !== 'bucket-owner-full-control') {
    throw new ServiceError(
      'AccessControlListNotSupported',
      `The bucket does not allow ACLs (ACL is '${String(acl)}').`,
    );
  }
}

export function checkKey(key: string): string {
  const bytes = Buffer.byteLength(key);
  if (bytes <= MAX_KEY_BYTES) return key;
  throw new ServiceError(
    'KeyTooLongError',
    `Your key is too long: ${bytes} bytes, at most ${MAX_KEY_BYTES}.`,
  );
}

/** What to remember of a new object: what its request says, and the bucket's default encryption. */
export function factsOf(input: Partial<Input<'s3', 'PutObject'>>, bucket: Bucket): ObjectFacts {
  const { ContentType, ContentEncoding, ContentDisposition, ContentLanguage, CacheControl, StorageClass } =
    input;
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

/** The members that GetObject and HeadObject share. */
export function describe(bucket: Bucket, version: Version, withChecksum: boolean) {
  return {
    ...version.facts,
    AcceptRanges: 'bytes',
    LastModified: new Date(version.modified),
    ETag: version.etag,
    ...shownVersion(bucket, version),
    ...(withChecksum && shownChecksum(version.checksum)),
  };
}

export function shownChecksum(checksum: StoredChecksum | undefined) {
  return checksum && { [checksum.member]: checksum.value, ChecksumType: checksum.type };
}

export function shownEncryption({ facts }: { facts: ObjectFacts }) {
  const { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled } = facts;
  return { ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled };
}

/** Buckets that never had versioning show no version ids. */
export function shownVersion(bucket: Bucket, version: Version) {
  return bucket.versioning === undefined ? {} : { VersionId: version.id };
}
