import type { PermissionContext } from '../../core/service';
import { parseTagging, requestTagKeys } from './tags';

/** Condition keys whose value is a member of the input (service authorization reference, s3:PutObject). */
const MEMBERS = {
  ACL: 's3:x-amz-acl',
  CopySource: 's3:x-amz-copy-source',
  IfMatch: 's3:if-match',
  IfNoneMatch: 's3:if-none-match',
  MetadataDirective: 's3:x-amz-metadata-directive',
  SSEKMSKeyId: 's3:x-amz-server-side-encryption-aws-kms-key-id',
  ServerSideEncryption: 's3:x-amz-server-side-encryption',
  StorageClass: 's3:x-amz-storage-class',
} as const;

type Members = { [M in keyof typeof MEMBERS]?: string } & { Tagging?: string };

/** Returns the condition keys of a request that writes an object. */
export function writeKeys(input: Members): PermissionContext {
  const given = Object.entries(MEMBERS).flatMap(([member, key]) => {
    const value = input[member as keyof Members];
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    ...Object.fromEntries(given),
    ...(input.Tagging !== undefined && requestTagKeys(parseTagging(input.Tagging))),
  };
}
