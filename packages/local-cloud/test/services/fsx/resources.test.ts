import type { Existing, Properties, ResourceContext } from '../../../src/core/resource-type';
import { RESOURCE_TYPES } from '../../../src/services';
import { EVENTS, fsxFixture, persistent, type FsxFixture } from './fsx-fixture';

let here: FsxFixture;
let context: ResourceContext;
beforeAll(async () => {
  here = await fsxFixture();
  const { cloud } = here.shop.here;
  const caller = { principal: cloud.principals.operator };
  context = { cloud, caller, stackName: 'S', logicalId: 'L', made: () => undefined };
});
afterAll(() => here.close());

const type = (name: string) => RESOURCE_TYPES[`AWS::FSx::${name}`]!;
const create = async (name: string, properties: Properties): Promise<Existing> => ({
  ...(await type(name).create(properties, context)),
  properties,
});

test('a file system and its link are created, changed in place and deleted', async () => {
  const properties = persistent(here);
  // CloudFormation accepts numbers as text.
  const made = await create('FileSystem', { ...properties, StorageCapacity: '1200' });
  const { FileSystems = [] } = await here.client.describeFileSystems();
  expect(FileSystems).toMatchObject([{ FileSystemId: made.physicalId, StorageCapacity: 1_200 }]);
  const [{ DNSName, ResourceARN, LustreConfiguration } = {}] = FileSystems;
  expect(made.attributes).toEqual({
    ...{ DNSName, ResourceARN },
    LustreMountName: LustreConfiguration!.MountName,
  });

  const link = await create('DataRepositoryAssociation', {
    ...{ FileSystemId: made.physicalId, FileSystemPath: '/runs', DataRepositoryPath: 's3://bucket/runs/' },
    S3: EVENTS,
  });
  await type('DataRepositoryAssociation').update!({ ...link.properties, S3: undefined }, context, link);
  expect((await here.client.describeDataRepositoryAssociations()).Associations).toMatchObject([
    { AssociationId: link.physicalId, FileSystemPath: '/runs' },
  ]);

  const larger = {
    ...properties,
    StorageCapacity: 2_400,
    LustreConfiguration: { ...properties.LustreConfiguration, PerUnitStorageThroughput: 250 },
  };
  await type('FileSystem').update!(larger, context, made);
  const other = { ...properties, LustreConfiguration: { DeploymentType: 'SCRATCH_2' } };
  await expect(type('FileSystem').update!(other, context, made)).rejects.toThrow(/another logical id/);
  expect((await here.client.describeFileSystems()).FileSystems).toMatchObject([
    { StorageCapacity: 2_400, LustreConfiguration: { PerUnitStorageThroughput: 250 } },
  ]);

  await type('DataRepositoryAssociation').delete(link, context);
  await type('FileSystem').delete(made, context);
  expect((await here.client.describeFileSystems()).FileSystems).toEqual([]);
  expect((await here.client.describeDataRepositoryAssociations()).Associations).toEqual([]);
});
