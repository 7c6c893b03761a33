import type { ImageFailure, ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Cloud } from '../../core/cloud';
import { DOCKER_MANIFEST } from '../../containers/engine';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import { ServiceError } from '../../model/errors';
import { digestOf } from '../../images/image-manifest';
import { foreignRepository } from './foreign-repository';
import { findImage, imageSize, type Image, type Repositories, type Repository } from './repositories';

const PAGE = 100;

/** Operations on image manifests, by digest and by tag. */
export function imageOperations(cloud: Cloud, repositories: Repositories): Operations<'ecr'> {
  const registryId = cloud.account;
  const invalidToken = (message: string) => new ServiceError('InvalidParameterException', message);

  /** Returns a repository of this registry, or the named images of another one. */
  const look = async (name: string, registry = registryId, ids?: readonly ImageIdentifier[]) =>
    (registry === registryId ? undefined : await foreignRepository(cloud, registry, name, ids)) ??
    repositories.get(name, registry);

  const describe = ({ name, arn }: Repository, { digest, tags, pushed, manifest, mediaType }: Image) => ({
    registryId: registryOf(arn),
    repositoryName: name,
    imageDigest: digest,
    ...(tags.length > 0 && { imageTags: tags }),
    imagePushedAt: new Date(pushed),
    imageSizeInBytes: imageSize(manifest),
    imageManifestMediaType: mediaType,
  });

  function notFound(id: ImageIdentifier): ImageFailure {
    if (id.imageDigest === undefined && id.imageTag === undefined) {
      const failureReason = 'Invalid request parameters: both tag and digest cannot be null';
      return { imageId: id, failureCode: 'MissingDigestAndTag', failureReason };
    }
    return { imageId: id, failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
  }

  return {
    async PutImage(input) {
      const repository = repositories.get(input.repositoryName!, input.registryId);
      const { imageManifest = '', imageTag, imageDigest } = input;
      const digest = digestOf(imageManifest);
      if (imageDigest !== undefined && imageDigest !== digest) {
        const message = `The digest '${imageDigest}' does not match the manifest's, which is '${digest}'.`;
        throw new ServiceError('ImageDigestDoesNotMatchException', message);
      }
      const mediaType = input.imageManifestMediaType ?? mediaTypeOf(imageManifest);
      const image = repositories.put(repository, imageManifest, mediaType, imageTag);
      cloud.events.publish({
        source: 'aws.ecr',
        detailType: 'ECR Image Action',
        resources: [],
        detail: {
          'action-type': 'PUSH',
          result: 'SUCCESS',
          'repository-name': repository.name,
          'image-digest': digest,
          'image-tag': imageTag ?? '',
        },
      });
      const imageId = { imageDigest: digest, ...(imageTag !== undefined && { imageTag }) };
      return {
        image: {
          ...{ registryId, repositoryName: repository.name, imageId, imageManifest },
          imageManifestMediaType: image.mediaType,
        },
      };
    },

    async BatchGetImage({ repositoryName, registryId: registry, imageIds = [] }) {
      const repository = await look(repositoryName!, registry, imageIds.filter(hasName));
      const found = imageIds.map((id) => ({
        id,
        image: hasName(id) ? findImage(repository, id) : undefined,
      }));
      return {
        images: found.flatMap(({ id, image }) => {
          if (!image) return [];
          const tag = id.imageTag ?? image.tags[0];
          return {
            registryId: registryOf(repository.arn),
            repositoryName: repository.name,
            imageId: { imageDigest: image.digest, ...(tag !== undefined && { imageTag: tag }) },
            imageManifest: image.manifest,
            imageManifestMediaType: image.mediaType,
          };
        }),
        failures: found.filter(({ image }) => !image).map(({ id }) => notFound(id)),
      };
    },

    async DescribeImages({
      repositoryName,
      registryId: registry,
      imageIds,
      filter,
      maxResults = PAGE,
      nextToken: token,
    }) {
      const repository = await look(repositoryName!, registry, imageIds);
      const asked = imageIds?.map((id) => {
        const image = findImage(repository, id);
        if (image) return image;
        const message = `The image with imageId {imageDigest:'${id.imageDigest ?? 'null'}', imageTag:'${id.imageTag ?? 'null'}'} does not exist within the repository with name '${repository.name}' in the registry with id '${registryId}'`;
        throw new ServiceError('ImageNotFoundException', message);
      });
      const images = (asked ?? repository.images).filter((image) => hasStatus(image, filter?.tagStatus));
      const { items, nextToken } = page(images, ({ digest }) => digest, maxResults, token, invalidToken);
      return { imageDetails: items.map((image) => describe(repository, image)), nextToken };
    },

    async ListImages({ repositoryName, registryId: registry, filter, maxResults = PAGE, nextToken: token }) {
      const { images } = repositories.get(repositoryName!, registry);
      const ids = images
        .filter((image) => hasStatus(image, filter?.tagStatus))
        .flatMap(({ digest, tags }) => {
          if (tags.length === 0) return [{ imageDigest: digest }];
          return tags.map((imageTag) => ({ imageDigest: digest, imageTag }));
        });
      const keyOf = (id: ImageIdentifier) => `${id.imageDigest}:${id.imageTag ?? ''}`;
      const { items, nextToken } = page(ids, keyOf, maxResults, token, invalidToken);
      return { imageIds: items, nextToken };
    },

    async BatchDeleteImage({ repositoryName, registryId: registry, imageIds = [] }) {
      const repository = repositories.get(repositoryName!, registry);
      const deleted: ImageIdentifier[] = [];
      const failures: ImageFailure[] = [];
      for (const id of imageIds) {
        const image = hasName(id) ? findImage(repository, id) : undefined;
        if (!image) {
          failures.push(notFound(id));
          continue;
        }
        // A tag alone removes only the tag, unless it was the image's last.
        image.tags = id.imageDigest === undefined ? image.tags.filter((tag) => tag !== id.imageTag) : [];
        if (image.tags.length === 0) repository.images.splice(repository.images.indexOf(image), 1);
        deleted.push({
          imageDigest: image.digest,
          ...(id.imageTag !== undefined && { imageTag: id.imageTag }),
        });
      }
      repositories.changed();
      return { imageIds: deleted, failures };
    },
  };
}

const hasName = ({ imageDigest, imageTag }: ImageIdentifier) =>
  imageDigest !== undefined || imageTag !== undefined;

const registryOf = (repositoryArn: string) => repositoryArn.split(':')[4];

const hasStatus = ({ tags }: Image, status: string | undefined) =>
  status === undefined || status === 'ANY' || (status === 'TAGGED') === tags.length > 0;

function mediaTypeOf(manifest: string): string {
  try {
    return (JSON.parse(manifest) as { mediaType?: string }).mediaType ?? DOCKER_MANIFEST;
  } catch (error) {
    const message = `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${String(error)})`;
    throw new ServiceError('InvalidParameterException', message);
  }
}
