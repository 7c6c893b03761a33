import type { FileSystem } from '@aws-sdk/client-fsx';
import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Caller, Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { reaches } from '../ec2/group-rules';
import { networkOf, Networks } from '../ec2/networks';
import { keyArn } from '../kms/key-arn';
import { checkCapacity, checkFileSystem, checkThroughput } from './limits';
import { ServiceRoles } from './service-roles';
import { badRequest, type FileSystems } from './state';

/** The port of the connections between Lustre's servers. */
const LNET_PORT = 988;

/** Operations on file systems of FSx for Lustre. They are available at once, and empty until an import. */
export function fileSystemOperations(cloud: Cloud, systems: FileSystems): Operations<'fsx'> {
  const roles = new ServiceRoles(cloud);
  return {
    async CreateFileSystem(request, call) {
      checkFileSystem(request);
      const network = { subnets: request.SubnetIds ?? [], securityGroups: request.SecurityGroupIds ?? [] };
      const VpcId = checkNetwork(cloud, network);
      authorizeKey(cloud, call, request.KmsKeyId);
      roles.ensureForNetworks(call);
      const FileSystemId = `fs-0${randomBytes(8).toString('hex')}`;
      const lustre = request.LustreConfiguration!;
      const description: FileSystem = {
        OwnerId: cloud.account,
        CreationTime: new Date(cloud.clock.now()),
        FileSystemId,
        FileSystemType: 'LUSTRE',
        FileSystemTypeVersion: request.FileSystemTypeVersion ?? '2.12',
        Lifecycle: 'AVAILABLE',
        StorageCapacity: request.StorageCapacity,
        StorageType: 'SSD',
        VpcId,
        SubnetIds: [...network.subnets],
        DNSName: `${FileSystemId}.fsx.${cloud.region}.amazonaws.com`,
        ...(request.KmsKeyId && { KmsKeyId: keyArn(cloud, request.KmsKeyId) }),
        ResourceARN: cloud.arn('fsx', `file-system/${FileSystemId}`),
        Tags: request.Tags ?? [],
        LustreConfiguration: {
          DeploymentType: lustre.DeploymentType,
          PerUnitStorageThroughput: lustre.PerUnitStorageThroughput,
          DataCompressionType: lustre.DataCompressionType ?? 'NONE',
          MountName: randomBytes(4).toString('hex'),
        },
      };
      systems.state.fileSystems[FileSystemId] = {
        description,
        securityGroups: [...network.securityGroups],
        imported: {},
      };
      systems.changed();
      return { FileSystem: answer(description) };
    },

    async DescribeFileSystems({ FileSystemIds }) {
      const found = FileSystemIds?.length
        ? FileSystemIds.map((id) => systems.find(id))
        : Object.values(systems.state.fileSystems);
      return { FileSystems: found.map(({ description }) => answer(description)) };
    },

    async UpdateFileSystem({ FileSystemId, StorageCapacity, LustreConfiguration = {} }) {
      const { description } = systems.find(FileSystemId!);
      if (StorageCapacity !== undefined) {
        checkCapacity(StorageCapacity);
        if (StorageCapacity < description.StorageCapacity!) {
          throw badRequest(`StorageCapacity ${StorageCapacity} is less than before; it can only grow.`);
        }
        description.StorageCapacity = StorageCapacity;
      }
      const { PerUnitStorageThroughput, DataCompressionType } = LustreConfiguration;
      if (PerUnitStorageThroughput !== undefined) checkThroughput(PerUnitStorageThroughput);
      Object.assign(description.LustreConfiguration!, {
        ...(PerUnitStorageThroughput !== undefined && { PerUnitStorageThroughput }),
        ...(DataCompressionType !== undefined && { DataCompressionType }),
      });
      systems.changed();
      return { FileSystem: answer(description) };
    },

    async DeleteFileSystem({ FileSystemId = '' }) {
      systems.find(FileSystemId);
      delete systems.state.fileSystems[FileSystemId];
      for (const { AssociationId } of systems.linksOf(FileSystemId)) {
        delete systems.state.associations[AssociationId!];
      }
      roles.forget(FileSystemId);
      systems.changed();
      return { FileSystemId, Lifecycle: 'DELETING' };
    },
  };
}

/**
 * Returns the file system's network. @throws ServiceError InvalidNetworkSettings
 *
 * @throws ServiceError InvalidNetworkSettings
 */
function checkNetwork(
  cloud: Cloud,
  network: { subnets: readonly string[]; securityGroups: readonly string[] },
): string {
  const invalid = (message: string) => new ServiceError('InvalidNetworkSettings', message);
  let vpc: string;
  try {
    vpc = networkOf(cloud, network);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw invalid(error.message);
  }
  if (reaches(new Networks(cloud), network, network, [LNET_PORT])) return vpc;
  throw invalid(
    `The file system cannot be created because the default security group in the subnet provided or the provided security groups do not permit Lustre LNET network traffic on port ${LNET_PORT}`,
  );
}

/** Authorizes the creator to make the grant on the key that encrypts the data. */
function authorizeKey(cloud: Cloud, caller: Caller, keyId: string | undefined): void {
  if (keyId === undefined) return;
  const permission = (action: string, context = {}) => ({
    action,
    resources: [keyArn(cloud, keyId)],
    context: { 'kms:CallerAccount': cloud.account, ...context },
  });
  const inItsName = { principal: caller.principal, via: 'fsx' };
  cloud.authorize(inItsName, permission('kms:DescribeKey'), 'fsx');
  cloud.authorize(inItsName, permission('kms:CreateGrant', { 'kms:GrantIsForAWSResource': 'true' }), 'fsx');
}
