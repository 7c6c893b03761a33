import { Roles } from '../../access/roles';
import type { Cloud } from '../../core/cloud';
import type { Caller } from '../../core/service';

const FSX = { service: 'fsx.amazonaws.com', name: 'AWSServiceRoleForAmazonFSx' };
const S3_ACCESS = 's3.data-source.lustre.fsx.amazonaws.com';

/**
 * The service-linked roles of FSx (Lustre User Guide, "Using service-linked roles for Amazon FSx"): one for the
 * account's network interfaces, and one for each linked file system's buckets.
 */
export class ServiceRoles {
  private readonly roles: Roles;

  constructor(private readonly cloud: Cloud) {
    this.roles = new Roles(cloud);
  }

  /**
   * Creates the role for network interfaces if it does not exist, on behalf of the creator of the account's first file
   * system.
   *
   * @throws ServiceError of the kind AccessDenied
   */
  ensureForNetworks(caller: Caller): void {
    if (this.roles.find(FSX.name)) return;
    const arn = this.arn(FSX.service, FSX.name);
    this.authorize(caller, ['iam:CreateServiceLinkedRole'], arn, FSX.service);
    this.put(FSX.service, FSX.name, {});
  }

  /**
   * Creates the role for a bucket and its policy, on behalf of the creator of the link ("Adding permissions to use data
   * repositories in Amazon S3").
   *
   * @throws ServiceError of the kind AccessDenied
   */
  openBucket(caller: Caller, fileSystemId: string, bucket: string): void {
    const name = nameFor(fileSystemId);
    const actions = ['iam:CreateServiceLinkedRole', 'iam:AttachRolePolicy', 'iam:PutRolePolicy'];
    this.authorize(caller, actions, this.arn(S3_ACCESS, name), S3_ACCESS);
    const arn = `arn:aws:s3:::${bucket}`;
    const statement = {
      Effect: 'Allow',
      Action: [
        ...['s3:AbortMultipartUpload', 's3:DeleteObject', 's3:Get*', 's3:List*'],
        ...['s3:PutBucketNotification', 's3:PutObject'],
      ],
      Resource: [arn, `${arn}/*`],
    };
    const policies = this.roles.find(name)?.policies ?? {};
    const policy = { Version: '2012-10-17', Statement: [statement] };
    this.put(S3_ACCESS, name, { ...policies, [bucket]: policy });
  }

  /** Returns the caller as which the file system reads its buckets. */
  reader(fileSystemId: string): Caller {
    const arn = this.arn(S3_ACCESS, nameFor(fileSystemId));
    return { principal: this.cloud.assumeRole(S3_ACCESS, arn, 'FSx') };
  }

  forget(fileSystemId: string): void {
    this.roles.delete(nameFor(fileSystemId));
  }

  private authorize(caller: Caller, actions: readonly string[], arn: string, service: string): void {
    for (const action of actions) {
      const context = { 'iam:AWSServiceName': service };
      this.cloud.authorize(caller, { action, resources: [arn], context }, 'fsx');
    }
  }

  private arn(service: string, name: string): string {
    return `arn:aws:iam::${this.cloud.account}:role/aws-service-role/${service}/${name}`;
  }

  private put(service: string, name: string, policies: Record<string, object>): void {
    const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
    this.roles.put(name, {
      arn: this.arn(service, name),
      trustPolicy: { Version: '2012-10-17', Statement: [trust] },
      managedPolicyArns: [],
      policies,
    });
  }
}

function nameFor(fileSystemId: string): string {
  return `AWSServiceRoleForFSxS3Access_${fileSystemId}`;
}
