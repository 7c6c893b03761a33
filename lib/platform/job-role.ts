import type { VpcConfig } from '@aws-sdk/client-sagemaker';
import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { ProgramImage } from './container-image';
import { ANY_INTERFACE, INTERFACE_ACTIONS, type Network } from './network';
import { AppRole, ownService } from './role';

export interface JobRoleProps {
  /** Kind of job, or the model: unique, and part of the name of its security group. */
  readonly kind: 'Preprocessing' | 'Training' | 'Evaluation' | 'Prediction' | 'Model';
  /** Who has the role, and after a colon what for. */
  readonly description: string;
  /** Image that the job or model runs. */
  readonly image: Pick<ProgramImage, 'grantPull'>;
  /** Log group below `/aws/sagemaker/` that SageMaker writes for it. */
  readonly logs: 'ProcessingJobs' | 'TrainingJobs' | 'TransformJobs' | `Endpoints/${string}`;
  /** Network of the job or the model, with a route to S3 only, if the configuration has one. */
  readonly network: Network | undefined;
}

/** A file system that jobs mount. */
export interface MountedFileSystem {
  readonly subnetId: string;
  /** Allows access by the hosts in this group. */
  admit(clients: ec2.ISecurityGroup): void;
}

/** The role of one kind of job or of the model, with the permissions that SageMaker itself needs. */
export class JobRole extends AppRole {
  private fileSystem: MountedFileSystem | undefined;

  constructor(scope: Construct, id: string, props: JobRoleProps) {
    const { kind, description, image, logs, network } = props;
    const attachment = network?.attach(`${kind}Job`, {
      description: description.split(':')[0]!,
      // All other services are called by SageMaker in the role's name.
      only: ['s3'],
      betweenHosts: kind === 'Training',
      outlivesStack: kind === 'Model',
    });
    super(scope, id, { description, assumedBy: ownService('sagemaker.amazonaws.com'), attachment });
    if (attachment) this.allow(INTERFACE_ACTIONS.sagemaker, ['*'], { because: ANY_INTERFACE });
    image.grantPull(this);
    this.acknowledgeWildcards(['*'], 'an ECR token is valid for the registry');
    // The group with its streams: IAM sees CreateLogGroup on both forms of the ARN.
    const logGroup = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `/aws/sagemaker/${logs}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'],
      [logGroup],
      { because: 'SageMaker names a log stream by job or variant, and host' },
    );
    this.allow(['cloudwatch:PutMetricData'], ['*'], {
      conditions: { StringEquals: { 'cloudwatch:namespace': `/aws/sagemaker/${logs.split('/')[0]}` } },
      because: 'CloudWatch has no resource-level permissions for metrics; the namespace is a condition',
    });
  }

  /** Network configuration of the job or the model; undefined: outside of our network. */
  get vpcConfig(): VpcConfig | undefined {
    if (!this.attachment) return undefined;
    const { vpc, subnets, securityGroups } = this.attachment;
    return {
      SecurityGroupIds: securityGroups.map(({ securityGroupId }) => securityGroupId),
      Subnets: this.fileSystem ? [this.fileSystem.subnetId] : vpc.selectSubnets(subnets).subnetIds,
    };
  }

  /** Lets the job read a file system; it then runs in the file system's subnet. */
  mount(fileSystem: MountedFileSystem): void {
    this.fileSystem = fileSystem;
    for (const group of this.attachment!.securityGroups) fileSystem.admit(group);
    // Not in the guide's list for a role, but in AWS's own policy for it, AmazonSageMakerFullAccess: mounting a file
    // system includes looking up its address.
    this.allow(['fsx:DescribeFileSystems'], ['*'], {
      byService: true,
      because: 'FSx has no resource-level permissions for describing file systems',
    });
  }
}
