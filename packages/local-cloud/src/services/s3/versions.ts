import type { Cloud } from '../../core/cloud';
import type { Call } from '../../core/service';
import { ServiceError } from '../../model/errors';
import type { Bucket, BucketStore, Version } from './bucket-store';

/** Storage classes whose objects are archived: they can be read only after RestoreObject. */
const ARCHIVED = ['GLACIER', 'DEEP_ARCHIVE'];

/** Finds versions of objects for callers. */
export class Versions {
  constructor(
    private readonly cloud: Cloud,
    private readonly store: BucketStore,
  ) {}

  /**
   * Returns the version with the id, or the current one. A caller that may not list the bucket gets AccessDenied if
   * there is none (API reference, GetObject).
   */
  find(bucket: Bucket, key: string, versionId: string | undefined, call: Call): Version {
    const version = this.lookUp(bucket, key, versionId);
    if (version && !version.deleteMarker) return version;
    const headers = version && { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.id };
    if (version && versionId !== undefined) {
      const message =
        'The specified method is not allowed against this resource: the version is a delete marker.';
      throw new ServiceError('MethodNotAllowed', message, { status: 405, headers });
    }
    this.mayKnow(bucket, versionId, call);
    if (versionId !== undefined) {
      const members = { Key: key, VersionId: versionId };
      throw new ServiceError('NoSuchVersion', 'The specified version does not exist.', {
        status: 404,
        members,
      });
    }
    throw noSuchKey(key, headers);
  }

  /**
   * Returns the same for an operation on tags, which refuses a delete marker also as the current version (localstack,
   * tests/aws/services/s3/test_s3_api.snapshot.json, `test_object_tagging_versioned`).
   */
  findTaggable(
    bucket: Bucket,
    key: string,
    versionId: string | undefined,
    call: Call,
    Method: string,
  ): Version {
    if (this.lookUp(bucket, key, versionId)?.deleteMarker) {
      const members = { Method, ResourceType: 'DeleteMarker' };
      const message = 'The specified method is not allowed against this resource.';
      throw new ServiceError('MethodNotAllowed', message, { status: 405, members });
    }
    return this.find(bucket, key, versionId, call);
  }

  lookUp(bucket: Bucket, key: string, versionId: string | undefined): Version | undefined {
    const versions = this.store.versions(bucket.name, key);
    return versionId === undefined ? versions.at(-1) : versions.find(({ id }) => id === versionId);
  }

  private mayKnow(bucket: Bucket, versionId: string | undefined, call: Call): void {
    const action = versionId === undefined ? 's3:ListBucket' : 's3:ListBucketVersions';
    this.cloud.authorize(call, { action, resources: [`arn:aws:s3:::${bucket.name}`] }, 's3');
  }
}

export function noSuchKey(key: string, headers?: Record<string, string>): ServiceError {
  return new ServiceError('NoSuchKey', 'The specified key does not exist.', {
    status: 404,
    members: { Key: key },
    headers,
  });
}

/** Throws if the bytes of a version cannot be read because it is archived. */
export function assertReadable({ facts }: Version): void {
  const { StorageClass } = facts;
  if (!ARCHIVED.includes(String(StorageClass))) return;
  const message = "The operation is not valid for the object's storage class";
  throw new ServiceError('InvalidObjectState', message, { status: 403, members: { StorageClass } });
}

/** Throws the same for the source of a copy (API reference, CopyObject, ObjectNotInActiveTierError). */
export function assertCopyable({ facts }: Version): void {
  if (!ARCHIVED.includes(String(facts.StorageClass))) return;
  const message = 'The source object of the COPY action is not in the active tier.';
  throw new ServiceError('ObjectNotInActiveTierError', message, { status: 403 });
}
