import type { Cloud } from '../../core/cloud';
import type { Operations } from '../../core/service';
import type { BucketStore } from './bucket-store';
import { announce } from './events';
import { shownVersion } from './object-facts';
import { checkTags } from './tags';
import { Versions } from './versions';

/** Operations on the tags of existing objects. */
export function taggingOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const versions = new Versions(cloud, store);
  return {
    async GetObjectTagging({ Bucket, Key, VersionId }, call) {
      const bucket = store.get(Bucket!);
      const version = versions.findTaggable(bucket, Key!, VersionId, call, 'GET');
      return { TagSet: version.tags ?? [], ...shownVersion(bucket, version) };
    },

    async PutObjectTagging({ Bucket, Key, VersionId, Tagging }, call) {
      const bucket = store.get(Bucket!);
      const tags = checkTags(Tagging?.TagSet ?? []);
      const version = versions.findTaggable(bucket, Key!, VersionId, call, 'PUT');
      version.tags = tags;
      store.objectChanged(bucket.name, Key!);
      announce(cloud, bucket, 'Object Tags Added', { key: Key!, version, call });
      return shownVersion(bucket, version);
    },

    async DeleteObjectTagging({ Bucket, Key, VersionId }, call) {
      const bucket = store.get(Bucket!);
      const version = versions.findTaggable(bucket, Key!, VersionId, call, 'DELETE');
      delete version.tags;
      store.objectChanged(bucket.name, Key!);
      announce(cloud, bucket, 'Object Tags Deleted', { key: Key!, version, call });
      return shownVersion(bucket, version);
    },
  };
}
