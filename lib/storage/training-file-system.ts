import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CfnDataRepositoryAssociation, CfnFileSystem } from 'aws-cdk-lib/aws-fsx';
import { Construct } from 'constructs';
import type { LustreInput } from '../config/training-input';
import { layout } from '../contract/layout';
import type { PrivateNetwork } from '../network/private-network';
import type { DataStore } from './data-store';

export interface TrainingFileSystemProps {
  readonly input: LustreInput;
  readonly store: DataStore;
  readonly network: PrivateNetwork;
}

/** Recommended for new file systems, and what PERSISTENT_2 has at the most (API reference, CreateFileSystem). */
const LUSTRE_VERSION = '2.15';

/** Where training's input lies: splits, which expire, and the schema beside what a run leaves for good. */
const LINKED = { Splits: layout.allPreprocessed, Runs: layout.allRuns } as const;

/** Lustre's own ports (User Guide, "File system access control with Amazon VPC"). */
const PORTS = [ec2.Port.tcp(988), ec2.Port.tcpRange(1018, 1023)];

/**
 * What training reads instead of the bucket: a file system of FSx for Lustre in which splits and runs' folders of the
 * artifacts bucket appear. It holds nothing that is not in S3, and nothing of it is written back. Why PERSISTENT_2,
 * and how a run knows that its data is there: docs/adr/0017.
 */
export class TrainingFileSystem extends Construct {
  readonly fileSystemId: string;
  readonly arn: string;
  /** Lustre file systems have one subnet, and reading from another zone costs time and money: who reads is in it. */
  readonly subnetId: string;
  private readonly mountName: string;
  private readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { input, store, network }: TrainingFileSystemProps) {
    super(scope, id);
    const attachment = network.attach('TrainingFileSystem', {
      description: 'File system that training reads',
      calls: [],
    });
    this.securityGroup = attachment.securityGroup;
    // Its servers are several; FSx makes no file system where they cannot reach each other.
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
        // Rows of numbers shrink, and reading them gets faster by as much.
        dataCompressionType: 'LZ4',
      },
    });
    // The rules too, which FSx looks at.
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
   * @param folder key of the artifacts bucket below what is linked, which ends in a slash
   * @returns the path under which a training job mounts it
   */
  directoryOf(folder: string): string {
    return `/${this.mountName}/${folder.replace(/\/$/, '')}`;
  }

  /** Lets the hosts in that have this group, by Lustre's ports; servers call their clients back. */
  admit(clients: ec2.SecurityGroup): void {
    allow(clients, this.securityGroup, 'Lustre clients');
    allow(this.securityGroup, clients, 'Lustre servers');
  }
}

function allow(from: ec2.SecurityGroup, to: ec2.SecurityGroup, description: string): void {
  for (const port of PORTS) {
    from.addEgressRule(to, port, description);
    to.addIngressRule(from, port, description);
  }
}
