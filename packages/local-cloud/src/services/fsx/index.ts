import type { FSx } from '@aws-sdk/client-fsx';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { NetworkInterfaces } from '../ec2/interfaces';
import { fileSystemOperations } from './file-system-operations';
import { linkOperations } from './link-operations';
import { permissions } from './permissions';
import { FileSystems } from './state';
import { taskOperations } from './task-operations';
import { fileSystemTypes } from './resources';

/**
 * FSx for Lustre, to the extent that training jobs read it: file systems, links to buckets, and tasks that import their
 * names. Contents stay in the bucket; a file system shows the imported objects.
 */
function create(cloud: Cloud): Service<'fsx'> {
  const systems = new FileSystems(cloud);
  const tasks = taskOperations(cloud, systems);
  cloud.part(NetworkInterfaces).register(() =>
    Object.values(systems.state.fileSystems).map(({ description, securityGroups }) => ({
      ...{ user: description.ResourceARN!, subnets: description.SubnetIds ?? [], securityGroups },
    })),
  );
  return {
    permissions: permissions(cloud, systems),
    start: async () => tasks.abandon(),
    stop: () => tasks.stop(),
    operations: {
      ...fileSystemOperations(cloud, systems),
      ...linkOperations(cloud, systems),
      ...tasks.operations,
    },
  };
}

export const fsx: ServiceDefinition<'fsx'> = {
  id: 'fsx',
  facts: {
    package: '@aws-sdk/client-fsx',
    signingName: 'fsx',
    iamPrefix: 'fsx',
    protocol: 'awsJson1_1',
    target: 'AWSSimbaAPIService_v20180301',
    invalidInput: 'BadRequest',
  },
  resourceTypes: fileSystemTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    fsx: FSx;
  }
}
