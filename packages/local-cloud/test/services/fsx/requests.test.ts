import type {
  CreateDataRepositoryAssociationCommandInput,
  CreateDataRepositoryTaskCommandInput,
  CreateFileSystemCommandInput,
} from '@aws-sdk/client-fsx';
import { fsxFixture, persistent, EVENTS, type FsxFixture } from './fsx-fixture';

let here: FsxFixture;
let linked: string;
beforeAll(async () => {
  here = await fsxFixture();
  ({ id: linked } = await here.linked());
});
afterAll(() => here.close());

const LUSTRE = { DeploymentType: 'PERSISTENT_2', PerUnitStorageThroughput: 125 } as const;

describe('CreateFileSystem', () => {
  test('returns the description: available at once, with a mount name', async () => {
    const { FileSystem } = await here.client.createFileSystem(persistent(here));
    expect(FileSystem).toMatchObject({
      FileSystemId: expect.stringMatching(/^fs-0[0-9a-f]{16}$/) as string,
      Lifecycle: 'AVAILABLE',
      SubnetIds: [here.subnet],
      LustreConfiguration: { ...LUSTRE, MountName: expect.stringMatching(/^[0-9a-z]{8}$/) as string },
      CreationTime: new Date('2026-01-01T00:00:00Z'),
    });
    const FileSystemIds = [FileSystem!.FileSystemId!];
    expect((await here.client.describeFileSystems({ FileSystemIds })).FileSystems).toEqual([FileSystem]);
    await here.client.deleteFileSystem({ FileSystemId: FileSystemIds[0] });
    await expect(here.client.describeFileSystems({ FileSystemIds })).rejects.toThrow(/does not exist/);
  });

  test.each<[string, (fixture: FsxFixture) => Partial<CreateFileSystemCommandInput>, string, RegExp]>([
    ['another type', () => ({ FileSystemType: 'WINDOWS' }), 'NotImplemented', /WINDOWS/],
    [
      'a size between',
      () => ({ StorageCapacity: 3_600 }),
      'BadRequest',
      /1200, 2400 or an increment of 2400/,
    ],
    ['no size', () => ({ StorageCapacity: undefined }), 'BadRequest', /StorageCapacity undefined/],
    ['two subnets', ({ subnet }) => ({ SubnetIds: [subnet, subnet] }), 'BadRequest', /exactly one/],
    [
      'no such subnet',
      () => ({ SubnetIds: ['subnet-0123456789abcdef0'] }),
      'InvalidNetworkSettings',
      /does not exist/,
    ],
    [
      'a group whose servers cannot reach each other',
      ({ hosts }) => ({ SecurityGroupIds: [hosts] }),
      'InvalidNetworkSettings',
      /do not permit Lustre LNET network traffic on port 988/,
    ],
    [
      'a throughput of another deployment type',
      () => ({ LustreConfiguration: { ...LUSTRE, PerUnitStorageThroughput: 200 } }),
      'InvalidPerUnitStorageThroughput',
      /125, 250, 500, 1000/,
    ],
    [
      'no throughput',
      () => ({ LustreConfiguration: { DeploymentType: 'PERSISTENT_2' } }),
      'InvalidPerUnitStorageThroughput',
      /undefined/,
    ],
    [
      'a key for a type that does not support one',
      () => ({ KmsKeyId: 'k', LustreConfiguration: { DeploymentType: 'SCRATCH_2' } }),
      'BadRequest',
      /KmsKeyId is for PERSISTENT types only/,
    ],
    ['an old version', () => ({ FileSystemTypeVersion: '2.10' }), 'BadRequest', /2\.12 or 2\.15/],
    [
      'the first kind of scratch',
      () => ({ LustreConfiguration: { DeploymentType: 'SCRATCH_1' } }),
      'NotImplemented',
      /SCRATCH_1/,
    ],
    [
      'a link of the old kind',
      () => ({ LustreConfiguration: { ...LUSTRE, ImportPath: 's3://bucket' } }),
      'NotImplemented',
      /LustreConfiguration\.ImportPath/,
    ],
  ])('refuses %s', async (_, change, name, message) => {
    await expect(
      here.client.createFileSystem({ ...persistent(here), ...change(here) }),
    ).rejects.toMatchObject({ name, message: expect.stringMatching(message) as string });
  });

  test('capacity and throughput can grow; capacity cannot shrink', async () => {
    const { FileSystem } = await here.client.createFileSystem(persistent(here));
    const FileSystemId = FileSystem!.FileSystemId!;
    const { FileSystem: grown } = await here.client.updateFileSystem({
      ...{ FileSystemId, StorageCapacity: 2_400, LustreConfiguration: { PerUnitStorageThroughput: 500 } },
    });
    expect(grown).toMatchObject({
      StorageCapacity: 2_400,
      LustreConfiguration: { PerUnitStorageThroughput: 500 },
    });
    await expect(here.client.updateFileSystem({ FileSystemId, StorageCapacity: 1_200 })).rejects.toThrow(
      /only grow/,
    );
  });
});

