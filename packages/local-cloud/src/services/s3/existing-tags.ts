import { actionFacts } from '../../iam';
import type { Caller, Permission, Service } from '../../core/service';
import type { BucketStore } from './bucket-store';
import { existingTagKeys } from './tags';

type Permissions = NonNullable<Service<'s3'>['permissions']>;

const KEY = 's3:ExistingObjectTag/<key>';
const OBJECT = /^arn:aws:s3:::([^/]+)\/(.+)$/s;

/**
 * Adds the condition keys `s3:ExistingObjectTag/…` to the permissions on objects that have tags, where the service
 * authorization reference has them for the action.
 */
export function withExistingTags(permissions: Permissions, store: BucketStore): Permissions {
  const withTags = (permission: Permission, versionId: string | undefined): Permission => {
    const [, bucket = '', key = ''] = OBJECT.exec(permission.resources[0] ?? '') ?? [];
    if (key === '' || !store.has(bucket)) return permission;
    const versions = store.versions(bucket, key);
    const version = versionId === undefined ? versions.at(-1) : versions.find(({ id }) => id === versionId);
    if (!version?.tags || !knowsTags(permission.action)) return permission;
    return { ...permission, context: { ...permission.context, ...existingTagKeys(version.tags) } };
  };
  const wrapped = Object.entries(permissions).map(([operation, permissionsOf]) => [
    operation,
    (input: { VersionId?: string; CopySource?: string }, caller: Caller) => {
      const needed = (permissionsOf as (input: object, caller: Caller) => Permission | Permission[])(
        input,
        caller,
      );
      const versionId = input.VersionId ?? input.CopySource?.split('?versionId=')[1];
      return [needed].flat().map((permission) => withTags(permission, versionId));
    },
  ]);
  return Object.fromEntries(wrapped) as Permissions;
}

function knowsTags(action: string): boolean {
  const facts = actionFacts(action);
  return Boolean(
    facts?.conditionKeys.includes(KEY) ||
      facts?.resourceTypes.some(({ conditionKeys }) => conditionKeys.includes(KEY)),
  );
}
