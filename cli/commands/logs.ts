import { BatchGetBuildsCommand } from '@aws-sdk/client-codebuild';
import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { CommandDescription, CommonOptions } from '../command';
import { ExitCode } from '../errors';
import { executionHistory, RUN_LIMIT_MS } from '../execution';
import { LogReader, type LogLine, type LogSource } from '../log-reader';
import type { Pipeline } from '../pipeline';
import { runTasks, type RunTask } from '../run-tasks';
import { describeRun } from '../runs';
import { until } from '../until';

interface LogsOptions extends CommonOptions {
  follow?: boolean;
}

/** Lambda and SageMaker write a last line shortly after their answer. */
const AFTERWARDS_MS = 1_000;

export const logs: CommandDescription<LogsOptions> = {
  usage: 'logs <RUN>',
  summary: 'Prints the logs of the functions, jobs and builds of a run, in time order.',
  examples: [
    ['logs run-20261120151725910', 'all lines'],
    ['logs run-20261120151725910 --follow', 'until the run has ended'],
    ['logs run-20261120151725910 --json', 'one JSON object per line: time, source, message'],
  ],
  options: (command) => command.option('--follow', 'print new lines until the run has ended'),
  action: async (pipeline, out, { follow }, argument) => {
    const runId = argument!;
    const log = new RunLog(pipeline);
    const print = async () => {
      const { status, executionArn } = await describeRun(pipeline, runId);
      const tasks = runTasks(await executionHistory(pipeline.sfn, executionArn!));
      for (const { time, source, message, text } of await log.read(tasks)) {
        const at = new Date(time).toISOString();
        out.event({ time: at, source, message }, `${at.slice(11, 23)}  ${source}  ${text}`);
      }
      return !follow || status !== 'RUNNING';
    };
    await until(`run "${runId}" has ended`, print, { everyMs: pipeline.pollMs, limitMs: RUN_LIMIT_MS });
    return ExitCode.Ok;
  },
};

class RunLog {
  private readonly readers = new Map<string, LogReader>();
  /** Log group by function: CloudFormation generates the names. */
  private readonly groups = new Map<string, string>();

  constructor(private readonly pipeline: Pipeline) {}

  /** Returns the new lines of these tasks, in time order. */
  async read(tasks: readonly RunTask[]): Promise<LogLine[]> {
    const lines = await Promise.all(
      tasks.map(async (task) => {
        const key = `${task.kind} ${task.kind === 'build' ? task.id : task.name} ${task.from}`;
        let reader = this.readers.get(key);
        if (!reader) {
          const source = await this.source(task);
          if (!source) return [];
          reader = new LogReader(this.pipeline.logs, source);
          this.readers.set(key, reader);
        }
        return reader.read(task.until && task.until + AFTERWARDS_MS);
      }),
    );
    // Two attempts of one function may be so close that both read the same line.
    const distinct = new Map(
      lines.flat().map((line) => [`${line.time} ${line.source} ${line.message}`, line]),
    );
    return [...distinct.values()].sort((a, b) => a.time - b.time);
  }

  /** Returns the task's log; undefined while a build has none yet. */
  private async source(task: RunTask): Promise<LogSource | undefined> {
    const { from } = task;
    switch (task.kind) {
      case 'job':
        return { name: task.name, group: task.group, streamPrefix: `${task.name}/`, from };
      case 'function':
        return { name: task.name.split(':').at(-1)!, group: await this.functionGroup(task.name), from };
      case 'build': {
        const { builds = [] } = await this.pipeline.codebuild.send(
          new BatchGetBuildsCommand({ ids: [task.id] }),
        );
        const { groupName: group, streamName: streamPrefix } = builds[0]?.logs ?? {};
        return group ? { name: `build ${task.id.split(':').at(-1)}`, group, streamPrefix, from } : undefined;
      }
    }
  }

  private async functionGroup(FunctionName: string): Promise<string> {
    const known = this.groups.get(FunctionName);
    if (known) return known;
    const { LoggingConfig } = await this.pipeline.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName }),
    );
    const group = LoggingConfig?.LogGroup ?? `/aws/lambda/${FunctionName.split(':').at(-1)}`;
    this.groups.set(FunctionName, group);
    return group;
  }
}
