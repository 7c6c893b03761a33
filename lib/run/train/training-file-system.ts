import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnDataRepositoryAssociation, CfnFileSystem } from 'aws-cdk-lib/aws-fsx';
import { Construct } from 'constructs';
import type { LustreInput } from '../../config/training-input';
import { layout } from '../../contract/layout';
import type { DataStore } from '../../platform/data-store';
import type { MountedFileSystem } from '../../platform/job-role';
import type { Network } from '../../platform/network';

export interface TrainingFileSystemProps {
  readonly input: LustreInput;
  readonly store: DataStore;
  readonly network: Network;
}

/** Recommended for new file systems, and the newest version for PERSISTENT_2 (API reference, CreateFileSystem). */
const LUSTRE_VERSION = '2.15';

/** Locations of training's input: splits, which expire, and the schema in a run's permanent folder. */
const LINKED = { Splits: layout.allPreprocessed, Runs: layout.allRuns } as const;

/** Lustre's own ports (User Guide, "File system access control with Amazon VPC"). */
const PORTS = [ec2.Port.tcp(988), ec2.Port.tcpRange(1018, 1023)];

/**
 * The file system that training reads instead of the bucket: FSx for Lustre, in which the splits and the runs' folders
 * of the artifacts bucket appear. All its contents are in S3, and none are written back. Reasons for PERSISTENT_2, and
 * the check that a run's data is imported: docs/adr/0017.
 */
export class TrainingFileSystem extends Construct implements MountedFileSystem {
  readonly fileSystemId: string;
  readonly arn: string;
  /**
   * A Lustre file system has one subnet. Readers run in it too, since reading from another zone costs time and money.
   */
  readonly subnetId: string;
  private readonly mountName: string;
  private readonly securityGroup: ec2.ISecurityGroup;

  constructor(scope: Construct, id: string, { input, store, network }: TrainingFileSystemProps) {
    super(scope, id);
    const attachment = network.attach('TrainingFileSystem', {
      description: 'File system that training reads',
    });
    // The configuration allows no file system with security groups of the team: there is one, of its own.
    this.securityGroup = attachment.securityGroups[0]!;
    // It has several servers; FSx creates no file system if they cannot reach each other.
    allow(this.securityGroup, this.securityGroup, 'Lustre servers');
    this.subnetId = attachment.vpc.selectSubnets(attachment.subnets).subnetIds[0]!;
    const fileSystem = new CfnFileSystem(this, 'FileSystem', {
      fileSystemType: 'LUSTRE',
      fileSystemTypeVersion: LUSTRE_VERSION,
      storageCapacity: input.storageGb,
      kmsKeyId: store.key.keyArn,
      subnetIds: [this.subnetId],
      securityGroupIds: [this.securityGroup.securityGroupId],
      lustreConfiguration: {
        deploymentType: 'PERSISTENT_2',
        perUnitStorageThroughput: input.throughputPerTib,
        // Rows of numbers compress well, which makes reading them faster.
        dataCompressionType: 'LZ4',
      },
    });
    // The rules too, which FSx checks.
    fileSystem.node.addDependency(this.securityGroup);
    for (const [id, prefix] of Object.entries(LINKED)) {
      new CfnDataRepositoryAssociation(this, id, {
        fileSystemId: fileSystem.ref,
        fileSystemPath: `/${prefix.slice(0, -1)}`,
        dataRepositoryPath: store.artifacts.s3UrlForObject(prefix),
        batchImportMetaDataOnCreate: false,
        s3: { autoImportPolicy: { events: ['NEW', 'CHANGED', 'DELETED'] } },
      });
    }
    this.fileSystemId = fileSystem.ref;
    this.arn = fileSystem.attrResourceArn;
    this.mountName = fileSystem.attrLustreMountName;
  }

  /**
   * Returns the directory under which a training job mounts a folder.
   *
   * @param folder key in the artifacts bucket below a linked prefix, which ends in a slash
   */
  directoryOf(folder: string): string {
    return `/${this.mountName}/${folder.replace(/\/$/, '')}`;
  }

  /** Allows access by the hosts in this group, on Lustre's ports; servers connect back to their clients. */
  admit(clients: ec2.ISecurityGroup): void {
    allow(clients, this.securityGroup, 'Lustre clients');
    allow(this.securityGroup, clients, 'Lustre servers');
  }
}

function allow(from: ec2.ISecurityGroup, to: ec2.ISecurityGroup, description: string): void {
  for (const port of PORTS) {
    from.addEgressRule(to, port, description);
    to.addIngressRule(from, port, description);
  }
}
