import { Duration } from 'aws-cdk-lib';
import type { Pipeline } from 'aws-cdk-lib/aws-codepipeline';
import { PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';

/** Source and templates of an execution are needed while it waits for its approval: CodePipeline allows 7 days. */
const ARTIFACTS_EXPIRE = Duration.days(90);

/**
 * Allows the source action to use the connection under both names of the action: a connection's ARN, and the service's
 * prefix with it, was renamed from `codestar-connections` to `codeconnections`, and CDK grants the former only (Developer
 * Tools User Guide, "Connections rename": policies need both).
 */
export function useBothConnectionActions(pipeline: Pipeline, connectionArn: string): void {
  const inSource = pipeline.node.findChild('Source').node.findAll();
  const role = inSource.find((construct) => construct instanceof Role)!;
  role.addToPolicy(
    new PolicyStatement({
      actions: ['codeconnections:UseConnection', 'codestar-connections:UseConnection'],
      resources: [connectionArn],
    }),
  );
}

/** Lets the artifacts of executions expire, in the bucket of each region. */
export function expireArtifacts(pipeline: Pipeline): void {
  const others = Object.values(pipeline.crossRegionSupport).map(({ replicationBucket }) => replicationBucket);
  for (const bucket of [pipeline.artifactBucket, ...others]) expire(bucket);
}

function expire(bucket: IBucket): void {
  // One of an earlier deployment in the region is imported, and has the rule already.
  if (!(bucket instanceof Bucket)) return;
  bucket.addLifecycleRule({
    id: 'Artifacts',
    expiration: ARTIFACTS_EXPIRE,
    noncurrentVersionExpiration: ARTIFACTS_EXPIRE,
    abortIncompleteMultipartUploadAfter: Duration.days(1),
  });
}
