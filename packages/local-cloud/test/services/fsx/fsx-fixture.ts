import { FSx, type CreateFileSystemCommandInput } from '@aws-sdk/client-fsx';
import { fsx } from '../../../src/services/fsx';
import type { Properties } from '../../../src/core/resource-type';
import { RESOURCE_TYPES } from '../../../src/services';
import { jobCloud, type JobCloud } from '../../jobs/job-cloud';
import { ManualClock } from '../../../src/testing/manual-clock';

/**
 * A network with a group for servers, which can connect to each other, and one for hosts, which can connect to the
 * servers.
 */
export interface FsxFixture {
  readonly shop: JobCloud;
  readonly clock: ManualClock;
  readonly client: FSx;
  readonly subnet: string;
  readonly servers: string;
  readonly hosts: string;
  /** Creates a resource of EC2, as a template does; returns its id. */
  make(type: string, properties: Properties): Promise<string>;
  /**
   * Creates a file system that FSx accepts, linked to `data/` of the bucket as `/data`, with or without an automatic
   * import.
   */
  linked(automatic?: boolean): Promise<{ id: string; mountName: string }>;
  /** Imports the objects below a prefix. */
  import(fileSystemId: string, prefix: string): Promise<void>;
  close(): Promise<void>;
}

export const EVENTS = {
  AutoImportPolicy: { Events: ['NEW' as const, 'CHANGED' as const, 'DELETED' as const] },
};

export async function fsxFixture(): Promise<FsxFixture> {
  const clock = new ManualClock(Date.parse('2026-01-01T00:00:00Z'));
  const shop = await jobCloud({ services: [fsx], cloud: { clock } });
  const client = new FSx(shop.here.client);
  const { cloud } = shop.here;
  const caller = { principal: cloud.principals.operator };
  const context = { cloud, caller, stackName: 'S', logicalId: 'L', made: () => undefined };
  const make = async (type: string, properties: Properties) =>
    (await RESOURCE_TYPES[`AWS::EC2::${type}`]!.create(properties, context)).physicalId;
  const VpcId = await make('VPC', { CidrBlock: '10.0.0.0/16' });
  const subnet = await make('Subnet', {
    ...{ VpcId, CidrBlock: '10.0.0.0/24', AvailabilityZone: 'us-east-1a' },
  });
  const group = (GroupDescription: string) => make('SecurityGroup', { VpcId, GroupDescription });
  const [servers, hosts] = [await group('servers'), await group('hosts')];
  for (const [from, to] of [
    [servers, servers],
    [hosts, servers],
    [servers, hosts],
  ] as const) {
    for (const [FromPort, ToPort] of [
      [988, 988],
      [1018, 1023],
    ]) {
      const ports = { IpProtocol: 'tcp', FromPort, ToPort };
      await make('SecurityGroupIngress', { ...ports, GroupId: to, SourceSecurityGroupId: from });
      await make('SecurityGroupEgress', { ...ports, GroupId: from, DestinationSecurityGroupId: to });
    }
  }
  const result: FsxFixture = {
    ...{ shop, clock, client, subnet, servers, hosts, make },
    async linked(automatic = true) {
      const { FileSystem } = await client.createFileSystem(persistent(result));
      const { FileSystemId, LustreConfiguration } = FileSystem!;
      await client.createDataRepositoryAssociation({
        ...{ FileSystemId, FileSystemPath: '/data', DataRepositoryPath: 's3://bucket/data/' },
        ...(automatic && { S3: EVENTS }),
      });
      return { id: FileSystemId!, mountName: LustreConfiguration!.MountName! };
    },
    async import(FileSystemId, prefix) {
      const { DataRepositoryTask } = await client.createDataRepositoryTask({
        ...{ FileSystemId, Type: 'IMPORT_METADATA_FROM_REPOSITORY' },
        ...{ Paths: [`s3://bucket/${prefix}`], Report: { Enabled: false } },
      });
      const TaskIds = [DataRepositoryTask!.TaskId!];
      await shop.until(async () => {
        const { DataRepositoryTasks } = await client.describeDataRepositoryTasks({ TaskIds });
        return DataRepositoryTasks![0]!.Lifecycle === 'SUCCEEDED';
      });
    },
    close: () => shop.close(),
  };
  return result;
}

/** Returns a request that FSx accepts. */
export function persistent({ subnet, servers }: Pick<FsxFixture, 'subnet' | 'servers'>) {
  return {
    FileSystemType: 'LUSTRE',
    FileSystemTypeVersion: '2.15',
    StorageCapacity: 1_200,
    SubnetIds: [subnet],
    SecurityGroupIds: [servers],
    LustreConfiguration: { DeploymentType: 'PERSISTENT_2', PerUnitStorageThroughput: 125 },
  } satisfies CreateFileSystemCommandInput;
}
