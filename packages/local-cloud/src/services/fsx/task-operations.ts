import type { CreateDataRepositoryTaskRequest, DataRepositoryTask } from '@aws-sdk/client-fsx';
import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import type { Operations } from '../../core/service';
import { answer } from '../../core/answer';
import { Contents } from './contents';
import { badRequest, type FileSystems } from './state';

const UNDER_WAY = ['PENDING', 'EXECUTING'];

export interface TaskOperations {
  operations: Operations<'fsx'>;
  /** Fails the tasks that were running when the cloud was closed. */
  abandon(): void;
  /** Resolves when no task is running. */
  stop(): Promise<void>;
}

/** Operations on tasks that import names from buckets, or release contents: one at a time for each file system. */
export function taskOperations(cloud: Cloud, systems: FileSystems): TaskOperations {
  const contents = new Contents(cloud, systems);
  const running = new Set<Promise<void>>();
  const now = () => new Date(cloud.clock.now());

  function change(task: DataRepositoryTask, changes: Partial<DataRepositoryTask>): void {
    Object.assign(task, changes);
    systems.changed();
  }

  async function work(task: DataRepositoryTask): Promise<void> {
    change(task, { Lifecycle: 'EXECUTING', StartTime: now() });
    try {
      let total = 0;
      // Contents are always read from the bucket: there are none to release.
      if (task.Type === 'IMPORT_METADATA_FROM_REPOSITORY') {
        for (const path of task.Paths ?? []) total += await contents.import(task.FileSystemId!, path);
      }
      const Status = { TotalCount: total, SucceededCount: total, FailedCount: 0, LastUpdatedTime: now() };
      change(task, { Lifecycle: 'SUCCEEDED', EndTime: now(), Status });
    } catch (error) {
      const FailureDetails = { Message: (error as Error).message };
      change(task, { Lifecycle: 'FAILED', EndTime: now(), FailureDetails });
    }
  }

  return {
    operations: {
      async CreateDataRepositoryTask(request) {
        const { FileSystemId = '', Type, Tags, ReleaseConfiguration } = request;
        systems.find(FileSystemId);
        check(request);
        const links = systems.linksOf(FileSystemId);
        if (links.length === 0) throw badRequest(`File system '${FileSystemId}' has no data repository.`);
        const tasks = Object.values(systems.state.tasks).filter((task) => task.FileSystemId === FileSystemId);
        if (tasks.some(({ Lifecycle }) => UNDER_WAY.includes(Lifecycle!))) {
          throw new ServiceError(
            'DataRepositoryTaskExecuting',
            'An existing data repository task is currently executing on the file system. Wait until the existing task has completed, then create the new task.',
          );
        }
        const TaskId = `task-0${randomBytes(8).toString('hex')}`;
        const everything = links.map(({ DataRepositoryPath }) => DataRepositoryPath!);
        const task: DataRepositoryTask = (systems.state.tasks[TaskId] = {
          TaskId,
          Lifecycle: 'PENDING',
          Type: Type!,
          CreationTime: now(),
          ResourceARN: cloud.arn('fsx', `task/${TaskId}`),
          FileSystemId,
          Paths: request.Paths?.length ? [...request.Paths] : everything,
          Report: { Enabled: false },
          ...(ReleaseConfiguration && { ReleaseConfiguration }),
          Tags: Tags ?? [],
        });
        const described = answer(task);
        const done: Promise<void> = work(task).finally(() => running.delete(done));
        running.add(done);
        return { DataRepositoryTask: described };
      },

      async DescribeDataRepositoryTasks({ TaskIds, Filters }) {
        if (Filters?.length) throw notSupported('Filters', 'Use TaskIds.');
        const { tasks } = systems.state;
        const found = TaskIds?.length
          ? TaskIds.map((id) => {
              if (tasks[id]) return tasks[id];
              throw new ServiceError('DataRepositoryTaskNotFound', `Task '${id}' does not exist.`);
            })
          : Object.values(tasks);
        return { DataRepositoryTasks: found.map((task) => answer(task)) };
      },
    },
    abandon() {
      for (const task of Object.values(systems.state.tasks)) {
        if (!UNDER_WAY.includes(task.Lifecycle!)) continue;
        change(task, {
          Lifecycle: 'FAILED',
          EndTime: now(),
          FailureDetails: { Message: 'The local cloud was closed while the task ran' },
        });
      }
    },
    async stop() {
      await Promise.all(running);
    },
  };
}

function check({
  Type,
  Report,
  ReleaseConfiguration,
  CapacityToRelease,
}: CreateDataRepositoryTaskRequest): void {
  if (Type !== 'IMPORT_METADATA_FROM_REPOSITORY' && Type !== 'RELEASE_DATA_FROM_FILESYSTEM') {
    throw notSupported(
      `data repository tasks of the type ${Type}`,
      'Use IMPORT_METADATA_FROM_REPOSITORY or RELEASE_DATA_FROM_FILESYSTEM.',
    );
  }
  if (Report?.Enabled) throw notSupported('reports of data repository tasks', 'Set Report.Enabled to false.');
  if (CapacityToRelease !== undefined) throw badRequest('CapacityToRelease is for Amazon File Cache only.');
  const { Unit, Value = 0 } = ReleaseConfiguration?.DurationSinceLastAccess ?? {};
  if ((Unit !== undefined && Unit !== 'DAYS') || Value < 0) {
    throw badRequest(`DurationSinceLastAccess of ${Value} ${Unit} is not valid; use 0 or more DAYS.`);
  }
  if (ReleaseConfiguration && Type !== 'RELEASE_DATA_FROM_FILESYSTEM') {
    throw badRequest('ReleaseConfiguration is for RELEASE_DATA_FROM_FILESYSTEM only.');
  }
}
