import type { DataRepositoryAssociation } from '@aws-sdk/client-fsx';
import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Caller, Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { parseS3Uri, type Location } from '../../jobs/s3-transfer';
import { checkLink, checkPolicies } from './limits';
import { ServiceRoles } from './service-roles';
import { badRequest, type FileSystems } from './state';

const MAX_LINKS = 8;

/** Operations on links of directories to prefixes of buckets ("data repository associations"). */
export function linkOperations(cloud: Cloud, systems: FileSystems): Operations<'fsx'> {
  const roles = new ServiceRoles(cloud);

  function find(id: string): DataRepositoryAssociation {
    const found = systems.state.associations[id];
    if (found) return found;
    throw new ServiceError('DataRepositoryAssociationNotFound', `Association '${id}' does not exist.`);
  }

  /** Checks, as FSx does, that the bucket exists and the caller may use it. */
  async function tryBucket(caller: Caller, { bucket, key }: Location): Promise<void> {
    const arn = `arn:aws:s3:::${bucket}`;
    try {
      await cloud.call('s3', 'HeadBucket', { Bucket: bucket }, caller);
      for (const action of ['s3:GetObject', 's3:PutObject']) {
        cloud.authorize(caller, { action, resources: [`${arn}/${key}*`] }, 's3');
      }
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw badRequest(
        'Amazon FSx is unable to validate access to the S3 bucket. Ensure the IAM role or user you are using has s3:Get*, s3:List* and s3:PutObject permissions to the S3 bucket prefix.',
      );
    }
  }

  return {
    async CreateDataRepositoryAssociation(request, call) {
      const { FileSystemId = '', FileSystemPath = '/', DataRepositoryPath = '', S3, Tags } = request;
      systems.find(FileSystemId);
      checkLink(request);
      const others = systems.linksOf(FileSystemId);
      if (others.length >= MAX_LINKS)
        throw badRequest(`A file system has at most ${MAX_LINKS} associations.`);
      const overlap = others.find((other) => overlapping(other.FileSystemPath!, FileSystemPath));
      if (overlap) {
        throw badRequest(
          `FileSystemPath ${FileSystemPath} overlaps with ${overlap.FileSystemPath} of ${overlap.AssociationId}.`,
        );
      }
      const location = locationOf(DataRepositoryPath);
      await tryBucket(call, location);
      roles.openBucket(call, FileSystemId, location.bucket);
      const AssociationId = `dra-0${randomBytes(8).toString('hex')}`;
      const association: DataRepositoryAssociation = {
        AssociationId,
        ResourceARN: cloud.arn('fsx', `association/${FileSystemId}/${AssociationId}`),
        FileSystemId,
        Lifecycle: 'AVAILABLE',
        FileSystemPath,
        DataRepositoryPath,
        BatchImportMetaDataOnCreate: request.BatchImportMetaDataOnCreate ?? false,
        ...(S3 && { S3 }),
        Tags: Tags ?? [],
        CreationTime: new Date(cloud.clock.now()),
      };
      systems.state.associations[AssociationId] = association;
      systems.changed();
      if (request.BatchImportMetaDataOnCreate) {
        const task = {
          ...{ FileSystemId, Type: 'IMPORT_METADATA_FROM_REPOSITORY' as const },
          ...{ Paths: [DataRepositoryPath], Report: { Enabled: false } },
        };
        await cloud.call('fsx', 'CreateDataRepositoryTask', task, call);
      }
      return { Association: answer(association) };
    },

    async DescribeDataRepositoryAssociations({ AssociationIds }) {
      const found = AssociationIds?.length
        ? AssociationIds.map(find)
        : Object.values(systems.state.associations);
      return { Associations: found.map((association) => answer(association)) };
    },

    async UpdateDataRepositoryAssociation({ AssociationId = '', S3 }) {
      const association = find(AssociationId);
      checkPolicies(S3);
      association.S3 = S3;
      systems.changed();
      return { Association: answer(association) };
    },

    async DeleteDataRepositoryAssociation({ AssociationId = '' }) {
      find(AssociationId);
      delete systems.state.associations[AssociationId];
      systems.changed();
      return { AssociationId, Lifecycle: 'DELETING' };
    },
  };
}

/**
 * Returns the bucket and prefix of a path. @throws ServiceError BadRequest
 *
 * @throws ServiceError BadRequest
 */
function locationOf(path: string): Location {
  try {
    return parseS3Uri(path);
  } catch (error) {
    throw badRequest(`DataRepositoryPath: ${(error as Error).message}`);
  }
}

function overlapping(a: string, b: string): boolean {
  const [one, other] = [a, b].map((path) => `${path.replace(/\/+$/, '')}/`) as [string, string];
  return one.startsWith(other) || other.startsWith(one);
}
