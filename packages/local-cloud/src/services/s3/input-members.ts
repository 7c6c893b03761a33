import type { Cloud } from '../../core/cloud';
import type { Call, Operations } from '../../core/service';
import { ServiceError } from '../../model/errors';
import type { BucketStore } from './bucket-store';
import { HEADER_NOT_IMPLEMENTED } from './conditions';
import { parseCopySource } from './copy-source';
import { assertPublic } from './public-access';

const WRITTEN = [
  'ACL',
  'BucketKeyEnabled',
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
  'Metadata',
  'SSEKMSKeyId',
  'ServerSideEncryption',
  'StorageClass',
  'Tagging',
];
const CHECKSUMS = ['ChecksumCRC32', 'ChecksumCRC32C', 'ChecksumCRC64NVME', 'ChecksumSHA1', 'ChecksumSHA256'];
const BODY = ['Body', 'ChecksumAlgorithm', 'ContentLength', 'ContentMD5', ...CHECKSUMS];
const READ = [
  ...['IfMatch', 'IfModifiedSince', 'IfNoneMatch', 'IfUnmodifiedSince'],
  ...['ChecksumMode', 'PartNumber', 'Range', 'VersionId'],
  ...['ResponseCacheControl', 'ResponseContentDisposition', 'ResponseContentEncoding'],
  ...['ResponseContentLanguage', 'ResponseContentType', 'ResponseExpires'],
];
const SOURCE = [
  ...['CopySource', 'CopySourceIfMatch', 'CopySourceIfModifiedSince', 'CopySourceIfNoneMatch'],
  ...['CopySourceIfUnmodifiedSince', 'ExpectedSourceBucketOwner'],
];
const LISTED = ['Delimiter', 'EncodingType', 'MaxKeys', 'Prefix'];
/** Members that the wire protocol checks against the document's bytes. */
const DIGESTS = ['ChecksumAlgorithm', 'ContentMD5'];
const ALWAYS = [
  'Bucket',
  'Key',
  'ExpectedBucketOwner',
  // It only confirms who pays, and no bucket is a Requester Pays bucket: S3 then charges its owner.
  'RequestPayer',
];

/** The members that each operation supports, besides {@link ALWAYS}. All others are refused by name. */
export const SUPPORTED_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  AbortMultipartUpload: ['UploadId'],
  CompleteMultipartUpload: [
    ...['UploadId', 'MultipartUpload', 'ChecksumType', 'MpuObjectSize', 'IfMatch', 'IfNoneMatch'],
    ...CHECKSUMS,
  ],
  CopyObject: [
    ...[...WRITTEN, ...SOURCE, 'ChecksumAlgorithm', 'IfMatch', 'IfNoneMatch'],
    ...['MetadataDirective', 'TaggingDirective'],
  ],
  CreateBucket: [
    ...['ACL', 'CreateBucketConfiguration', 'ObjectLockEnabledForBucket', 'ObjectOwnership'],
    'BucketNamespace',
  ],
  CreateMultipartUpload: [...WRITTEN, 'ChecksumAlgorithm', 'ChecksumType'],
  DeleteBucket: [],
  DeleteBucketCors: [],
  DeleteBucketEncryption: [],
  DeleteBucketLifecycle: [],
  DeleteBucketOwnershipControls: [],
  DeleteBucketPolicy: [],
  DeleteBucketTagging: [],
  DeleteObject: ['VersionId', 'IfMatch'],
  DeleteObjectTagging: ['VersionId'],
  DeleteObjects: ['Delete', 'ChecksumAlgorithm'],
  DeletePublicAccessBlock: [],
  GetBucketCors: [],
  GetBucketEncryption: [],
  GetBucketLifecycleConfiguration: [],
  GetBucketLocation: [],
  GetBucketLogging: [],
  GetBucketNotificationConfiguration: [],
  GetBucketOwnershipControls: [],
  GetBucketPolicy: [],
  GetBucketTagging: [],
  GetBucketVersioning: [],
  GetObject: READ,
  GetObjectAttributes: ['ObjectAttributes', 'VersionId', 'MaxParts', 'PartNumberMarker'],
  GetObjectTagging: ['VersionId'],
  GetPublicAccessBlock: [],
  HeadBucket: [],
  HeadObject: READ,
  ListBuckets: ['MaxBuckets', 'ContinuationToken', 'Prefix', 'BucketRegion'],
  ListMultipartUploads: [
    ...['Delimiter', 'EncodingType', 'KeyMarker', 'MaxUploads', 'Prefix', 'UploadIdMarker'],
  ],
  ListObjectVersions: [...LISTED, 'KeyMarker', 'VersionIdMarker'],
  ListObjects: [...LISTED, 'Marker'],
  ListObjectsV2: [...LISTED, 'ContinuationToken', 'FetchOwner', 'StartAfter'],
  ListParts: ['UploadId', 'MaxParts', 'PartNumberMarker'],
  PutBucketCors: [...DIGESTS, 'CORSConfiguration'],
  PutBucketEncryption: [...DIGESTS, 'ServerSideEncryptionConfiguration'],
  PutBucketLifecycleConfiguration: [
    ...['ChecksumAlgorithm', 'LifecycleConfiguration', 'TransitionDefaultMinimumObjectSize'],
  ],
  PutBucketLogging: [...DIGESTS, 'BucketLoggingStatus'],
  // There are no destinations whose permissions could be validated: only EventBridge is supported.
  PutBucketNotificationConfiguration: ['NotificationConfiguration', 'SkipDestinationValidation'],
  PutBucketOwnershipControls: [...DIGESTS, 'OwnershipControls'],
  // The confirmation disables a check that the local cloud does not make: that the policy leaves its author able to
  // change it.
  PutBucketPolicy: [...DIGESTS, 'Policy', 'ConfirmRemoveSelfBucketAccess'],
  PutBucketTagging: [...DIGESTS, 'Tagging'],
  PutBucketVersioning: [...DIGESTS, 'VersioningConfiguration'],
  PutObject: [...WRITTEN, ...BODY, 'IfMatch', 'IfNoneMatch'],
  PutObjectTagging: [...DIGESTS, 'Tagging', 'VersionId'],
  PutPublicAccessBlock: [...DIGESTS, 'PublicAccessBlockConfiguration'],
  UploadPart: [...BODY, 'PartNumber', 'UploadId'],
  UploadPartCopy: [...SOURCE, 'CopySourceRange', 'PartNumber', 'UploadId'],
};

