import type { DataRepositoryAssociation, DataRepositoryTask, FileSystem } from '@aws-sdk/client-fsx';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';

export interface StoredFileSystem {
  /** The description that Describe returns. */
  description: FileSystem;
  securityGroups: string[];
  /** The objects that tasks imported: their ETags at that time, by URI. */
  imported: Record<string, string>;
}

interface FsxState {
  fileSystems: Record<string, StoredFileSystem>;
  associations: Record<string, DataRepositoryAssociation>;
  tasks: Record<string, DataRepositoryTask>;
}

/** The stored state of FSx, which SageMaker also reads. */
export class FileSystems {
  private readonly store;

  constructor(cloud: Pick<Cloud, 'stores'>) {
    this.store = cloud.stores.store<FsxState>('fsx', () => ({
      fileSystems: {},
      associations: {},
      tasks: {},
    }));
  }

  get state(): FsxState {
    return this.store.data;
  }

  changed(): void {
    this.store.changed();
  }

  /**
   * Returns a file system. @throws ServiceError FileSystemNotFound
   *
   * @throws ServiceError FileSystemNotFound
   */
  find(id: string): StoredFileSystem {
    const found = this.state.fileSystems[id];
    if (found) return found;
    throw new ServiceError('FileSystemNotFound', `File system '${id}' does not exist.`);
  }

  linksOf(id: string): DataRepositoryAssociation[] {
    return Object.values(this.state.associations).filter(({ FileSystemId }) => FileSystemId === id);
  }
}

export function badRequest(message: string): ServiceError {
  return new ServiceError('BadRequest', message);
}
