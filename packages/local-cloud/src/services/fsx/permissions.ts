import type { Cloud } from '../../core/cloud';
import type { Permission, Service } from '../../core/service';
import type { FileSystems } from './state';

/** Returns the IAM actions and ARNs of the operations. Operations that describe have no resources. */
export function permissions(cloud: Cloud, systems: FileSystems): Service<'fsx'>['permissions'] {
  const system = (id = '*') => cloud.arn('fsx', `file-system/${id}`);
  const link = (id = '') =>
    systems.state.associations[id]?.ResourceARN ?? cloud.arn('fsx', `association/*/${id}`);
  const on = (action: string, ...resources: string[]): Permission => ({ action: `fsx:${action}`, resources });
  /** Returns the permissions of a create, which with tags needs TagResource too. */
  const create = (
    action: string,
    made: string,
    { Tags, FileSystemId }: { Tags?: unknown[]; FileSystemId?: string },
  ): Permission[] => [
    on(action, made, ...(FileSystemId === undefined ? [] : [system(FileSystemId)])),
    ...(Tags?.length ? [on('TagResource', made)] : []),
  ];
  return {
    CreateFileSystem: ({ Tags }) => create('CreateFileSystem', system(), { Tags }),
    UpdateFileSystem: ({ FileSystemId }) => on('UpdateFileSystem', system(FileSystemId)),
    DeleteFileSystem: ({ FileSystemId }) => on('DeleteFileSystem', system(FileSystemId)),
    CreateDataRepositoryAssociation: (input) =>
      create(
        'CreateDataRepositoryAssociation',
        cloud.arn('fsx', `association/${input.FileSystemId}/*`),
        input,
      ),
    UpdateDataRepositoryAssociation: ({ AssociationId }) =>
      on('UpdateDataRepositoryAssociation', link(AssociationId)),
    DeleteDataRepositoryAssociation: ({ AssociationId }) =>
      on('DeleteDataRepositoryAssociation', link(AssociationId)),
    CreateDataRepositoryTask: (input) =>
      create('CreateDataRepositoryTask', cloud.arn('fsx', 'task/*'), input),
  };
}
