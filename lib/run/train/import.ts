import { Duration, Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateDataRepositoryTaskCommandInput,
  DescribeDataRepositoryTasksCommandInput,
} from '@aws-sdk/client-fsx';
import { Construct } from 'constructs';
import { ErrorName } from '../../contract/errors';
import { jsonata } from '../../states/jsonata';
import { after, type Phase, type PhaseExit } from '../../states/phase';
import { fileSystemRetry } from '../../states/retry';
import { CALL_TIMEOUT, ServiceTask } from '../../states/service-task';
import type { TrainingFileSystem } from './training-file-system';

export interface ImportStepsProps {
  readonly fileSystem: TrainingFileSystem;
  /** Expressions for the URIs of the folders that training reads. */
  readonly paths: readonly string[];
}

/** Returns the ARN of all tasks: FSx names a task when it is created. */
function tasksArn(scope: Construct): string {
  return Stack.of(scope).formatArn({ service: 'fsx', resource: 'task', resourceName: '*' });
}

/** Type and paths of an FSx task. */
interface TaskWork {
  readonly Type: CreateDataRepositoryTaskCommandInput['Type'];
  readonly Paths: readonly string[];
  readonly ReleaseConfiguration?: CreateDataRepositoryTaskCommandInput['ReleaseConfiguration'];
}

const POLL_SECONDS = 15;
/**
 * A run has three splits of at most 40 shards, and an import reads names and sizes only: an hour is more than enough.
 */
const MAX_POLLS = (60 * 60) / POLL_SECONDS;

/**
 * Contents that no job has read for longer than this are released, or the file system would fill up with the data of
 * old runs.
 */
const RELEASE_AFTER_DAYS = 1;

/** Expression: the task has not ended yet, and there is still time to wait for it. */
const STILL_IMPORTING = `$import.lifecycle in ["PENDING", "EXECUTING"] and $importPolls < ${MAX_POLLS}`;

/**
 * Makes sure that the file system shows the training data: FSx imports changes of the bucket by itself, but does not
 * report when. Passes its input on.
 */
export class ImportSteps extends Construct implements Phase {
  readonly startState: sfn.State;
  readonly exits: { readonly done: PhaseExit };

  constructor(scope: Construct, id: string, { fileSystem, paths }: ImportStepsProps) {
    super(scope, id);
    const start = this.task(
      fileSystem,
      { id: 'Start', stateName: 'Import data' },
      {
        Type: 'IMPORT_METADATA_FROM_REPOSITORY',
        Paths: paths.map(jsonata),
      },
      { importTask: jsonata('$states.result.DataRepositoryTask.TaskId'), importPolls: 0 },
    );
    const wait = sfn.Wait.jsonata(this, 'Wait', {
      stateName: 'Wait for import',
      time: sfn.WaitTime.duration(Duration.seconds(POLL_SECONDS)),
      assign: { importPolls: jsonata('$importPolls + 1') },
    });
    const describe = this.describe();
    // Not waited for: it frees space, and removes nothing that training reads.
    const release = this.task(
      fileSystem,
      { id: 'Release', stateName: 'Release old data' },
      {
        Type: 'RELEASE_DATA_FROM_FILESYSTEM',
        Paths: ['/'],
        ReleaseConfiguration: { DurationSinceLastAccess: { Unit: 'DAYS', Value: RELEASE_AFTER_DAYS } },
      },
    );
    const failed = sfn.Fail.jsonata(this, 'Failed', {
      stateName: 'Import failed',
      error: ErrorName.ImportFailed,
      cause: jsonata(
        "'Data repository task ' & $import.task & ' is ' & $import.lifecycle & ' instead of SUCCEEDED: ' & $import.reason & '; check the data repository association of the file system with the artifacts bucket'",
      ),
    });
    wait.next(describe);
    start.next(describe).next(
      sfn.Choice.jsonata(this, 'Imported', { stateName: 'Data imported?' })
        .when(sfn.Condition.jsonata(jsonata("$import.lifecycle = 'SUCCEEDED'")), release)
        .when(sfn.Condition.jsonata(jsonata(STILL_IMPORTING)), wait)
        .otherwise(failed),
    );
    this.startState = start;
    this.exits = { done: after(release) };
  }

  private task(
    { fileSystemId, arn }: TrainingFileSystem,
    { id, stateName }: { readonly id: string; readonly stateName: string },
    work: TaskWork,
    assign?: Record<string, unknown>,
  ): ServiceTask<CreateDataRepositoryTaskCommandInput> {
    const task = new ServiceTask<CreateDataRepositoryTaskCommandInput>(this, id, {
      stateName,
      action: 'aws-sdk:fsx:createDataRepositoryTask',
      arguments: { ...work, FileSystemId: fileSystemId, Report: { Enabled: false } },
      timeout: CALL_TIMEOUT,
      permissions: [
        {
          actions: ['fsx:CreateDataRepositoryTask'],
          resources: [arn, tasksArn(this)],
          because: 'FSx gives a task its id; the statement also names the file system',
        },
      ],
      assign,
      outputs: jsonata('$states.input'),
    });
    task.addRetry(fileSystemRetry);
    return task;
  }

  private describe(): ServiceTask<DescribeDataRepositoryTasksCommandInput> {
    const found = '$states.result.DataRepositoryTasks[0]';
    const task = new ServiceTask<DescribeDataRepositoryTasksCommandInput>(this, 'Describe', {
      stateName: 'Describe import',
      action: 'aws-sdk:fsx:describeDataRepositoryTasks',
      arguments: { TaskIds: [jsonata('$importTask')] },
      timeout: CALL_TIMEOUT,
      permissions: [
        {
          actions: ['fsx:DescribeDataRepositoryTasks'],
          resources: ['*'],
          because: 'FSx has no resource-level permissions for describing a task',
        },
      ],
      assign: {
        import: {
          task: jsonata(`${found}.TaskId`),
          lifecycle: jsonata(`${found}.Lifecycle`),
          reason: jsonata(
            `$exists(${found}.FailureDetails.Message) ? ${found}.FailureDetails.Message : 'no reason given'`,
          ),
        },
      },
      outputs: jsonata('$states.input'),
    });
    return task;
  }
}
