import type { ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Cloud } from '../../core/cloud';
import { engineOf } from '../../engines';
import { DOCKER_MANIFEST } from '../../containers/engine';
import { imageManifest } from '../../images/image-manifest';
import type { Repository } from './repositories';

/**
 * Returns a repository of another account's registry, with those of its images that the engine has or can pull;
 * undefined if there are none.
 *
 * @param ids by default, the images that the engine has
 */
export async function foreignRepository(
  cloud: Cloud,
  registryId: string,
  name: string,
  ids?: readonly ImageIdentifier[],
): Promise<Repository | undefined> {
  const engine = engineOf(cloud);
  const repository = `${registryId}.dkr.ecr.${cloud.region}.amazonaws.com/${name}`;
  const found = await (ids === undefined
    ? engine.foreignImages(repository)
    : // An image that cannot be pulled is reported as not found.
      Promise.all(ids.map((id) => engine.foreignImages(repository, id).catch(() => []))));
  const images = new Map(found.flat().map((image) => [image.digest, image]));
  if (images.size === 0) return undefined;
  return {
    name,
    arn: `arn:aws:ecr:${cloud.region}:${registryId}:repository/${name}`,
    created: 0,
    tagMutability: 'MUTABLE',
    scanOnPush: false,
    encryption: { encryptionType: 'AES256' },
    images: [...images.values()].map((image) => ({
      digest: image.digest,
      manifest: imageManifest(image),
      mediaType: image.mediaType ?? DOCKER_MANIFEST,
      pushed: image.created.getTime(),
      tags: image.tags,
    })),
  };
}
