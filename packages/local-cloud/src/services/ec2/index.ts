import type { EC2 } from '@aws-sdk/client-ec2';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { groupOperations, groupPermissions } from './group-operations';
import { networkTypes } from './resources';
import { zoneOperations } from './zones';

/**
 * EC2: networks as resource types, the rules of security groups, and the zones of the region. Nothing is routed, and
 * there are no instances.
 */
function create(cloud: Cloud): Service<'ec2'> {
  return {
    operations: { ...zoneOperations(cloud), ...groupOperations(cloud) },
    permissions: groupPermissions(cloud),
  };
}

export const ec2: ServiceDefinition<'ec2'> = {
  id: 'ec2',
  facts: {
    package: '@aws-sdk/client-ec2',
    signingName: 'ec2',
    iamPrefix: 'ec2',
    protocol: 'ec2Query',
    xmlNamespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    version: '2016-11-15',
    invalidInput: 'InvalidParameterValue',
  },
  resourceTypes: networkTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    ec2: EC2;
  }
}
