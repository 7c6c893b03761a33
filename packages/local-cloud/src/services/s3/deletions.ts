import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import type { Call, Operations } from '../../core/service';
import type { Bucket, BucketStore } from './bucket-store';
import { checkDeleteCondition } from './conditions';
import { announce } from './events';

const MAX_PER_REQUEST = 1000;

/** Conditions that general purpose buckets do not have (API reference, ObjectIdentifier). */
const DIRECTORY_ONLY = ['LastModifiedTime', 'Size'];

/**
 * Operations that delete objects and versions: with versioning, a delete without a version id only adds a delete
 * marker.
 */
export function deletionOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  function remove(
    bucket: Bucket,
    key: string,
    versionId: string | undefined,
    call: Call,
  ): { DeleteMarker?: boolean; VersionId?: string } {
    if (versionId !== undefined || bucket.versioning === undefined) {
      const version = store.removeVersion(bucket.name, key, versionId ?? 'null');
      if (version) announce(cloud, bucket, 'Object Deleted', { key, version, call });
      if (versionId === undefined) return {};
      return { VersionId: versionId, ...(version?.deleteMarker && { DeleteMarker: true }) };
    }
    const modified = cloud.clock.now();
    const marker = store.push(bucket, key, { modified, deleteMarker: true, size: 0, etag: '', facts: {} });
    announce(cloud, bucket, 'Object Deleted', { key, version: marker, call });
    return { DeleteMarker: true, VersionId: marker.id };
  }

  return {
    async DeleteObject({ Bucket, Key, VersionId, IfMatch }, call) {
      const bucket = store.get(Bucket!);
      checkDeleteCondition(IfMatch, store.versions(bucket.name, Key!).at(-1));
      return remove(bucket, Key!, VersionId, call);
    },

    async DeleteObjects({ Bucket, Delete }, call) {
      const bucket = store.get(Bucket!);
      const objects = Delete?.Objects ?? [];
      if (objects.length === 0 || objects.length > MAX_PER_REQUEST) {
        const message = `Delete.Objects must have 1 to ${MAX_PER_REQUEST} entries, not ${objects.length}.`;
        throw new ServiceError('MalformedXML', message);
      }
      const directoryOnly = objects.flatMap(Object.keys).find((name) => DIRECTORY_ONLY.includes(name));
      if (directoryOnly) {
        throw notSupported(`Delete.Objects.${directoryOnly}`, 'It is for directory buckets; use ETag.');
      }
      const deleted: object[] = [];
      const errors: object[] = [];
      for (const { Key, VersionId, ETag } of objects) {
        try {
          checkDeleteCondition(ETag, store.versions(bucket.name, Key!).at(-1));
          const result = remove(bucket, Key!, VersionId, call);
          const marker = result.DeleteMarker && {
            DeleteMarker: true,
            DeleteMarkerVersionId: result.VersionId,
          };
          deleted.push({ Key, VersionId, ...marker });
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          errors.push({ Key, VersionId, Code: error.code, Message: error.message });
        }
      }
      const failures = errors.length > 0 ? { Errors: errors } : {};
      return Delete?.Quiet ? failures : { Deleted: deleted, ...failures };
    },
  };
}
