import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Input, Operations } from '../../core/service';
import type { BucketStore } from './bucket-store';
import { ownerOf } from './object-facts';
import { BLOCKED } from './public-access';

/** 3 to 63 lower-case letters, digits, dots and hyphens, with a letter or digit at both ends, but not an IP address. */
const NAME = /^(?!\d+\.\d+\.\d+\.\d+$)(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reserved prefixes and suffixes (User Guide, "General purpose bucket naming rules"). */
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/;

/** A region, or the older name of eu-west-1. */
const REGION = /^(?:EU|[a-z]{2}(?:-[a-z]+)+-\d)$/;

const MAX_BUCKETS_PER_PAGE = 10_000;

/** Operations that create, list and delete buckets, and set their versioning. */
export function bucketOperations(cloud: Cloud, store: BucketStore): Operations<'s3'> {
  const home = 'us-east-1';
  return {
    async CreateBucket(input) {
      const { Bucket = '', CreateBucketConfiguration, ObjectOwnership, ACL } = input;
      refuseKinds(input);
      if (ACL !== undefined && ACL !== 'private') {
        const message =
          'Bucket cannot have ACLs set with ObjectOwnership BucketOwnerEnforced; leave ACL out.';
        throw new ServiceError('InvalidBucketAclWithObjectOwnership', message);
      }
      if (!NAME.test(Bucket) || RESERVED.test(Bucket)) {
        const message =
          `The specified bucket is not valid: '${Bucket}'. It needs 3 to 63 lower-case letters, digits, dots ` +
          'or hyphens, with a letter or digit at both ends, and no reserved prefix or suffix.';
        throw new ServiceError('InvalidBucketName', message, { members: { BucketName: Bucket } });
      }
      const location = CreateBucketConfiguration?.LocationConstraint;
      // The buckets of us-east-1 have no location constraint (API reference, CreateBucketConfiguration).
      if (location !== undefined && (location === (home as string) || !REGION.test(location))) {
        const message = 'The specified location-constraint is not valid';
        const members = { LocationConstraint: location };
        throw new ServiceError('InvalidLocationConstraint', message, { members });
      }
      if ((location ?? home) !== cloud.region) {
        const message =
          `The ${location ?? 'unspecified'} location constraint is incompatible for the region specific endpoint ` +
          `this request was sent to; LocationConstraint must be ${cloud.region}.`;
        throw new ServiceError('IllegalLocationConstraintException', message);
      }
      // S3 lets an owner create a bucket again only in us-east-1.
      if (store.has(Bucket) && cloud.region !== home) {
        const message = 'Your previous request to create the named bucket succeeded and you already own it.';
        throw new ServiceError('BucketAlreadyOwnedByYou', message, { status: 409 });
      }
      const Rules = ObjectOwnership && [{ ObjectOwnership }];
      const documents = { publicAccessBlock: BLOCKED, ...(Rules && { ownership: { Rules } }) };
      if (!store.has(Bucket)) store.create(Bucket, documents);
      return { Location: `/${Bucket}` };
    },

    async DeleteBucket({ Bucket }) {
      const { name, versioning } = store.get(Bucket!);
      // Uploads in progress are deleted with the bucket: the API reference names them as an obstacle for directory
      // buckets only, and S3 was seen to do so (https://github.com/ceph/ceph/pull/15630,
      // https://github.com/scality/cloudserver/pull/1592, https://github.com/basho/riak_cs/issues/475).
      if (Object.keys(store.contents(name).objects).length > 0) {
        const message =
          'The bucket you tried to delete is not empty' +
          (versioning ? '. You must delete all versions in the bucket.' : '');
        throw new ServiceError('BucketNotEmpty', message, { status: 409, members: { BucketName: name } });
      }
      store.delete(name);
      return {};
    },

    async HeadBucket({ Bucket }) {
      store.get(Bucket!);
      return { BucketRegion: cloud.region };
    },

    async ListBuckets({ Prefix = '', MaxBuckets = MAX_BUCKETS_PER_PAGE, ContinuationToken, BucketRegion }) {
      const invalid = (message: string) => new ServiceError('InvalidArgument', message);
      const isHere = BucketRegion === undefined || BucketRegion === cloud.region;
      const found = store.list().filter(({ name }) => isHere && name.startsWith(Prefix));
      const { items, nextToken } = page(found, ({ name }) => name, MaxBuckets, ContinuationToken, invalid);
      return {
        Buckets: items.map(({ name, created }) => ({ Name: name, CreationDate: new Date(created) })),
        Owner: ownerOf(cloud),
        ContinuationToken: nextToken,
      };
    },

    async GetBucketLocation({ Bucket }) {
      store.get(Bucket!);
      // S3 returns no location for its first region.
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

const OWNERSHIPS = ['BucketOwnerPreferred', 'ObjectWriter', 'BucketOwnerEnforced'];

/** Refuses buckets of other kinds, and members of the configuration that only those have. */
function refuseKinds(input: Input<'s3', 'CreateBucket'>): void {
  const { ObjectLockEnabledForBucket, BucketNamespace, ObjectOwnership } = input;
  if (ObjectLockEnabledForBucket) throw notSupported('Object Lock', 'Create the bucket without it.');
  if (BucketNamespace !== undefined && BucketNamespace !== 'global') {
    throw notSupported(`the bucket namespace '${BucketNamespace}'`, "Use 'global', or leave it out.");
  }
  if (ObjectOwnership !== undefined && !OWNERSHIPS.includes(ObjectOwnership)) {
    const message = `Invalid x-amz-object-ownership header: ${String(ObjectOwnership)}`;
    const members = { ArgumentName: 'x-amz-object-ownership' };
    throw new ServiceError('InvalidArgument', message, { members });
  }
  const unknown = Object.entries(input.CreateBucketConfiguration ?? {}).find(
    ([name, value]) => name !== 'LocationConstraint' && value !== undefined,
  );
  if (unknown) {
    throw notSupported(
      `CreateBucketConfiguration.${unknown[0]}`,
      'Use only LocationConstraint; tag the bucket with PutBucketTagging.',
    );
  }
}
