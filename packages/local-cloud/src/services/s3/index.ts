import type { S3 } from '@aws-sdk/client-s3';
import { documentOf } from '../../access/policy-documents';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { attributeOperations } from './attributes';
import { BucketStore } from './bucket-store';
import { bucketOperations } from './buckets';
import { copyOperations } from './copying';
import { deletionOperations } from './deletions';
import { documentOperations } from './documents';
import { withExistingTags } from './existing-tags';
import { guarded } from './input-members';
import { listingOperations } from './listing';
import { multipartOperations } from './multipart';
import { multipartListingOperations } from './multipart-listing';
import { objectOperations } from './objects';
import { permissions } from './permissions';
import { bucketTypes } from './resources';
import { taggingOperations } from './tagging';
import { versionListingOperations } from './version-listing';

/** S3 with path-style addresses: versioned buckets, their bytes on disk. */
function create(cloud: Cloud): Service<'s3'> {
  const store = new BucketStore(cloud);
  return {
    permissions: withExistingTags(permissions, store),
    resourcePolicy: (arn) => {
      const [name = ''] = arn.split(':::')[1]?.split('/') ?? [];
      return store.has(name) ? documentOf(store.get(name).documents.policy as string | undefined) : undefined;
    },
    start: async () => store.removeOrphans(),
    operations: guarded(cloud, store, {
      ...bucketOperations(cloud, store),
      ...documentOperations(cloud, store),
      ...objectOperations(cloud, store),
      ...copyOperations(cloud, store),
      ...deletionOperations(cloud, store),
      ...taggingOperations(cloud, store),
      ...attributeOperations(cloud, store),
      ...listingOperations(cloud, store),
      ...versionListingOperations(cloud, store),
      ...multipartOperations(cloud, store),
      ...multipartListingOperations(cloud, store),
    }),
  };
}

export const s3: ServiceDefinition<'s3'> = {
  id: 's3',
  facts: {
    package: '@aws-sdk/client-s3',
    signingName: 's3',
    iamPrefix: 's3',
    protocol: 'restXml',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    invalidInput: 'InvalidRequest',
  },
  resourceTypes: bucketTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    s3: S3;
  }
}
