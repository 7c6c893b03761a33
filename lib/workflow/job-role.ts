import type { VpcConfig } from '@aws-sdk/client-sagemaker';
import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgements';
import type { ContainerImage } from '../images/container-image';
import { ANY_INTERFACE, grantInterfaces } from '../network/interface-permissions';
import type { NetworkAttachment, PrivateNetwork } from '../network/private-network';
import type { DataStore, Objects } from '../storage/data-store';
import type { TrainingFileSystem } from '../storage/training-file-system';

export interface JobRoleProps {
  readonly description: string;
  /** The image the job or model runs. */
  readonly image: ContainerImage;
  /** What it reads and writes. */
  readonly store: DataStore;
  /** Log group below `/aws/sagemaker/` that SageMaker writes for it. */
  readonly logs: 'ProcessingJobs' | 'TrainingJobs' | 'TransformJobs' | `Endpoints/${string}`;
  /** Where there is one, the job or the model runs in it, with a way to S3 alone. */
  readonly network: PrivateNetwork | undefined;
}

/** The role of one kind of job or of the model, with what SageMaker itself does in its name. */
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
      'a token of ECR is for the registry and CloudWatch knows no resources for metrics (their namespace is a condition)' +
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
        // The action knows no resources; the namespace narrows it.
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

  /** Where the job or the model runs; undefined: outside of any network of ours. */
  get vpcConfig(): VpcConfig | undefined {
    if (!this.attachment) return undefined;
    const { vpc, subnets, securityGroup } = this.attachment;
    return {
      SecurityGroupIds: [securityGroup.securityGroupId],
      Subnets: this.fileSystem ? [this.fileSystem.subnetId] : vpc.selectSubnets(subnets).subnetIds,
    };
  }

  /** The job reads from a file system, and runs beside it. */
  mount(fileSystem: TrainingFileSystem): this {
    this.fileSystem = fileSystem;
    fileSystem.admit(this.attachment!.securityGroup);
    // Not among what the guide lists for a role, but in AWS's own policy for it, AmazonSageMakerFullAccess: whoever
    // mounts a file system looks up its address. The action knows no resources.
    this.role.addToPolicy(
      new iam.PolicyStatement({ actions: ['fsx:DescribeFileSystems'], resources: ['*'] }),
    );
    return this;
  }

  grantRead(objects: Objects): this {
    this.store.grantRead(this.role, objects);
    return this;
  }

  /** SageMaker lists what it downloads as a prefix. */
  grantList(...buckets: IBucket[]): this {
    for (const bucket of buckets) this.store.grantList(this.role, bucket);
    return this;
  }

  grantWrite(objects: Objects): this {
    this.store.grantWrite(this.role, objects);
    return this;
  }
}
