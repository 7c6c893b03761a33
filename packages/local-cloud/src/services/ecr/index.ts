import type { ECR } from '@aws-sdk/client-ecr';
import type { ImageFailure, ImageIdentifier } from '@aws-sdk/client-ecr';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { documentOf, parsePolicy, type PolicyCheck } from '../../access/policy-documents';
import { page } from '../../core/paging';
import type { Permission, Service, ServiceDefinition } from '../../core/service';
import { keyArn } from '../kms/key-arn';
import { checkLifecyclePolicy } from './lifecycle-policy';
import { digestOf, findImage, imageSize, Repositories, type Image, type Repository } from './repositories';
import { imageTypes } from './resources';

const DOCKER_V2 = 'application/vnd.docker.distribution.manifest.v2+json';
const TOKEN_HOURS = 12;
const PAGE = 100;

/** ECR: repositories and image manifests. Layers are neither uploaded nor downloaded. */
function create(cloud: Cloud): Service<'ecr'> {
  const repositories = new Repositories(cloud);
  const registryId = cloud.account;
  const invalidToken = (message: string) => new ServiceError('InvalidParameterException', message);

  const describe = (repository: Repository, { digest, tags, pushed, manifest, mediaType }: Image) => ({
    registryId,
    repositoryName: repository.name,
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

  /** @throws ServiceError RepositoryPolicyNotFoundException */
  function repositoryPolicy(name: string, registry: string | undefined): string {
    const { policyText } = repositories.get(name, registry);
    if (policyText !== undefined) return policyText;
    const message = `Repository policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`;
    throw new ServiceError('RepositoryPolicyNotFoundException', message);
  }

  /** @throws ServiceError LifecyclePolicyNotFoundException */
  function lifecyclePolicy(name: string, registry: string | undefined): string {
    const { lifecyclePolicyText } = repositories.get(name, registry);
    if (lifecyclePolicyText !== undefined) return lifecyclePolicyText;
    const message = `Lifecycle policy does not exist for the repository with name '${name}' in the registry with id '${registryId}'`;
    throw new ServiceError('LifecyclePolicyNotFoundException', message);
  }

  const onRepository = (action: string) => (input: { repositoryName?: string }) => ({
    action: `ecr:${action}`,
    resources: [cloud.arn('ecr', `repository/${input.repositoryName ?? '*'}`)],
  });

  return {
    permissions: {
      CreateRepository: (input) => [
        onRepository('CreateRepository')(input),
        ...keyPermissions(cloud, input.encryptionConfiguration?.kmsKey),
      ],
      DescribeRepositories: ({ repositoryNames = ['*'] }) => ({
        action: 'ecr:DescribeRepositories',
        resources: repositoryNames.map((name) => cloud.arn('ecr', `repository/${name}`)),
      }),
      DeleteRepository: onRepository('DeleteRepository'),
      PutImage: onRepository('PutImage'),
      BatchGetImage: onRepository('BatchGetImage'),
      DescribeImages: onRepository('DescribeImages'),
      ListImages: onRepository('ListImages'),
      BatchDeleteImage: onRepository('BatchDeleteImage'),
      SetRepositoryPolicy: onRepository('SetRepositoryPolicy'),
      GetRepositoryPolicy: onRepository('GetRepositoryPolicy'),
      PutLifecyclePolicy: onRepository('PutLifecyclePolicy'),
      GetLifecyclePolicy: onRepository('GetLifecyclePolicy'),
      DeleteRepositoryPolicy: onRepository('DeleteRepositoryPolicy'),
      DeleteLifecyclePolicy: onRepository('DeleteLifecyclePolicy'),
      PutImageTagMutability: onRepository('PutImageTagMutability'),
      PutImageScanningConfiguration: onRepository('PutImageScanningConfiguration'),
    },
    resourcePolicy: (arn) => {
      const name = arn.slice(arn.indexOf(':repository/') + ':repository/'.length);
      return documentOf(repositories.list().find((each) => each.name === name)?.policyText);
    },
    operations: {
      async CreateRepository(input) {
        const { encryptionConfiguration: encryption, imageTagMutability = 'MUTABLE' } = input;
        const type = encryption?.encryptionType ?? 'AES256';
        if (type !== 'AES256' && type !== 'KMS')
          throw notSupported(`the encryption ${type}`, 'Use AES256 or KMS.');
        const repository = repositories.create({
          name: input.repositoryName!,
          tagMutability: tagMutability(imageTagMutability),
          scanOnPush: input.imageScanningConfiguration?.scanOnPush ?? false,
          encryption: { encryptionType: type, ...(encryption?.kmsKey && { kmsKey: encryption.kmsKey }) },
        });
        return { repository: repositories.show(repository) };
      },

      async DescribeRepositories({
        repositoryNames,
        registryId: registry,
        maxResults = PAGE,
        nextToken: token,
      }) {
        const found = repositoryNames?.map((name) => repositories.get(name, registry)) ?? repositories.list();
        const { items, nextToken } = page(found, ({ name }) => name, maxResults, token, invalidToken);
        return { repositories: items.map((each) => repositories.show(each)), nextToken };
      },

      async DeleteRepository({ repositoryName, registryId: registry, force }) {
        const repository = repositories.get(repositoryName!, registry);
        if (repository.images.length > 0 && !force) {
          const message = `The repository with name '${repository.name}' in registry with id '${registryId}' cannot be deleted because it still contains images`;
          throw new ServiceError('RepositoryNotEmptyException', message);
        }
        repositories.delete(repository);
        return { repository: repositories.show(repository) };
      },

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
        const repository = repositories.get(repositoryName!, registry);
        const found = imageIds.map((id) => ({
          id,
          image: hasName(id) ? findImage(repository, id) : undefined,
        }));
        return {
          images: found.flatMap(({ id, image }) => {
            if (!image) return [];
            const tag = id.imageTag ?? image.tags[0];
            return {
              registryId,
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
        const repository = repositories.get(repositoryName!, registry);
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

      async ListImages({
        repositoryName,
        registryId: registry,
        filter,
        maxResults = PAGE,
        nextToken: token,
      }) {
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

      async GetAuthorizationToken() {
        return {
          authorizationData: [
            {
              authorizationToken: Buffer.from('AWS:local').toString('base64'),
              expiresAt: new Date(cloud.clock.now() + TOKEN_HOURS * 3_600_000),
              proxyEndpoint: `https://${registryId}.dkr.ecr.${cloud.region}.amazonaws.com`,
            },
          ],
        };
      },

      async SetRepositoryPolicy({ repositoryName, registryId: registry, policyText }) {
        parsePolicy(cloud, POLICY, policyText);
        repositories.get(repositoryName!, registry).policyText = policyText;
        repositories.changed();
        return { registryId, repositoryName, policyText };
      },

      async GetRepositoryPolicy({ repositoryName, registryId: registry }) {
        return { registryId, repositoryName, policyText: repositoryPolicy(repositoryName!, registry) };
      },

      async DeleteRepositoryPolicy({ repositoryName, registryId: registry }) {
        const policyText = repositoryPolicy(repositoryName!, registry);
        delete repositories.get(repositoryName!, registry).policyText;
        repositories.changed();
        return { registryId, repositoryName, policyText };
      },

      async PutImageTagMutability({ repositoryName, registryId: registry, imageTagMutability }) {
        const repository = repositories.get(repositoryName!, registry);
        repository.tagMutability = tagMutability(imageTagMutability);
        repositories.changed();
        return { registryId, repositoryName, imageTagMutability };
      },

      async PutImageScanningConfiguration({
        repositoryName,
        registryId: registry,
        imageScanningConfiguration,
      }) {
        const repository = repositories.get(repositoryName!, registry);
        repository.scanOnPush = imageScanningConfiguration?.scanOnPush ?? false;
        repositories.changed();
        const { scanOnPush } = repository;
        return { registryId, repositoryName, imageScanningConfiguration: { scanOnPush } };
      },

      async PutLifecyclePolicy({ repositoryName, registryId: registry, lifecyclePolicyText }) {
        const repository = repositories.get(repositoryName!, registry);
        checkLifecyclePolicy(lifecyclePolicyText);
        repository.lifecyclePolicyText = lifecyclePolicyText;
        repositories.changed();
        return { registryId, repositoryName, lifecyclePolicyText };
      },

      async GetLifecyclePolicy({ repositoryName, registryId: registry }) {
        const lifecyclePolicyText = lifecyclePolicy(repositoryName!, registry);
        return { registryId, repositoryName, lifecyclePolicyText };
      },

      async DeleteLifecyclePolicy({ repositoryName, registryId: registry }) {
        const lifecyclePolicyText = lifecyclePolicy(repositoryName!, registry);
        delete repositories.get(repositoryName!, registry).lifecyclePolicyText;
        repositories.changed();
        return { registryId, repositoryName, lifecyclePolicyText };
      },
    },
  };
}

/** @throws ServiceError NotImplemented */
function tagMutability(value: string | undefined): 'MUTABLE' | 'IMMUTABLE' {
  if (value === 'MUTABLE' || value === 'IMMUTABLE') return value;
  throw notSupported(`the tag mutability ${value}`, 'Use MUTABLE or IMMUTABLE.');
}

const hasName = ({ imageDigest, imageTag }: ImageIdentifier) =>
  imageDigest !== undefined || imageTag !== undefined;

const hasStatus = ({ tags }: Image, status: string | undefined) =>
  status === undefined || status === 'ANY' || (status === 'TAGGED') === tags.length > 0;

function mediaTypeOf(manifest: string): string {
  try {
    return (JSON.parse(manifest) as { mediaType?: string }).mediaType ?? DOCKER_V2;
  } catch (error) {
    const message = `Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax' (${String(error)})`;
    throw new ServiceError('InvalidParameterException', message);
  }
}

/** ECR uses a key through grants that it creates with the creator's permissions (User Guide, "Encryption at rest"). */
function keyPermissions(cloud: Cloud, key: string | undefined): Permission[] {
  if (key === undefined) return [];
  const context = {
    'kms:GrantIsForAWSResource': 'true',
    'kms:ViaService': `ecr.${cloud.region}.amazonaws.com`,
  };
  const resources = [keyArn(cloud, key)];
  return [
    { action: 'kms:DescribeKey', resources },
    { action: 'kms:CreateGrant', resources, context },
  ];
}

/** The form of the message: https://github.com/hashicorp/terraform-provider-aws/issues/39064. */
const POLICY: PolicyCheck = {
  name: 'repository policy',
  kind: 'resource',
  code: 'InvalidParameterException',
  noPrincipal: () => "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Principal not found'",
};

export const ecr: ServiceDefinition<'ecr'> = {
  id: 'ecr',
  facts: {
    package: '@aws-sdk/client-ecr',
    signingName: 'ecr',
    iamPrefix: 'ecr',
    protocol: 'awsJson1_1',
    target: 'AmazonEC2ContainerRegistry_V20150921',
    invalidInput: 'InvalidParameterException',
  },
  resourceTypes: imageTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    ecr: ECR;
  }
}
