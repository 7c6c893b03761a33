import { createHash } from 'node:crypto';
import type { Cloud } from '../core/cloud';
import { ServiceError } from '../model/errors';
import type { Caller } from '../core/service';
import { DOCKER_MANIFEST, OCI_MANIFEST, type Engine, type EngineImage } from '../containers/engine';

const CONFIG_TYPES: Readonly<Record<string, string>> = {
  [DOCKER_MANIFEST]: 'application/vnd.docker.container.image.v1+json',
  [OCI_MANIFEST]: 'application/vnd.oci.image.config.v1+json',
};

/**
 * The manifest of an image. The digest of its configuration is the image's id, so a registry stores only the manifest.
 * The engine has the layers. An index names the image's id where a registry has the digest of its manifest.
 */
export function imageManifest({ id, bytes, mediaType = DOCKER_MANIFEST }: EngineImage): string {
  const configType = CONFIG_TYPES[mediaType];
  const content = configType
    ? { config: { mediaType: configType, digest: id, size: bytes }, layers: [] }
    : { manifests: [{ mediaType: OCI_MANIFEST, digest: id, size: bytes }] };
  return JSON.stringify({ schemaVersion: 2, mediaType, ...content });
}

/** Returns the id of the image that a manifest of {@link imageManifest} is of. */
function imageIdIn(manifest: string): string {
  const { config, manifests } = JSON.parse(manifest) as {
    config?: { digest: string };
    manifests?: { digest: string }[];
  };
  return (config ?? manifests![0]!).digest;
}

export const digestOf = (manifest: string) => `sha256:${createHash('sha256').update(manifest).digest('hex')}`;

export interface ImageReference {
  /** The registry's host name and the repository's name. */
  repository: string;
  registryId: string;
  repositoryName: string;
  imageTag?: string;
  imageDigest?: string;
}

/** @param uri `<account>.dkr.ecr.<region>.<suffix>/<repository>[:tag|@digest]` */
export function parseImageUri(uri: string): ImageReference | undefined {
  const match =
    /^((\d{12})\.dkr\.ecr\.[a-z0-9-]+\.[a-z.]+\/([a-z0-9][a-z0-9._/-]*?))(?::([\w][\w.-]{0,127})|@(sha256:[0-9a-f]{64}))?$/.exec(
      uri,
    );
  if (!match) return undefined;
  const [, repository, registryId, repositoryName, imageTag, imageDigest] = match;
  return {
    ...{ repository: repository!, registryId: registryId!, repositoryName: repositoryName! },
    imageTag,
    imageDigest,
  };
}

/** Actions of a pull that are not separate API calls in this cloud. */
const PULL_ACTIONS = ['ecr:GetDownloadUrlForLayer', 'ecr:BatchCheckLayerAvailability'];

/**
 * Pulls an image from ECR as the caller, as SageMaker does with a job's role. An image of another account's registry
 * comes from the engine.
 *
 * @throws ServiceError with ECR's message if the image does not exist or the caller has no permission
 * @throws Error if the engine has no image of another account's registry
 */
export async function pullImage(
  cloud: Cloud,
  engine: Pick<Engine, 'load' | 'foreignImages'>,
  uri: string,
  caller: Caller,
): Promise<EngineImage> {
  const reference = parseImageUri(uri);
  if (!reference) {
    throw new ServiceError(
      'ValidationException',
      `image '${uri}' is not an ECR image URI; use the form ${cloud.account}.dkr.ecr.${cloud.region}.amazonaws.com/repository@sha256:…`,
    );
  }
  const { repository, registryId, repositoryName, imageTag, imageDigest } = reference;
  const name = imageDigest ? { imageDigest } : { imageTag: imageTag ?? 'latest' };
  await cloud.call('ecr', 'GetAuthorizationToken', {}, caller);
  for (const action of PULL_ACTIONS) {
    cloud.authorize(caller, { action, resources: [repositoryArn(cloud, reference)] }, 'ecr');
  }
  if (registryId !== cloud.account) {
    const resources = [repositoryArn(cloud, reference)];
    cloud.authorize(caller, { action: 'ecr:BatchGetImage', resources }, 'ecr');
    const [image] = await engine.foreignImages(repository, name);
    if (image) return image;
    throw new ServiceError('ImageNotFoundException', `${uri}: the engine has no such image`);
  }
  const { images: found, failures } = await cloud.call(
    'ecr',
    'BatchGetImage',
    { repositoryName, imageIds: [name] },
    caller,
  );
  const manifest = found?.[0]?.imageManifest;
  if (!manifest) {
    throw new ServiceError(
      'ImageNotFoundException',
      `${uri}: ${failures?.[0]?.failureReason ?? 'image not found'}`,
    );
  }
  return engine.load(imageIdIn(manifest));
}

function repositoryArn({ region }: Cloud, { registryId, repositoryName }: ImageReference): string {
  return `arn:aws:ecr:${region}:${registryId}:repository/${repositoryName}`;
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
  image: EngineImage,
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
    {
      repositoryName,
      imageManifest: manifest,
      imageManifestMediaType: image.mediaType ?? DOCKER_MANIFEST,
      imageTag,
    },
    caller,
  );
  return digestOf(manifest);
}
