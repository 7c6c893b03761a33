import { createHash } from 'node:crypto';
import type { Cloud } from '../core/cloud';
import { ServiceError } from '../model/errors';
import type { Caller } from '../core/service';
import type { ProcessImage, ProcessImages } from './process-image';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';

/**
 * The OCI manifest of an image. The digest of its configuration is the image's id, so a registry stores only the
 * manifest.
 */
export function imageManifest(image: ProcessImage): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: image.id,
      size: JSON.stringify(image.config).length,
    },
    layers: [],
  });
}

export interface ImageReference {
  registryId: string;
  repositoryName: string;
  imageTag?: string;
  imageDigest?: string;
}

/** @param uri `<account>.dkr.ecr.<region>.<suffix>/<repository>[:tag|@digest]` */
export function parseImageUri(uri: string): ImageReference | undefined {
  const match =
    /^(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.[a-z.]+\/([a-z0-9][a-z0-9._/-]*?)(?::([\w][\w.-]{0,127})|@(sha256:[0-9a-f]{64}))?$/.exec(
      uri,
    );
  if (!match) return undefined;
  return { registryId: match[1]!, repositoryName: match[2]!, imageTag: match[3], imageDigest: match[4] };
}

/** Actions of a pull that are not separate API calls in this cloud. */
const PULL_ACTIONS = ['ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];

/**
 * Pulls an image from ECR as the caller, as SageMaker does with a job's role.
 *
 * @throws ServiceError with ECR's message if the image does not exist or the caller has no permission
 */
export async function pullImage(
  cloud: Cloud,
  images: ProcessImages,
  uri: string,
  caller: Caller,
): Promise<ProcessImage> {
  const reference = parseImageUri(uri);
  if (!reference) {
    throw new ServiceError(
      'ValidationException',
      `image '${uri}' is not an ECR image URI; use the form ${cloud.account}.dkr.ecr.${cloud.region}.amazonaws.com/repository@sha256:…`,
    );
  }
  const { repositoryName, imageTag, imageDigest } = reference;
  await cloud.call('ecr', 'GetAuthorizationToken', {}, caller);
  for (const action of PULL_ACTIONS) {
    cloud.authorize(caller, { action, resources: [cloud.arn('ecr', `repository/${repositoryName}`)] }, 'ecr');
  }
  const { images: found, failures } = await cloud.call(
    'ecr',
    'BatchGetImage',
    { repositoryName, imageIds: [imageDigest ? { imageDigest } : { imageTag: imageTag ?? 'latest' }] },
    caller,
  );
  const manifest = found?.[0]?.imageManifest;
  if (!manifest) {
    throw new ServiceError(
      'ImageNotFoundException',
      `${uri}: ${failures?.[0]?.failureReason ?? 'image not found'}`,
    );
  }
  return images.load((JSON.parse(manifest) as { config: { digest: string } }).config.digest);
}

/** Actions of a push that are not separate API calls in this cloud. */
const PUSH_ACTIONS = [
  // Docker first checks if the registry has the manifest.
  'ecr:BatchGetImage',
  'ecr:BatchCheckLayerAvailability',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
];

/** @returns the pushed image's digest */
export async function pushImage(
  cloud: Cloud,
  image: ProcessImage,
  uri: string,
  caller: Caller,
): Promise<string> {
  const reference = parseImageUri(uri);
  if (!reference?.imageTag) throw new Error(`invalid reference format: '${uri}' has no repository or no tag`);
  const { repositoryName, imageTag } = reference;
  for (const action of PUSH_ACTIONS) {
    cloud.authorize(caller, { action, resources: [cloud.arn('ecr', `repository/${repositoryName}`)] }, 'ecr');
  }
  const manifest = imageManifest(image);
  await cloud.call(
    'ecr',
    'PutImage',
    { repositoryName, imageManifest: manifest, imageManifestMediaType: MANIFEST_TYPE, imageTag },
    caller,
  );
  return `sha256:${createHash('sha256').update(manifest).digest('hex')}`;
}
