import { Aws, Duration } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { LambdaVariable } from '../contract/environment';
import type { PipelineConfig } from '../config';
import { pendingWindow, removalPolicy } from './retention';
import type { Grantee } from './role';

export interface DataStoreProps {
  /** Bucket of the team that exists already. Null: the stack creates one. */
  readonly existing: NonNullable<PipelineConfig['data']['bucket']> | null;
  /** Keep key and buckets when the stack is deleted. */
  readonly retain: boolean;
  /** Objects that expire in the artifacts bucket. */
  readonly expiring: readonly Expiring[];
}

/** Objects that are deleted some days after they were written. */
export interface Expiring {
  readonly prefix: string;
  readonly days: number;
}

/** Retention of superseded versions in days: a run's manifest can be replayed for as long. */
const OLD_VERSION_DAYS = 365;
const ACCESS_LOG_DAYS = 90;

/** Reason why the role of a run's job can access the folders of all runs. */
const BY_RUN = 'the id of a run is known when it starts; the pattern is one kind of file of any run';

/** Roles under which file systems read their bucket ("Using service-linked roles for Amazon FSx"). */
const FILE_SYSTEM_ROLES = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*`;

/** Objects of one key, or of all keys that match a pattern. */
export interface Objects {
  readonly bucket: s3.IBucket;
  readonly key: string;
  /** Reason why the key must be a pattern. */
  readonly because?: string;
}

/**
 * Buckets for the training data and for all outputs of runs; one key for both. The bucket for the training data may be
 * one of the team, with a key of the team.
 */
export class DataStore extends Construct {
  readonly key: kms.IKey;
  /** Training data and its schema, written by the team. */
  readonly data: s3.IBucket;
  /** Key of the training data. Undefined: a bucket of the team that is encrypted with a key of S3's. */
  readonly dataKey: kms.IKey | undefined;
  /** Manifests, splits, checkpoints, models, evaluations and records, written by runs. */
  readonly artifacts: s3.IBucket;

  constructor(scope: Construct, id: string, { existing, retain, expiring }: DataStoreProps) {
    super(scope, id);
    this.key = new kms.Key(this, 'Key', {
      description: 'Training data, models and intermediate results',
      enableKeyRotation: true,
      pendingWindow: pendingWindow(retain),
      removalPolicy: removalPolicy(retain),
    });
    const common = {
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      // CloudFormation deletes empty buckets only: `mlops empty` comes first. CDK's `autoDeleteObjects` would add a
      // function whose role may delete every object.
      removalPolicy: removalPolicy(retain),
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
    if (existing) {
      const { name, keyArn } = existing;
      this.data = s3.Bucket.fromBucketName(this, 'Data', name);
      this.dataKey = keyArn === undefined ? undefined : kms.Key.fromKeyArn(this, 'DataKey', keyArn);
    } else {
      const data = versioned('Data');
      // To EventBridge, where rules select events. CDK's own property would add a function whose role may configure all
      // buckets.
      (data.node.defaultChild as s3.CfnBucket).notificationConfiguration = {
        eventBridgeConfiguration: { eventBridgeEnabled: true },
      };
      this.data = data;
      this.dataKey = this.key;
    }
    this.artifacts = versioned('Artifacts', expiring);
  }

  /**
   * Lets file systems of FSx for Lustre use the key through S3. Each has a service-linked role, which only the key's
   * own policy can allow (Lustre User Guide, "Working with server-side encrypted Amazon S3 buckets"). The id of the
   * file system is in the role's name, and unknown before it is created. Nothing is ever written back, but linking a
   * bucket requires permission to write.
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

  /** Grants reading, and the key: S3 decrypts under the caller's role. */
  grantRead(grantee: Grantee, ...objects: readonly Objects[]): void {
    this.grant(grantee, 's3:GetObject', 'kms:Decrypt', objects);
  }

  /** Grants reading the versions that a run pinned. */
  grantReadVersions(grantee: Grantee, ...objects: readonly Objects[]): void {
    this.grant(grantee, 's3:GetObjectVersion', 'kms:Decrypt', objects);
  }

  /** Grants writing, and the key: S3 encrypts under the caller's role. */
  grantWrite(grantee: Grantee, ...objects: readonly Objects[]): void {
    this.grant(grantee, 's3:PutObject', 'kms:GenerateDataKey', objects);
  }

  /** Grants listing keys. Without it, S3 answers "access denied" for a missing object instead of "no such key". */
  grantList(grantee: Grantee, bucket: s3.IBucket): void {
    this.nameBucket(grantee, bucket);
    grantee.allow(['s3:ListBucket'], [bucket.bucketArn]);
  }

  grantListVersions(grantee: Grantee, bucket: s3.IBucket): void {
    this.nameBucket(grantee, bucket);
    grantee.allow(['s3:ListBucketVersions'], [bucket.bucketArn]);
  }

  /** Grants reading if the data bucket keeps versions; only a bucket of the team may be without them. */
  grantReadVersioning(grantee: Grantee): void {
    this.nameBucket(grantee, this.data);
    grantee.allow(['s3:GetBucketVersioning'], [this.data.bucketArn]);
  }

  /** Returns objects of runs: the id of the run in their keys is a wildcard. */
  ofRuns(...keys: readonly string[]): Objects[] {
    return keys.map((key) => ({ bucket: this.artifacts, key, because: BY_RUN }));
  }

  private grant(grantee: Grantee, action: string, onKey: string, objects: readonly Objects[]): void {
    for (const { bucket, key, because } of objects) {
      this.nameBucket(grantee, bucket);
      grantee.allow([action], [bucket.arnForObjects(key)], { because });
    }
    const keys = objects.map(({ bucket }) => (bucket === this.data ? this.dataKey : this.key));
    for (const key of new Set(keys)) if (key) grantee.allow([onKey], [key.keyArn]);
  }

  /** Whoever may use a bucket also gets its name. */
  private nameBucket(grantee: Grantee, bucket: s3.IBucket): void {
    const variable = bucket === this.data ? LambdaVariable.DataBucket : LambdaVariable.ArtifactsBucket;
    grantee.setVariable?.(variable, bucket.bucketName);
  }
}
