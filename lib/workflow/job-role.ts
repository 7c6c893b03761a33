import { ArnFormat, Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { ContainerImage } from '../images/container-image';
import { grantForVolumes } from './permissions';

export interface JobRoleProps {
  readonly description: string;
  /** The image the job or model runs. */
  readonly image: ContainerImage;
  /** Encrypts what the role's instances store. */
  readonly key: IKey;
  /** Log groups below `/aws/sagemaker/` that SageMaker writes for it. */
  readonly logs: 'ProcessingJobs' | 'TrainingJobs' | 'Endpoints';
}

/** The role of one kind of job or of the model, with what SageMaker itself does in its name. */
export class JobRole extends Construct {
  readonly role: iam.Role;

  constructor(scope: Construct, id: string, { description, image, key, logs }: JobRoleProps) {
    super(scope, id);
    this.role = new iam.Role(this, 'Role', {
      description,
      assumedBy: new iam.ServicePrincipal('sagemaker.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    image.repository.grantPull(this.role);
    this.role.addToPolicy(grantForVolumes(key));
    const logGroup = Stack.of(this).formatArn({
      service: 'logs',
      resource: 'log-group',
      resourceName: `/aws/sagemaker/${logs}*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: [
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:DescribeLogStreams',
          'logs:PutLogEvents',
        ],
        resources: [logGroup, `${logGroup}:log-stream:*`],
      }),
    );
    this.role.addToPolicy(
      new iam.PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        // The action knows no resources; the namespace narrows it.
        resources: ['*'],
        conditions: { StringLike: { 'cloudwatch:namespace': '/aws/sagemaker/*' } },
      }),
    );
  }

  /** Reads below a prefix, and lists the bucket there: SageMaker lists before it downloads. */
  grantRead(bucket: IBucket, prefix: string): this {
    bucket.grantRead(this.role, `${prefix}*`);
    return this;
  }

  grantWrite(bucket: IBucket, prefix: string): this {
    bucket.grantWrite(this.role, `${prefix}*`);
    return this;
  }
}
