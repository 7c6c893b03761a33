import type { ResourceTypes } from '../../core/resource-type';

/** Metadata that CDK adds to templates; there is nothing to create. */
export const metadataTypes: ResourceTypes = {
  'AWS::CDK::Metadata': {
    properties: ['Analytics'],
    create: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    update: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    delete: async () => undefined,
  },
};
