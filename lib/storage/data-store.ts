import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgements';

export interface DataStoreProps {
  /** Keep key and buckets when the stack is deleted. */
  readonly retain: boolean;
  /** What the artifacts bucket does not keep. */
  readonly expiring: readonly Expiring[];
}

/** Objects that are deleted some days after they were written. */
export interface Expiring {
  readonly prefix: string;
  readonly days: number;
}

/** Days that superseded versions are kept: a run's manifest can be replayed for as long. */
const OLD_VERSION_DAYS = 365;
const ACCESS_LOG_DAYS = 90;

/** Why a role of every run reaches into the folders of all. */
export const BY_RUN = 'the id of a run is known when it starts; the pattern is one kind of file of any run';

/** Of each file system the role under which it reads its bucket ("Using service-linked roles for Amazon FSx"). */
const FILE_SYSTEM_ROLES = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*`;

/** Which objects: of one key, or of all that fit a pattern. */
export interface Objects {
  readonly bucket: s3.IBucket;
  readonly key: string;
  /** Why the key has to be a pattern. */
  readonly because?: string;
}

/** Training data in, everything a run makes out; one key for both. */
export class DataStore extends Construct {
  readonly key: kms.Key;
  /** Training data and its schema, written by the team. */
  readonly data: s3.Bucket;
  /** Manifests, splits, checkpoints, models, evaluations and records, written by runs. */
  readonly artifacts: s3.Bucket;

  constructor(scope: Construct, id: string, { retain, expiring }: DataStoreProps) {
    super(scope, id);
    const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    this.key = new kms.Key(this, 'Key', {
      description: 'Training data, models and everything between',
      enableKeyRotation: true,
      removalPolicy,
    });
    const common = {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy,
    };
    const accessLogs = new s3.Bucket(this, 'AccessLogs', {
      ...common,
      // Log delivery writes with S3's own keys only.
      encryption: s3.BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(ACCESS_LOG_DAYS) }],
    });
    const versioned = (bucketId: string, expirations: readonly Expiring[] = []) =>
      new s3.Bucket(this, bucketId, {
        ...common,
        versioned: true,
        encryption: s3.BucketEncryption.KMS,
        encryptionKey: this.key,
        bucketKeyEnabled: true,
        serverAccessLogsBucket: accessLogs,
        serverAccessLogsPrefix: `${bucketId.toLowerCase()}/`,
        lifecycleRules: [
          {
            noncurrentVersionExpiration: Duration.days(OLD_VERSION_DAYS),
            abortIncompleteMultipartUploadAfter: Duration.days(7),
          },
          ...expirations.map(({ prefix, days }) => ({
            prefix,
            expiration: Duration.days(days),
            noncurrentVersionExpiration: Duration.days(1),
          })),
        ],
      });
    this.data = versioned('Data');
    // To EventBridge, where rules choose. CDK's own way would bring a function of CDK's with a role over all buckets.
    (this.data.node.defaultChild as s3.CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    this.artifacts = versioned('Artifacts', expiring);
  }

  /**
   * Lets file systems of FSx for Lustre use the key through S3. Each has a service-linked role, to which only the key's
   * own policy can open it (Lustre User Guide, "Working with server-side encrypted Amazon S3 buckets"). The id of the
   * file system is in the role's name, and not known before there is one. Nothing is ever written back, but linking a
   * bucket asks for writing too.
   */
  openToFileSystems(): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            'kms:CallerAccount': Aws.ACCOUNT_ID,
            'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}`,
          },
          ArnLike: { 'aws:PrincipalArn': FILE_SYSTEM_ROLES },
        },
      }),
    );
  }

  /** Reading, and with the key: S3 decrypts in the caller's name. */
  grantRead(role: IRole, objects: Objects): void {
    this.grant(role, 's3:GetObject', objects);
    this.key.grant(role, 'kms:Decrypt');
  }

  /** Reading the versions that a run pinned. */
  grantReadVersions(role: IRole, objects: Objects): void {
    this.grant(role, 's3:GetObjectVersion', objects);
    this.key.grant(role, 'kms:Decrypt');
  }

  /** Writing, and with the key: S3 encrypts in the caller's name. */
  grantWrite(role: IRole, objects: Objects): void {
    this.grant(role, 's3:PutObject', objects);
    this.key.grant(role, 'kms:GenerateDataKey');
  }

  /** Listing keys. To who may not, a missing object answers "access denied" instead of "no such key". */
  grantList(role: IRole, bucket: s3.IBucket): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [bucket.bucketArn] }),
    );
  }

  grantListVersions(role: IRole, bucket: s3.IBucket): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:ListBucketVersions'], resources: [bucket.bucketArn] }),
    );
  }

  private grant(role: IRole, action: string, { bucket, key, because }: Objects): void {
    const arn = bucket.arnForObjects(key);
    role.addToPrincipalPolicy(new PolicyStatement({ actions: [action], resources: [arn] }));
    if (because) acknowledgeWildcard(role, arn, because);
  }
}
