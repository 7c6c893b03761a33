import type { LifecycleRule } from '@aws-sdk/client-s3';
import { parsePolicy, type PolicyCheck } from '../../access/policy-documents';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Call, Operations } from '../../core/service';
import { checkBucketPolicy } from './bucket-policy';
import type { BucketStore } from './bucket-store';
import { checkDocument } from './document-checks';
import { assertPolicyMayBePut } from './public-access';

interface DocumentKind {
  /** The key in a bucket's documents. */
  name: string;
  put: string;
  get: string;
  delete?: string;
  /** The member of the Put operation's input that is the document. */
  member: string;
  /** Returns the Get operation's output; by default, the document under `member`. */
  show?: (document: never) => object;
  /** The document of a bucket that has none, or Get's error in this case. */
  absent: object | { code: string; message: string };
}

const asItIs = (document: object) => document;

/**
 * A bucket's settings that are stored as documents. Encryption and notification affect new objects and events, policies
 * affect authorization; lifecycle, logging and CORS have no effect on one machine.
 */
const KINDS: readonly DocumentKind[] = [
  {
    name: 'encryption',
    put: 'PutBucketEncryption',
    get: 'GetBucketEncryption',
    delete: 'DeleteBucketEncryption',
    member: 'ServerSideEncryptionConfiguration',
    absent: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
    },
  },
  {
    name: 'policy',
    put: 'PutBucketPolicy',
    get: 'GetBucketPolicy',
    delete: 'DeleteBucketPolicy',
    member: 'Policy',
    absent: { code: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist' },
  },
  {
    name: 'publicAccessBlock',
    put: 'PutPublicAccessBlock',
    get: 'GetPublicAccessBlock',
    delete: 'DeletePublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    absent: {
      code: 'NoSuchPublicAccessBlockConfiguration',
      message: 'The public access block configuration was not found',
    },
  },
  {
    name: 'ownership',
    put: 'PutBucketOwnershipControls',
    get: 'GetBucketOwnershipControls',
    delete: 'DeleteBucketOwnershipControls',
    member: 'OwnershipControls',
    absent: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
  },
  {
    name: 'lifecycle',
    put: 'PutBucketLifecycleConfiguration',
    get: 'GetBucketLifecycleConfiguration',
    delete: 'DeleteBucketLifecycle',
    member: 'LifecycleConfiguration',
    show: withDates,
    absent: { code: 'NoSuchLifecycleConfiguration', message: 'The lifecycle configuration does not exist' },
  },
  {
    name: 'cors',
    put: 'PutBucketCors',
    get: 'GetBucketCors',
    delete: 'DeleteBucketCors',
    member: 'CORSConfiguration',
    show: asItIs,
    absent: { code: 'NoSuchCORSConfiguration', message: 'The CORS configuration does not exist' },
  },
  {
    name: 'tagging',
    put: 'PutBucketTagging',
    get: 'GetBucketTagging',
    delete: 'DeleteBucketTagging',
    member: 'Tagging',
    show: asItIs,
    absent: { code: 'NoSuchTagSet', message: 'The TagSet does not exist' },
  },
  {
    name: 'logging',
    put: 'PutBucketLogging',
    get: 'GetBucketLogging',
    member: 'BucketLoggingStatus',
    show: asItIs,
    absent: {},
  },
  {
    name: 'notification',
    put: 'PutBucketNotificationConfiguration',
    get: 'GetBucketNotificationConfiguration',
    member: 'NotificationConfiguration',
    show: asItIs,
    absent: {},
  },
];

/** Returns a lifecycle configuration whose dates are dates: a restart leaves them as text. */
function withDates(configuration: LifecycleConfiguration): LifecycleConfiguration {
  const dated = <T extends { Date?: Date }>(action: T) =>
    action.Date === undefined ? action : { ...action, Date: new Date(action.Date) };
  return {
    ...configuration,
    Rules: configuration.Rules.map((rule) => ({
      ...rule,
      ...(rule.Expiration && { Expiration: dated(rule.Expiration) }),
      ...(rule.Transitions && { Transitions: rule.Transitions.map(dated) }),
    })),
  };
}

interface LifecycleConfiguration {
  Rules: LifecycleRule[];
}

type Input = Record<string, unknown> & { Bucket: string };

/** The Get, Put and Delete operations of a bucket's settings. */
export function documentOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const operations: Record<string, (input: Input, call: Call) => Promise<object>> = {};
  for (const kind of KINDS) {
    const show = kind.show ?? ((document: object) => ({ [kind.member]: document }));
    operations[kind.put] = async (input, call) => {
      const bucket = store.get(input.Bucket);
      checkDocument(kind.name, input[kind.member], store);
      if (kind.name === 'policy') {
        const policy = String(input.Policy);
        checkBucketPolicy(bucket.name, policy);
        parsePolicy(cloud, POLICY, policy);
        assertPolicyMayBePut(bucket, policy, call.principal);
      }
      const { documents } = bucket;
      documents[kind.name] = kind.name === 'lifecycle' ? lifecycleOf(input) : input[kind.member];
      store.bucketChanged();
      return kind.name === 'lifecycle' ? sizeOf(documents.lifecycle as object) : {};
    };
    operations[kind.get] = async (input) => {
      const { documents } = store.get(input.Bucket);
      if (documents[kind.name] !== undefined) return show(documents[kind.name] as never);
      if ('code' in kind.absent) {
        const { code, message } = kind.absent;
        throw new ServiceError(code, message, { status: 404, members: { BucketName: input.Bucket } });
      }
      return show(kind.absent as never);
    };
    if (kind.delete) {
      operations[kind.delete] = async (input) => {
        delete store.get(input.Bucket).documents[kind.name];
        store.bucketChanged();
        return {};
      };
    }
  }
  return operations;
}

/**
 * The checks of a bucket policy. Message:
 * https://github.com/ministryofjustice/modernisation-platform-environments/pull/590
 */
const POLICY: PolicyCheck = {
  name: 'bucket policy',
  kind: 'resource',
  code: 'MalformedPolicy',
  noPrincipal: () => 'Invalid principal in policy',
};

const MINIMUM_SIZE = 'TransitionDefaultMinimumObjectSize';

/** Returns the configuration, with the header that applies to all of its transitions. */
function lifecycleOf({ LifecycleConfiguration, ...input }: Input): object {
  // Since September 2024 (User Guide, "Transitioning objects using Amazon S3 Lifecycle").
  const size = input[MINIMUM_SIZE] ?? 'all_storage_classes_128K';
  return { ...(LifecycleConfiguration as object | undefined), [MINIMUM_SIZE]: size };
}

function sizeOf(lifecycle: object): object {
  return { [MINIMUM_SIZE]: (lifecycle as Record<string, unknown>)[MINIMUM_SIZE] };
}
