import { documentOf } from '../../access/policy-documents';
import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';
import { BucketStore } from './bucket-store';
import { bucketOperations } from './buckets';
import { deletionOperations } from './deletions';
import { documentOperations } from './documents';
import { listingOperations } from './listing';
import { multipartOperations } from './multipart';
import { objectOperations } from './objects';
import { permissions } from './permissions';

/** S3, spoken to path-style: versioned buckets, their bytes on disk. */
export function s3(cloud: Cloud): Service<'s3'> {
  const store = new BucketStore(cloud);
  return {
    id: 's3',
    permissions,
    resourcePolicy: (arn) => {
      const [name = ''] = arn.split(':::')[1]?.split('/') ?? [];
      return store.has(name) ? documentOf(store.get(name).documents.policy as string | undefined) : undefined;
    },
    operations: {
      ...bucketOperations(cloud, store),
      ...documentOperations(store),
      ...objectOperations(cloud, store),
      ...deletionOperations(cloud, store),
      ...listingOperations(store),
      ...multipartOperations(cloud, store),
    },
  };
}
