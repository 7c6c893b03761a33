import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { BucketStore } from './bucket-store';

/** 3 to 63 of lower-case letters, digits, dots and hyphens, a letter or digit at both ends, no IP address. */
const NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!xn--)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const MAX_BUCKETS_PER_PAGE = 10_000;

/** Making, finding and removing buckets, and their versioning. */
export function bucketOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const home = 'us-east-1';
  return {
    async CreateBucket({ Bucket = '', CreateBucketConfiguration, ObjectLockEnabledForBucket, ACL }) {
      if (ObjectLockEnabledForBucket) throw notSupported('Object Lock', 'Create the bucket without it.');
      if (ACL !== undefined && ACL !== 'private') {
        const message =
          'Bucket cannot have ACLs set with ObjectOwnership BucketOwnerEnforced; leave ACL out.';
        throw new ServiceError('InvalidBucketAclWithObjectOwnership', message);
      }
      if (!NAME.test(Bucket)) {
        const message =
          `The specified bucket is not valid: '${Bucket}'. It needs 3 to 63 lower-case letters, digits, dots ` +
          'or hyphens, with a letter or digit at both ends.';
        throw new ServiceError('InvalidBucketName', message, { members: { BucketName: Bucket } });
      }
      const location = CreateBucketConfiguration?.LocationConstraint;
      if ((location ?? home) !== cloud.region) {
        const message =
          `The ${location ?? 'unspecified'} location constraint is incompatible for the region specific endpoint ` +
          `this request was sent to; LocationConstraint must be ${cloud.region}.`;
        throw new ServiceError('IllegalLocationConstraintException', message);
      }
      // Only in us-east-1 does S3 let an owner create a bucket again.
      if (store.has(Bucket) && cloud.region !== home) {
        const message = 'Your previous request to create the named bucket succeeded and you already own it.';
        throw new ServiceError('BucketAlreadyOwnedByYou', message, { status: 409 });
      }
      if (!store.has(Bucket)) store.create(Bucket);
      return { Location: `/${Bucket}` };
    },

    async DeleteBucket({ Bucket }) {
      const { name } = store.get(Bucket!);
      const { objects, uploads } = store.contents(name);
      if (Object.keys(objects).length > 0 || Object.keys(uploads).length > 0) {
        const message =
          'The bucket you tried to delete is not empty. You must delete all versions, delete markers and uploads in it.';
        throw new ServiceError('BucketNotEmpty', message, { status: 409, members: { BucketName: name } });
      }
      store.delete(name);
      return {};
    },

    async HeadBucket({ Bucket }) {
      store.get(Bucket!);
      return { BucketRegion: cloud.region };
    },

    async ListBuckets({ Prefix = '', MaxBuckets = MAX_BUCKETS_PER_PAGE, ContinuationToken }) {
      const invalid = (message: string) => new ServiceError('InvalidArgument', message);
      const found = store.list().filter(({ name }) => name.startsWith(Prefix));
      const { items, nextToken } = page(found, ({ name }) => name, MaxBuckets, ContinuationToken, invalid);
      return {
        Buckets: items.map(({ name, created }) => ({ Name: name, CreationDate: new Date(created) })),
        Owner: { ID: cloud.account },
        ContinuationToken: nextToken,
      };
    },

    async GetBucketLocation({ Bucket }) {
      store.get(Bucket!);
      // S3 says nothing for its first region.
      return cloud.region === home ? {} : { LocationConstraint: cloud.region as 'eu-central-1' };
    },

    async GetBucketVersioning({ Bucket }) {
      return { Status: store.get(Bucket!).versioning };
    },

    async PutBucketVersioning({ Bucket, VersioningConfiguration }) {
      const bucket = store.get(Bucket!);
      const { Status, MFADelete } = VersioningConfiguration ?? {};
      if (MFADelete === 'Enabled') throw notSupported('MFADelete', 'Leave it out.');
      if (Status !== 'Enabled' && Status !== 'Suspended') {
        const message = `VersioningConfiguration.Status must be Enabled or Suspended, not '${Status}'.`;
        throw new ServiceError('IllegalVersioningConfigurationException', message);
      }
      bucket.versioning = Status;
      store.bucketChanged();
      return {};
    },
  };
}
