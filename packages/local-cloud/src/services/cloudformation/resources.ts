import type { ResourceTypes } from '../../core/resource-type';

/** Metadata that CDK adds to templates; it creates no resource. */
export const metadataTypes: ResourceTypes = {
  'AWS::CDK::Metadata': {
    properties: ['Analytics'],
    create: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    update: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    delete: async () => undefined,
  },
};
