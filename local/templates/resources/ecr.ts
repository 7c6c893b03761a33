import { camelCase, generatedName, type ResourceType } from '../resource-type';

export const imageTypes: Record<string, ResourceType> = {
  'AWS::ECR::Repository': {
    properties: [
      'EncryptionConfiguration',
      'ImageScanningConfiguration',
      'ImageTagMutability',
      'LifecyclePolicy',
      'RepositoryName',
      'Tags',
    ],
    replacedBy: ['RepositoryName', 'EncryptionConfiguration'],
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
      return {
        physicalId: name,
        attributes: {
          Arn: cloud.arn('ecr', `repository/${name}`),
          RepositoryUri: `${cloud.account}.dkr.ecr.${cloud.region}.amazonaws.com/${name}`,
        },
      };
    },
    // Lifecycle and scanning have no effect on this machine; a change of them changes nothing here.
    async update({ ImageTagMutability }, _context, before) {
      if (ImageTagMutability === before.properties.ImageTagMutability) return before;
      throw new Error('changing ImageTagMutability is not supported by the local cloud; start afresh');
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('ecr', 'DeleteRepository', { repositoryName: physicalId }, caller);
    },
  },
};
