import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';
import { fileSystemOperations } from './file-system-operations';
import { linkOperations } from './link-operations';
import { permissions } from './permissions';
import { FileSystems } from './state';
import { taskOperations } from './task-operations';

/**
 * FSx for Lustre, as far as training jobs read it: file systems, links to buckets, and tasks that import what is in
 * them. Contents lie in the bucket; what a file system shows of it is what was imported.
 */
export function fsx(cloud: Cloud): Service<'fsx'> {
  const systems = new FileSystems(cloud);
  const tasks = taskOperations(cloud, systems);
  return {
    id: 'fsx',
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
