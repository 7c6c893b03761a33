import type { Cloud } from '../../core/cloud';
import {
  camelCase,
  generatedName,
  type Created,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

export const imageTypes: Record<string, ResourceType> = {
  'AWS::ECR::Repository': {
    properties: [
      'EmptyOnDelete',
      'EncryptionConfiguration',
      'ImageScanningConfiguration',
      'ImageTagMutability',
      'LifecyclePolicy',
      'RepositoryName',
      'RepositoryPolicyText',
      'Tags',
    ],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.RepositoryName as string | undefined) ?? generatedName(context, 256, 'lower');
      const { EncryptionConfiguration, ImageScanningConfiguration, ImageTagMutability } = properties;
      await cloud.call(
        'ecr',
        'CreateRepository',
        {
          repositoryName: name,
          imageTagMutability: ImageTagMutability as 'IMMUTABLE' | 'MUTABLE' | undefined,
          imageScanningConfiguration: ImageScanningConfiguration
            ? (camelCase(ImageScanningConfiguration) as { scanOnPush?: boolean })
            : undefined,
          encryptionConfiguration: EncryptionConfiguration
            ? (camelCase(EncryptionConfiguration) as { encryptionType: 'KMS' | 'AES256'; kmsKey?: string })
            : undefined,
        },
        caller,
      );
      const repository = describe(name, cloud);
      context.made(repository);
      await putPolicies(name, properties, context);
      return repository;
    },
    async update(properties, context, before) {
      const { cloud, caller } = context;
      const repositoryName = before.physicalId;
      const { ImageTagMutability = 'MUTABLE', ImageScanningConfiguration } = properties;
      await cloud.call(
        'ecr',
        'PutImageTagMutability',
        { repositoryName, imageTagMutability: ImageTagMutability as 'IMMUTABLE' | 'MUTABLE' },
        caller,
      );
      const imageScanningConfiguration = {
        scanOnPush: false,
        ...(camelCase(ImageScanningConfiguration) as object),
      };
      const scanning = { repositoryName, imageScanningConfiguration };
      await cloud.call('ecr', 'PutImageScanningConfiguration', scanning, caller);
      const gone = (text: (properties: Properties) => unknown) =>
        text(before.properties) !== undefined && text(properties) === undefined;
      if (gone(({ RepositoryPolicyText }) => RepositoryPolicyText))
        await cloud.call('ecr', 'DeleteRepositoryPolicy', { repositoryName }, caller);
      if (gone(lifecyclePolicyText))
        await cloud.call('ecr', 'DeleteLifecyclePolicy', { repositoryName }, caller);
      await putPolicies(repositoryName, properties, context);
      return before;
    },
    adopt: {
      identifier: 'RepositoryName',
      async find(name, { cloud, caller }) {
        await cloud.call('ecr', 'DescribeRepositories', { repositoryNames: [name] }, caller);
        return describe(name, cloud);
      },
    },
    async delete({ physicalId, properties }, { cloud, caller }) {
      // "If true, deleting the repository force deletes the contents of the repository" (reference of the type).
      const force = isTrue(properties.EmptyOnDelete);
      await cloud.call('ecr', 'DeleteRepository', { repositoryName: physicalId, force }, caller);
    },
  },
};

function describe(name: string, { account, region }: Pick<Cloud, 'account' | 'region'>): Created {
  return {
    physicalId: name,
    attributes: {
      Arn: `arn:aws:ecr:${region}:${account}:repository/${name}`,
      RepositoryUri: `${account}.dkr.ecr.${region}.amazonaws.com/${name}`,
    },
  };
}

function isTrue(value: unknown): boolean {
  return String(value) === 'true';
}

async function putPolicies(
  repositoryName: string,
  properties: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const { RepositoryPolicyText } = properties;
  if (RepositoryPolicyText !== undefined) {
    const policyText = JSON.stringify(RepositoryPolicyText);
    await cloud.call('ecr', 'SetRepositoryPolicy', { repositoryName, policyText }, caller);
  }
  const text = lifecyclePolicyText(properties);
  if (text !== undefined) {
    const policy = { repositoryName, lifecyclePolicyText: text };
    await cloud.call('ecr', 'PutLifecyclePolicy', policy, caller);
  }
}

function lifecyclePolicyText({ LifecyclePolicy }: Properties): string | undefined {
  return (LifecyclePolicy as { LifecyclePolicyText?: string } | undefined)?.LifecyclePolicyText;
}
