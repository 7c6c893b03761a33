import type { DataRepositoryAssociation, DataRepositoryTask, FileSystem } from '@aws-sdk/client-fsx';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';

export interface StoredFileSystem {
  /** As Describe answers it. */
  description: FileSystem;
  securityGroups: string[];
  /** What tasks imported: the ETag of each object then, by its URI. */
  imported: Record<string, string>;
}

interface FsxState {
  fileSystems: Record<string, StoredFileSystem>;
  associations: Record<string, DataRepositoryAssociation>;
  tasks: Record<string, DataRepositoryTask>;
}

/** What FSx remembers; SageMaker looks at it too. */
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

  /** @throws ServiceError FileSystemNotFound */
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
