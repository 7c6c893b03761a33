import type { VpcConfig } from '@aws-sdk/client-sagemaker';
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from './acknowledgements';
import type { ContainerImage } from '../run/build/container-image';
import { ANY_INTERFACE, grantInterfaces } from './interface-permissions';
import type { NetworkAttachment, PrivateNetwork } from './private-network';
import type { DataStore, Objects } from './data-store';
import type { TrainingFileSystem } from '../run/train/training-file-system';

export interface JobRoleProps {
  readonly description: string;
  /** The image the job or model runs. */
  readonly image: ContainerImage;
  /** Store that it reads and writes. */
  readonly store: DataStore;
  /** Log group below `/aws/sagemaker/` that SageMaker writes for it. */
  readonly logs: 'ProcessingJobs' | 'TrainingJobs' | 'TransformJobs' | `Endpoints/${string}`;
  /** Network of the job or the model, with a route to S3 only, if the configuration has one. */
  readonly network: PrivateNetwork | undefined;
}

/** The role of one kind of job or of the model, with the permissions that SageMaker itself needs. */
export class JobRole extends Construct {
  readonly role: iam.Role;
  private readonly attachment: NetworkAttachment | undefined;
  private readonly store: DataStore;
  private fileSystem: TrainingFileSystem | undefined;

  constructor(scope: Construct, id: string, { description, image, store, logs, network }: JobRoleProps) {
    super(scope, id);
    this.store = store;
    this.role = new iam.Role(this, 'Role', {
      description,
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    this.attachment = network && this.attachTo(network, id, description);
    image.repository.grantPull(this.role);
    acknowledgeWildcard(
      this.role,
      '*',
      'an ECR token is valid for the registry, and CloudWatch has no resource-level permissions for metrics (the namespace is a condition)' +
        (network ? `; ${ANY_INTERFACE}` : ''),
    );
    // The group with its streams: IAM sees CreateLogGroup on both forms of the ARN.
    const logGroup = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `/aws/sagemaker/${logs}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    acknowledgeWildcard(this.role, logGroup, 'SageMaker names a log stream by job or variant, and host');
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:DescribeLogStreams',
          'logs:PutLogEvents',
        ],
        resources: [logGroup],
      }),
    );
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        // The action has no resource-level permissions; the namespace narrows it.
        resources: ['*'],
        conditions: { StringEquals: { 'cloudwatch:namespace': `/aws/sagemaker/${logs.split('/')[0]}` } },
      }),
    );
  }

  private attachTo(network: PrivateNetwork, id: string, description: string): NetworkAttachment {
    grantInterfaces(this.role, 'sagemaker');
    return network.attach(`${id}Job`, {
      description: description.split(':')[0]!,
      calls: ['s3'],
      betweenHosts: id === 'Training',
    });
  }

  /** Network configuration of the job or the model; undefined: outside of our network. */
  get vpcConfig(): VpcConfig | undefined {
    if (!this.attachment) return undefined;
    const { vpc, subnets, securityGroup } = this.attachment;
    return {
      SecurityGroupIds: [securityGroup.securityGroupId],
      Subnets: this.fileSystem ? [this.fileSystem.subnetId] : vpc.selectSubnets(subnets).subnetIds,
    };
  }

  /** Lets the job read a file system; it then runs in the file system's subnet. */
  mount(fileSystem: TrainingFileSystem): this {
    this.fileSystem = fileSystem;
    fileSystem.admit(this.attachment!.securityGroup);
    // Not in the guide's list for a role, but in AWS's own policy for it, AmazonSageMakerFullAccess: mounting a file
    // system includes looking up its address. The action has no resource-level permissions.
    this.role.addToPolicy(
      new iam.PolicyStatement({ actions: ['fsx:DescribeFileSystems'], resources: ['*'] }),
    );
    return this;
  }

  grantRead(objects: Objects): this {
    this.store.grantRead(this.role, objects);
    return this;
  }

  /** SageMaker lists the objects that it downloads as a prefix. */
  grantList(...buckets: IBucket[]): this {
    for (const bucket of buckets) this.store.grantList(this.role, bucket);
    return this;
  }

  grantWrite(objects: Objects): this {
    this.store.grantWrite(this.role, objects);
    return this;
  }
}