describe('CreateDataRepositoryAssociation', () => {
  const link = {
    FileSystemPath: '/other',
    DataRepositoryPath: 's3://bucket/other/',
    S3: EVENTS,
  };

  test.each<[string, Partial<CreateDataRepositoryAssociationCommandInput>, string, RegExp]>([
    ['no such file system', { FileSystemId: 'fs-00000000000000000' }, 'FileSystemNotFound', /does not exist/],
    ['a path without a slash', { FileSystemPath: 'other' }, 'BadRequest', /begin with a slash/],
    [
      'a path inside of a linked one',
      { FileSystemPath: '/data/train' },
      'BadRequest',
      /overlaps with \/data/,
    ],
    ['a path around a linked one', { FileSystemPath: '/' }, 'BadRequest', /overlaps with \/data/],
    [
      "a path that is not a bucket's",
      { DataRepositoryPath: 'https://bucket/' },
      'BadRequest',
      /is not an S3 URI/,
    ],
    ['a missing bucket', { DataRepositoryPath: 's3://none/' }, 'BadRequest', /unable to validate access/],
    [
      'writing back',
      { S3: { ...EVENTS, AutoExportPolicy: { Events: ['NEW'] } } },
      'NotImplemented',
      /AutoExportPolicy/,
    ],
    ['only new objects', { S3: { AutoImportPolicy: { Events: ['NEW'] } } }, 'NotImplemented', /only NEW/],
  ])('refuses %s', async (_, change, name, message) => {
    await expect(
      here.client.createDataRepositoryAssociation({ FileSystemId: linked, ...link, ...change }),
    ).rejects.toMatchObject({ name, message: expect.stringMatching(message) as string });
  });
});

describe('CreateDataRepositoryTask', () => {
  const task = (change: Partial<CreateDataRepositoryTaskCommandInput> = {}) => ({
    FileSystemId: linked,
    Type: 'IMPORT_METADATA_FROM_REPOSITORY' as const,
    Paths: ['s3://bucket/data/'],
    Report: { Enabled: false },
    ...change,
  });

  test.each<[string, Partial<CreateDataRepositoryTaskCommandInput>, string, RegExp]>([
    ['no such file system', { FileSystemId: 'fs-00000000000000000' }, 'FileSystemNotFound', /does not exist/],
    ['an export', { Type: 'EXPORT_TO_REPOSITORY' }, 'NotImplemented', /EXPORT_TO_REPOSITORY/],
    ['a report', { Report: { Enabled: true } }, 'NotImplemented', /reports/],
    [
      'a release with a negative duration',
      {
        Type: 'RELEASE_DATA_FROM_FILESYSTEM',
        ReleaseConfiguration: { DurationSinceLastAccess: { Unit: 'DAYS', Value: -1 } },
      },
      'BadRequest',
      /'-1' at 'releaseConfiguration.durationSinceLastAccess.value'/,
    ],
  ])('refuses %s', async (_, change, name, message) => {
    await expect(here.client.createDataRepositoryTask(task(change))).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message) as string,
    });
  });

  test('refuses a file system without links', async () => {
    const { FileSystem } = await here.client.createFileSystem(persistent(here));
    await expect(
      here.client.createDataRepositoryTask(task({ FileSystemId: FileSystem!.FileSystemId! })),
    ).rejects.toThrow(/has no data repository/);
  });

  test('runs one task at a time, and fails a task whose path is not linked', async () => {
    const { cloud } = here.shop.here;
    const caller = { principal: cloud.principals.operator };
    const start = (Paths: string[]) => cloud.call('fsx', 'CreateDataRepositoryTask', task({ Paths }), caller);
    await here.shop.put('data/a.csv', 'a');
    const [first, second] = await Promise.allSettled([start(['s3://bucket/data/']), start(['s3://bucket/'])]);
    expect(first.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'DataRepositoryTaskExecuting' } });
    const ended = async () => {
      const { DataRepositoryTasks = [] } = await here.client.describeDataRepositoryTasks();
      return DataRepositoryTasks.every(({ Lifecycle }) => ['SUCCEEDED', 'FAILED'].includes(Lifecycle!));
    };
    await here.shop.until(ended);
    const { DataRepositoryTask } = await start(['s3://bucket/models/']);
    expect(DataRepositoryTask!.Lifecycle).toBe('PENDING');
    await here.shop.until(ended);
    const { DataRepositoryTasks } = await here.client.describeDataRepositoryTasks({
      TaskIds: [DataRepositoryTask!.TaskId!],
    });
    expect(DataRepositoryTasks![0]).toMatchObject({
      Lifecycle: 'FAILED',
      FailureDetails: {
        Message: expect.stringContaining('s3://bucket/models/ is not in a linked') as string,
      },
    });
  });
});
