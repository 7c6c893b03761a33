import type { ResourceTypes } from '../../core/resource-type';
import { customResource } from './custom-resource';

/** The types of no other service. */
export const ownTypes: ResourceTypes = {
  'AWS::CloudFormation::CustomResource': customResource,
  // Metadata that CDK adds to templates; it creates no resource.
  'AWS::CDK::Metadata': {
    properties: ['Analytics'],
    create: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    update: async ({}, { logicalId }) => ({ physicalId: logicalId }),
    delete: async () => undefined,
  },
};
