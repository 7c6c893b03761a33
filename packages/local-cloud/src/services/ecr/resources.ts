import {
  camelCase,
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

export const imageTypes: Record<string, ResourceType> = {
  'AWS::ECR::Repository': {
    properties: [
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
      const repository = {
        physicalId: name,
        attributes: {
          Arn: cloud.arn('ecr', `repository/${name}`),
          RepositoryUri: `${cloud.account}.dkr.ecr.${cloud.region}.amazonaws.com/${name}`,
        },
      };
      context.made(repository);
      await putPolicies(name, properties, context);
      return repository;
    },
    // Scanning has no effect on this machine, so a change of it needs no update.
    async update(properties, context, before) {
      if (properties.ImageTagMutability !== before.properties.ImageTagMutability)
        throw new Error(
          'changing ImageTagMutability is not supported by the local cloud; delete the repository and create it again',
        );
      for (const name of ['RepositoryPolicyText', 'LifecyclePolicy']) {
        if (properties[name] === undefined && before.properties[name] !== undefined)
          throw new Error(`removing ${name} is not supported by the local cloud; change it instead`);
      }
      await putPolicies(before.physicalId, properties, context);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('ecr', 'DeleteRepository', { repositoryName: physicalId }, caller);
    },
  },
};

async function putPolicies(
  repositoryName: string,
  { RepositoryPolicyText, LifecyclePolicy }: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  if (RepositoryPolicyText !== undefined) {
    const policyText = JSON.stringify(RepositoryPolicyText);
    await cloud.call('ecr', 'SetRepositoryPolicy', { repositoryName, policyText }, caller);
  }
  const { LifecyclePolicyText } = (LifecyclePolicy ?? {}) as { LifecyclePolicyText?: string };
  if (LifecyclePolicyText !== undefined) {
    const policy = { repositoryName, lifecyclePolicyText: LifecyclePolicyText };
    await cloud.call('ecr', 'PutLifecyclePolicy', policy, caller);
  }
}
