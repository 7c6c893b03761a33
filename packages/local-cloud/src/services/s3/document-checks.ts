import type {
  BucketLoggingStatus,
  CORSConfiguration,
  LifecycleRule,
  ServerSideEncryptionConfiguration,
  Tagging,
} from '@aws-sdk/client-s3';
import { notSupported, ServiceError } from '../../model/errors';
import type { BucketStore } from './bucket-store';
import { checkLifecycle } from './lifecycle-rules';
import { malformedXml } from './malformed-xml';
import { checkBucketTags } from './tags';

const METHODS = ['GET', 'PUT', 'HEAD', 'POST', 'DELETE'];

const TARGETS = ['LambdaFunctionConfigurations', 'QueueConfigurations', 'TopicConfigurations'];

/** Checks of a bucket's settings that the API model does not have, by their keys in a bucket's documents. */
const CHECKS: Readonly<Record<string, (document: never, store: BucketStore) => void>> = {
  lifecycle: (document: { Rules?: LifecycleRule[] } | undefined) => checkLifecycle(document),

  // S3's sentence is reproduced in the tests of https://github.com/getmoto/moto.
  cors: ({ CORSRules = [] }: CORSConfiguration) => {
    if (CORSRules.length === 0) throw malformedXml();
    const method = CORSRules.flatMap(({ AllowedMethods = [] }) => AllowedMethods).find(
      (each) => !METHODS.includes(each),
    );
    if (method === undefined) return;
    const message = `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`;
    throw new ServiceError('InvalidRequest', message);
  },

  tagging: ({ TagSet = [] }: Tagging) => checkBucketTags(TagSet),

  logging: ({ LoggingEnabled }: BucketLoggingStatus, store) => {
    const target = LoggingEnabled?.TargetBucket;
    if (target === undefined || store.has(target)) return;
    const message = 'The target bucket for logging does not exist';
    throw new ServiceError('InvalidTargetBucketForLogging', message, { members: { TargetBucket: target } });
  },

  // S3's sentence is reproduced in https://github.com/localstack/localstack.
  encryption: ({ Rules = [] }: ServerSideEncryptionConfiguration) => {
    if (Rules.length !== 1) throw malformedXml();
    const { SSEAlgorithm, KMSMasterKeyID } = Rules[0]!.ApplyServerSideEncryptionByDefault ?? {};
    if (KMSMasterKeyID === undefined || SSEAlgorithm !== 'AES256') return;
    const message =
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse';
    const members = { ArgumentName: 'ApplyServerSideEncryptionByDefault' };
    throw new ServiceError('InvalidArgument', message, { members });
  },

  notification: (document: Record<string, unknown[] | undefined> | undefined) => {
    const target = TARGETS.find((name) => document?.[name]?.length);
    if (target === undefined) return;
    throw notSupported(`NotificationConfiguration.${target}`, 'Use EventBridgeConfiguration and a rule.');
  },
};

/** Checks one of a bucket's settings before it is stored. @throws ServiceError */
export function checkDocument(name: string, document: unknown, store: BucketStore): void {
  CHECKS[name]?.(document as never, store);
}
