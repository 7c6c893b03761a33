import type {
  Channel,
  CreateTrainingJobRequest,
  DescribeTrainingJobResponse,
  FileSystemDataSource,
} from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import { notSupported } from '../../model/errors';
import type { Caller } from '../../core/service';
import { reaches } from '../ec2/group-rules';
import { networkOf, Networks } from '../ec2/networks';
import { Contents } from '../fsx/contents';
import { FileSystems } from '../fsx/state';
import { validation } from './request-limits';

/** Lustre's ports: the first and the last of each range ("File system access control with Amazon VPC"). */
const LUSTRE_PORTS = [988, 1018, 1023];

/**
 * Checks channels on file systems as CreateTrainingJob does: they are mounted read-only through the job's VPC. The
 * messages are not AWS's.
 */
export function checkFileSystemChannels(request: CreateTrainingJobRequest): void {
  for (const { ChannelName, DataSource, InputMode } of request.InputDataConfig ?? []) {
    const { FileSystemDataSource: source, S3DataSource } = DataSource ?? {};
    if (source && S3DataSource) {
      throw validation(`Channel '${ChannelName}' has two data sources; it must have exactly one.`);
    }
    if (!source) continue;
    if (!request.VpcConfig) {
      throw validation(
        `VpcConfig must be specified: channel '${ChannelName}' is on the file system ${source.FileSystemId}, which is reached from its VPC only.`,
      );
    }
    const mode = InputMode ?? request.AlgorithmSpecification?.TrainingInputMode;
    if (mode !== 'File') {
      throw validation(
        `The input mode ${mode} is not supported for channel '${ChannelName}' on a file system; it must be File.`,
      );
    }
    if (source.FileSystemType !== 'FSxLustre')
      throw notSupported(`file systems of the type ${source.FileSystemType}`, 'Use FSxLustre.');
    if (source.FileSystemAccessMode !== 'ro')
      throw notSupported('channels that are written to', "Use the access mode 'ro'.");
  }
}

/** Mounts a job's channels by copying the files of a directory of the file system. */
export class FileSystemMounts {
  private readonly systems: FileSystems;

  constructor(
    private readonly cloud: Cloud,
    private readonly job: DescribeTrainingJobResponse,
    private readonly caller: Caller,
  ) {
    this.systems = new FileSystems(cloud);
  }

  /**
   * @param folder target of the channel's files
   * @throws Error with the reason if it cannot be mounted
   */
  async mount({ DataSource }: Channel, folder: string): Promise<void> {
    const source = DataSource!.FileSystemDataSource!;
    const { FileSystemId = '', DirectoryPath = '' } = source;
    this.cloud.authorize(this.caller, { action: 'fsx:DescribeFileSystems', resources: ['*'] }, 'fsx');
    const mountName = this.systems.find(FileSystemId).description.LustreConfiguration!.MountName!;
    this.checkWay(source);
    if (!`${DirectoryPath}/`.startsWith(`/${mountName}/`)) {
      throw new Error(`DirectoryPath ${DirectoryPath} does not begin with /${mountName}, the mount name`);
    }
    const directory = DirectoryPath.slice(mountName.length + 1) || '/';
    const count = await new Contents(this.cloud, this.systems).read(FileSystemId, directory, folder);
    if (count === 0) throw new Error(`the directory ${directory} does not exist: nothing was imported there`);
  }

  /** Without a rule on both sides, a mount times out. */
  private checkWay({ FileSystemId = '' }: FileSystemDataSource): void {
    const { description, securityGroups } = this.systems.find(FileSystemId);
    const servers = { subnets: description.SubnetIds!, securityGroups };
    const { Subnets: subnets = [], SecurityGroupIds: groups = [] } = this.job.VpcConfig!;
    const hosts = { subnets, securityGroups: groups };
    const vpc = networkOf(this.cloud, hosts);
    if (vpc !== description.VpcId) {
      throw new Error(`the job is in ${vpc} and the file system in ${description.VpcId}`);
    }
    const networks = new Networks(this.cloud);
    if (reaches(networks, hosts, servers, LUSTRE_PORTS) && reaches(networks, servers, hosts, LUSTRE_PORTS)) {
      return;
    }
    throw new Error(
      `security groups do not let ${groups.join()} and ${securityGroups.join()} reach each other on the ports 988 and 1018-1023`,
    );
  }
}
