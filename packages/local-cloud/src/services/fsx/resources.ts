import type {
  CreateFileSystemLustreConfiguration,
  S3DataRepositoryConfiguration,
  Tag,
} from '@aws-sdk/client-fsx';
import { isDeepStrictEqual } from 'node:util';
import { notSupported } from '../../model/errors';
import type { Properties, ResourceType } from '../../core/resource-type';

/** The Lustre properties that FSx can change. */
const MUTABLE_OF_LUSTRE = ['DataCompressionType', 'PerUnitStorageThroughput'];

export const fileSystemTypes: Record<string, ResourceType> = {
  'AWS::FSx::FileSystem': {
    properties: [
      ...['FileSystemType', 'FileSystemTypeVersion', 'KmsKeyId', 'LustreConfiguration', 'SecurityGroupIds'],
      ...['StorageCapacity', 'StorageType', 'SubnetIds', 'Tags'],
    ],
    fixed: ['StorageType'],
    async create(properties, { cloud, caller }) {
      const text = (name: string) => properties[name] as string | undefined;
      const { FileSystem } = await cloud.call(
        'fsx',
        'CreateFileSystem',
        {
          FileSystemType: text('FileSystemType') as 'LUSTRE',
          FileSystemTypeVersion: text('FileSystemTypeVersion'),
          KmsKeyId: text('KmsKeyId'),
          LustreConfiguration: lustre(properties),
          SecurityGroupIds: properties.SecurityGroupIds as string[] | undefined,
          StorageCapacity: numberOf(properties.StorageCapacity),
          StorageType: text('StorageType') as 'SSD' | undefined,
          SubnetIds: properties.SubnetIds as string[],
          Tags: properties.Tags as Tag[] | undefined,
        },
        caller,
      );
      const { FileSystemId, DNSName, ResourceARN, LustreConfiguration } = FileSystem!;
      const LustreMountName = LustreConfiguration!.MountName;
      return { physicalId: FileSystemId!, attributes: { DNSName, LustreMountName, ResourceARN } };
    },
    async update(properties, { cloud, caller }, before) {
      const [was, wanted] = [before.properties, properties].map((each) =>
        Object.fromEntries(
          Object.entries(lustre(each)).filter(([name]) => !MUTABLE_OF_LUSTRE.includes(name)),
        ),
      );
      if (!isDeepStrictEqual(was, wanted) || !isDeepStrictEqual(before.properties.Tags, properties.Tags)) {
        throw notSupported('this change of a file system', 'Give the new one another logical id.');
      }
      const { DataCompressionType, PerUnitStorageThroughput } = lustre(properties);
      await cloud.call(
        'fsx',
        'UpdateFileSystem',
        {
          FileSystemId: before.physicalId,
          StorageCapacity: numberOf(properties.StorageCapacity),
          LustreConfiguration: { DataCompressionType, PerUnitStorageThroughput },
        },
        caller,
      );
      return before;
    },
    async delete({ physicalId: FileSystemId }, { cloud, caller }) {
      await cloud.call('fsx', 'DeleteFileSystem', { FileSystemId }, caller);
    },
  },

  'AWS::FSx::DataRepositoryAssociation': {
    properties: [
      ...[
        'BatchImportMetaDataOnCreate',
        'DataRepositoryPath',
        'FileSystemId',
        'FileSystemPath',
        'S3',
        'Tags',
      ],
    ],
    fixed: ['Tags'],
    async create(properties, { cloud, caller }) {
      const { Association } = await cloud.call(
        'fsx',
        'CreateDataRepositoryAssociation',
        {
          FileSystemId: properties.FileSystemId as string,
          FileSystemPath: properties.FileSystemPath as string,
          DataRepositoryPath: properties.DataRepositoryPath as string,
          BatchImportMetaDataOnCreate: properties.BatchImportMetaDataOnCreate as boolean | undefined,
          S3: properties.S3 as S3DataRepositoryConfiguration | undefined,
          Tags: properties.Tags as Tag[] | undefined,
        },
        caller,
      );
      const { AssociationId, ResourceARN } = Association!;
      return { physicalId: AssociationId!, attributes: { AssociationId, ResourceARN } };
    },
    async update(properties, { cloud, caller }, before) {
      const S3 = properties.S3 as S3DataRepositoryConfiguration | undefined;
      const input = { AssociationId: before.physicalId, S3 };
      await cloud.call('fsx', 'UpdateDataRepositoryAssociation', input, caller);
      return before;
    },
    async delete({ physicalId: AssociationId }, { cloud, caller }) {
      await cloud.call('fsx', 'DeleteDataRepositoryAssociation', { AssociationId }, caller);
    },
  },
};

function lustre({ LustreConfiguration = {} }: Properties): CreateFileSystemLustreConfiguration {
  const { PerUnitStorageThroughput, ...others } = LustreConfiguration as Record<string, unknown>;
  return {
    ...others,
    ...(PerUnitStorageThroughput !== undefined && {
      PerUnitStorageThroughput: numberOf(PerUnitStorageThroughput),
    }),
  };
}

/** Returns a number, which CloudFormation also accepts as text. */
function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}