type Members = Readonly<Record<string, unknown>>;

/**
 * Wraps the operations: each first checks that it supports every member of its input, that the bucket has the expected
 * owner, and that an anonymous caller accesses a public bucket.
 */
export function guarded(cloud: Cloud, store: BucketStore, operations: Operations<'s3'>): Operations<'s3'> {
  const wrapped = Object.entries(operations).map(([name, handle]) => {
    const run = handle as (input: object, call: Call) => Promise<object>;
    return [
      name,
      async (input: Members, call: Call) => {
        refuseUnsupported(cloud, name, input);
        checkOwner(cloud, store, input.Bucket, input.ExpectedBucketOwner);
        const source = input.ExpectedSourceBucketOwner;
        if (source !== undefined)
          checkOwner(cloud, store, parseCopySource(input.CopySource as string).bucket, source);
        if (call.principal.kind === 'anonymous') assertPublic(store, input);
        return run(input, call);
      },
    ];
  });
  return Object.fromEntries(wrapped) as Operations<'s3'>;
}

function refuseUnsupported(cloud: Cloud, operation: string, input: Members): void {
  const supported = SUPPORTED_MEMBERS[operation] ?? [];
  const refused = Object.keys(input).find(
    (member) => input[member] !== undefined && !ALWAYS.includes(member) && !supported.includes(member),
  );
  if (refused === undefined) return;
  const traits = cloud.services
    .model('s3')
    ?.operations.get(operation)
    ?.input.getMemberSchema(refused)
    .getMergedTraits();
  const Header = traits?.httpHeader ?? traits?.httpQuery ?? refused;
  const message =
    `${HEADER_NOT_IMPLEMENTED}: the local cloud does not support ` +
    `${refused} (${Header}) of s3:${operation}. Leave it out.`;
  throw new ServiceError('NotImplemented', message, { status: 501, fault: 'server', members: { Header } });
}

/**
 * Checks the expected owner. Source: User Guide, "Verifying bucket ownership with bucket owner condition"; the messages
 * are those that S3 answered to LocalStack's tests (tests/aws/services/s3/test_s3.snapshot.json,
 * `test_get_bucket_policy_invalid_account_id`).
 */
function checkOwner(cloud: Cloud, store: BucketStore, bucket: unknown, expected: unknown): void {
  if (expected === undefined) return;
  if (!/^\d{12}$/.test(String(expected))) {
    const message = `The value of the expected bucket owner parameter must be an AWS Account ID... [${String(expected)}]`;
    throw new ServiceError('InvalidBucketOwnerAWSAccountID', message, { status: 400 });
  }
  store.get(String(bucket));
  if (expected !== cloud.account) throw new ServiceError('AccessDenied', 'Access Denied', { status: 403 });
}
