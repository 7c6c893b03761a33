import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import { documentOf } from '../../access/policy-documents';
import type { Principal } from '../../core/principals';
import { ServiceError } from '../../model/errors';
import type { Bucket, BucketStore } from './bucket-store';

/** The settings of a new bucket (User Guide, "Blocking public access to your Amazon S3 storage"). */
export const BLOCKED: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

/**
 * Conditions that, with fixed values, make a statement for everyone not public: User Guide, 'The meaning of "public"'.
 */
const NARROWING = new Set([
  ...[
    'aws:principalarn',
    'aws:principalorgid',
    'aws:principalorgpaths',
    'aws:principalaccount',
    'aws:userid',
  ],
  ...['aws:sourceaccount', 'aws:sourcearn', 'aws:sourceip', 'aws:sourceorgid', 'aws:sourceorgpaths'],
  ...[
    'aws:sourceowner',
    'aws:sourcevpc',
    'aws:sourcevpce',
    'aws:vpceaccount',
    'aws:vpceorgid',
    'aws:vpceorgpaths',
  ],
  ...['s3:dataaccesspointarn', 's3:dataaccesspointaccount'],
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

interface Statement {
  Effect?: string;
  Principal?: unknown;
  Condition?: Record<string, Record<string, unknown>>;
}

/** Returns true if a checked policy gives access to everyone. */
export function isPublic(policy: string | undefined): boolean {
  const { Statement = [] } = (documentOf(policy) ?? {}) as { Statement?: Statement | Statement[] };
  return [Statement]
    .flat()
    .some((statement) => statement.Effect === 'Allow' && isForEveryone(statement) && !isNarrowed(statement));
}

function isForEveryone({ Principal: principal }: Statement): boolean {
  const named =
    typeof principal === 'object' && principal !== null ? (principal as { AWS?: unknown }).AWS : principal;
  return [named].flat().includes('*');
}

function isNarrowed({ Condition = {} }: Statement): boolean {
  return Object.entries(Condition).some(
    ([operator, keys]) =>
      /^(?:ForAnyValue:)?(?:String|Arn)(?:Equals|Like)|^IpAddress/i.test(operator) &&
      !/IfExists$/i.test(operator) &&
      Object.entries(keys).some(
        ([key, value]) =>
          NARROWING.has(key.toLowerCase()) && [value].flat().every((each) => isFixed(key, String(each))),
      ),
  );
}

/**
 * Returns true for a value without wildcards and variables. For AWS, a range of addresses is fixed down to /8 (IPv4)
 * and /32 (IPv6).
 */
function isFixed(key: string, value: string): boolean {
  if (key.toLowerCase() !== 'aws:sourceip') return !/[*?]|\$\{/.test(value);
  const [address = '', bits] = value.split('/');
  return bits === undefined || Number(bits) >= (address.includes(':') ? 32 : 8);
}

/**
 * Refuses a policy that BlockPublicPolicy forbids.
 *
 * @throws ServiceError AccessDenied
 */
export function assertPolicyMayBePut(bucket: Bucket, policy: string, { arn }: Principal): void {
  const { BlockPublicPolicy } = blockOf(bucket);
  if (!BlockPublicPolicy || !isPublic(policy)) return;
  const message =
    `User: ${arn} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${bucket.name}" ` +
    'because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.';
  throw new ServiceError('AccessDenied', message, { status: 403 });
}

/**
 * Refuses an anonymous caller unless the bucket's policy is public and RestrictPublicBuckets is off. The policy itself
 * was evaluated before. `response-*` parameters need a signature (API reference, GetObject; the message is in
 * https://github.com/floci-io/floci/pull/1098).
 */
export function assertPublic(store: BucketStore, input: Readonly<Record<string, unknown>>): void {
  const name = input.Bucket as string | undefined;
  const bucket = name === undefined ? undefined : store.get(name);
  const isOpen =
    bucket &&
    !blockOf(bucket).RestrictPublicBuckets &&
    isPublic(bucket.documents.policy as string | undefined);
  if (!isOpen) throw new ServiceError('AccessDenied', 'Access Denied', { status: 403 });
  if (Object.keys(input).some((member) => member.startsWith('Response') && input[member] !== undefined)) {
    const message = 'Request specific response headers cannot be used for anonymous GET requests.';
    throw new ServiceError('InvalidRequest', message);
  }
}

function blockOf(bucket: Bucket): PublicAccessBlockConfiguration {
  return bucket.documents.publicAccessBlock ?? {};
}
