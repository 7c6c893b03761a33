import type { ECR } from '@aws-sdk/client-ecr';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { documentOf } from '../../access/policy-documents';
import { page } from '../../core/paging';
import type { Permission, Service, ServiceDefinition } from '../../core/service';
import { keyArn } from '../kms/key-arn';
import { imageOperations } from './image-operations';
import { policyOperations } from './policy-operations';
import { Repositories } from './repositories';
import { imageTypes } from './resources';

/** The policies of other accounts are not known here: each of their repositories is taken to allow this. */
const PULLED_BY_ALL = JSON.stringify({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: '*',
    Action: [
      'ecr:BatchCheckLayerAvailability',
      'ecr:BatchGetImage',
      'ecr:DescribeImages',
      'ecr:GetDownloadUrlForLayer',
    ],
  },
});

const TOKEN_HOURS = 12;
const PAGE = 100;

/** ECR: repositories and image manifests. The engine has the images; layers are neither uploaded nor downloaded. */
function create(cloud: Cloud): Service<'ecr'> {
  const repositories = new Repositories(cloud);
  const registryId = cloud.account;
  const invalidToken = (message: string) => new ServiceError('InvalidParameterException', message);

  const onRepository = (action: string) => (input: { repositoryName?: string; registryId?: string }) => ({
    action: `ecr:${action}`,
    resources: [
      `arn:aws:ecr:${cloud.region}:${input.registryId ?? registryId}:repository/${input.repositoryName ?? '*'}`,
    ],
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
      if (arn.split(':')[4] !== registryId) return documentOf(PULLED_BY_ALL);
      const name = arn.slice(arn.indexOf(':repository/') + ':repository/'.length);
      return documentOf(repositories.list().find((each) => each.name === name)?.policyText);
    },
    operations: {
      ...imageOperations(cloud, repositories),
      ...policyOperations(cloud, repositories),

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
    },
  };
}

/** @throws ServiceError NotImplemented */
function tagMutability(value: string | undefined): 'MUTABLE' | 'IMMUTABLE' {
  if (value === 'MUTABLE' || value === 'IMMUTABLE') return value;
  throw notSupported(`the tag mutability ${value}`, 'Use MUTABLE or IMMUTABLE.');
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
