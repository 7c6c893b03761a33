import { Aws, Duration, Stack } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { RUN_ID } from '../../contract/environment';
import { AppLogGroup } from '../../platform/log-group';
import { AppRole, ownService } from '../../platform/role';
import type { ContainerImage } from '../../platform/container-image';

export interface ImageBuildProps {
  readonly images: readonly ContainerImage[];
  readonly key: IKey;
  readonly config: PipelineConfig;
}

/** Variables that `Build image` sets for one build. */
export const BuildVariable = {
  RepositoryUri: 'REPOSITORY_URI',
  ImageTag: 'IMAGE_TAG',
  BaseImage: 'BASE_IMAGE',
  Dockerfile: 'DOCKERFILE',
  RunId: RUN_ID,
} as const;

/** A GPU base image has 10 GB; pulling and pushing it takes most of this. */
const BUILD_TIMEOUT = Duration.minutes(45);

/**
 * SageMaker hosts single images for x86-64 with Docker's media types ({@link HOSTED_MEDIA_TYPE}). A provenance attestation
 * makes an OCI index of an image, and Docker's containerd image store, the default of new engines since Docker 29, has
 * OCI types unless told otherwise; the classic store ignores that option (moby, `mobyexporter`), and pushes Docker's.
 */
const HOSTED = '--platform linux/amd64 --provenance=false --output type=image,oci-mediatypes=false';

/**
 * Plain commands of the Docker and AWS CLIs, so that a build can be repeated by hand. Without a BASE_IMAGE the
 * Dockerfile's default is used. The first line of the log has the format of the jobs' logs: it names the run.
 *
 * Tags are immutable: if another build of the same content pushed first, this push fails, and the build goes on with
 * the image that is there now. For any other failure, the message of the push stands in the log above.
 */
const BUILD_COMMANDS = [
  `echo '{"level":"INFO","message":{"message":"building '"$IMAGE_TAG"'","runId":"'"$RUN_ID"'"}}'`,
  'aws ecr get-login-password | docker login --username AWS --password-stdin "${REPOSITORY_URI%%/*}"',
  `docker build ${HOSTED} ` +
    '${BASE_IMAGE:+--build-arg BASE_IMAGE="$BASE_IMAGE"} --file "$DOCKERFILE" --tag "$REPOSITORY_URI:$IMAGE_TAG" .',
  'docker push "$REPOSITORY_URI:$IMAGE_TAG" || ' +
    'aws ecr describe-images --repository-name "${REPOSITORY_URI#*/}" --image-ids imageTag="$IMAGE_TAG"',
];

/** ECR User Guide, "IAM permissions for pushing an image"; and a look after a failed push. */
const PUSH_ACTIONS = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:CompleteLayerUpload',
  'ecr:DescribeImages',
  'ecr:InitiateLayerUpload',
  'ecr:PutImage',
  'ecr:UploadLayerPart',
];

function anyKey(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
}

/** The build project of all containers: source and variables come with each build. */
export class ImageBuild extends Construct {
  readonly project: codebuild.Project;

  constructor(scope: Construct, id: string, { images, key, config }: ImageBuildProps) {
    super(scope, id);
    const logGroup = new AppLogGroup(this, 'Log', config);
    const role = this.role(images, logGroup);
    this.project = new codebuild.Project(this, 'Project', {
      description: 'Builds the image of one container folder and pushes it tagged with its content hash',
      buildSpec: codebuild.BuildSpec.fromObject({
        version: '0.2',
        phases: { build: { commands: BUILD_COMMANDS } },
      }),
      environment: {
        buildImage: codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5,
        computeType: codebuild.ComputeType.SMALL,
        // Docker in CodeBuild needs it.
        privileged: true,
      },
      cache: codebuild.Cache.local(codebuild.LocalCacheMode.DOCKER_LAYER),
      // CDK would add a second log group, report groups and the key, none of which a build uses.
      role: role.withoutPolicyUpdates(),
      encryptionKey: key,
      timeout: BUILD_TIMEOUT,
      logging: { cloudWatch: { logGroup } },
    });
  }

  private role(images: readonly ContainerImage[], logGroup: logs.ILogGroup): AppRole {
    const role = new AppRole(this, 'Role', {
      description: 'Image builds: read container folders, push images',
      assumedBy: ownService('codebuild.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    for (const { source, repository } of images) {
      role.allow(['s3:GetObject', 's3:GetObjectVersion'], [source.bucket.arnForObjects(source.s3ObjectKey)]);
      role.allow(PUSH_ACTIONS, [repository.repositoryArn]);
    }
    const buckets = images.map(({ source }) => source.bucket.bucketArn);
    // A bootstrap with a key of its own (`cdk bootstrap --bootstrap-customer-key`) encrypts container folders with it. Its
    // ARN is not known at synthesis; S3 names bucket or object in the encryption context.
    role.allow(['kms:Decrypt'], [anyKey(this)], {
      because: 'the key of the CDK bootstrap, if it has one; only for objects of its bucket, through S3',
      conditions: {
        StringEquals: { 'kms:ViaService': `s3.${Aws.REGION}.${Aws.URL_SUFFIX}` },
        StringLike: {
          'kms:EncryptionContext:aws:s3:arn': [...new Set(buckets)].flatMap((arn) => [arn, `${arn}/*`]),
        },
      },
    });
    role.allow(['ecr:GetAuthorizationToken'], ['*'], {
      because: 'an ECR token is valid for the registry, not for a repository',
    });
    return role;
  }
}
