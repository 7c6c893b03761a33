import type { Build, EnvironmentVariable, Project, StartBuildInput } from '@aws-sdk/client-codebuild';
import { unzipSync } from 'fflate';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Cloud } from '../../core/cloud';
import type { Caller } from '../../core/service';
import { engineOf } from '../../engines';
import { BuildTools } from '../../images/build-tools';
import { startToolServer } from '../../images/tool-server';
import { exitOf } from '../../faults/job-faults';
import { LogStream } from '../../jobs/log-stream';
import { runInBackground } from '../../jobs/priority';
import { ProcessGroup } from '../../jobs/process-group';
import { S3Folder } from '../../jobs/s3-folder';
import { BuildFailure, readBuildSpec, type BuildSpec, type Phase } from './build-spec';

const DEFAULT_TIMEOUT_MINUTES = 60;

/**
 * Every phase starts with the variables and the folder that the previous phase ended with. Buildspec version 0.2 runs
 * all commands in one shell, and stops at the first one that fails.
 */
const KEEP_SHELL = `
set -ae
if [ -f "$CODEBUILD_SHELL_STATE" ]; then . "$CODEBUILD_SHELL_STATE"; fi
keep_shell() {
  export -p | grep -v CODEBUILD_BUILD_SUCCEEDING > "$CODEBUILD_SHELL_STATE"
  echo "cd '$(pwd)'" >> "$CODEBUILD_SHELL_STATE"
}
trap keep_shell EXIT
`;

/** One build: unpacks its source and runs the commands of its phases in a shell. */
export class BuildRun {
  readonly finished: Promise<void>;
  private readonly caller: Caller;
  private readonly log: LogStream;
  private readonly tools: BuildTools;
  private processes: ProcessGroup | undefined;
  private lastLine = '';
  private ended: 'STOPPED' | 'TIMED_OUT' | 'FAULT' | undefined;

  constructor(
    private readonly cloud: Cloud,
    private readonly project: Project,
    private readonly input: StartBuildInput,
    private readonly build: Build,
    directory: string,
  ) {
    const session = build.id!.replace(/[^\w+=,.@-]/g, '-').slice(-64);
    this.caller = {
      principal: cloud.assumeRole('codebuild.amazonaws.com', project.serviceRole!, session, build.arn),
    };
    this.tools = new BuildTools(cloud, engineOf(cloud).builder(), this.caller);
    const stream = build.id!.split(':')[1]!;
    const group = project.logsConfig?.cloudWatchLogs?.groupName ?? `/aws/codebuild/${project.name}`;
    this.log = new LogStream(cloud, this.caller, group, stream);
    build.logs = { groupName: group, streamName: stream };
    this.finished = this.run(join(directory, stream));
  }

  async stop(): Promise<void> {
    this.interrupt('STOPPED');
    await this.finished;
  }

  private interrupt(status: 'STOPPED' | 'TIMED_OUT' | 'FAULT'): void {
    this.ended ??= status;
    this.processes?.killAll('SIGKILL');
  }

  private async run(folder: string): Promise<void> {
    mkdirSync(folder, { recursive: true });
    const minutes =
      this.input.timeoutInMinutesOverride ?? this.project.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES;
    const timer = setTimeout(() => this.interrupt('TIMED_OUT'), minutes * 60_000);
    try {
      const source = join(folder, 'src');
      const spec = await this.phase('DOWNLOAD_SOURCE', async () => {
        await this.downloadSource(source);
        return readBuildSpec(this.input.buildspecOverride ?? this.project.source?.buildspec);
      });
      await this.runPhases(spec, folder, source);
      await this.end('SUCCEEDED');
    } catch (error) {
      this.log.write(`[Container] ${(error as Error).message}`);
      await this.end(this.ended ?? 'FAILED');
    } finally {
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** As in CodeBuild, post_build runs after a failed build phase, and not after a failed earlier phase. */
  private async runPhases(spec: BuildSpec, folder: string, source: string): Promise<void> {
    const fault = this.cloud.faults.ofJob({ kind: 'build', name: this.project.name! }, () => true);
    if (fault === 'internalError') this.interrupt('FAULT');
    if (fault === 'outOfTime') this.interrupt('TIMED_OUT');
    const exit = exitOf(fault);
    const run = (name: Phase, succeeding: boolean) =>
      this.phase(name.toUpperCase(), () =>
        this.runCommands(spec.commands[name], spec, succeeding, folder, source),
      );
    await run('install', true);
    await run('pre_build', true);
    try {
      if (exit) await this.phase('BUILD', () => Promise.reject(commandFailure(exit.exitCode, exit.message)));
      await run('build', true);
    } catch (error) {
      if (!this.ended) await run('post_build', false);
      throw error;
    }
    await run('post_build', true);
  }

  private async phase<T>(type: string, work: () => Promise<T>): Promise<T> {
    this.build.currentPhase = type;
    const phase: NonNullable<Build['phases']>[number] = {
      phaseType: type as NonNullable<Build['phases']>[number]['phaseType'],
      startTime: new Date(this.cloud.clock.now()),
    };
    this.build.phases!.push(phase);
    try {
      this.throwIfEnded();
      const result = await work();
      this.throwIfEnded();
      phase.phaseStatus = 'SUCCEEDED';
      return result;
    } catch (error) {
      phase.phaseStatus = this.ended ?? 'FAILED';
      const statusCode = error instanceof BuildFailure ? error.statusCode : 'CLIENT_ERROR';
      phase.contexts = [{ statusCode, message: (error as Error).message }];
      throw error;
    } finally {
      phase.endTime = new Date(this.cloud.clock.now());
    }
  }

  private throwIfEnded(): void {
    if (this.ended) throw new BuildFailure('CLIENT_ERROR', `The build was ended: ${this.ended}`);
  }

  private async downloadSource(folder: string): Promise<void> {
    const type = this.input.sourceTypeOverride ?? this.project.source?.type;
    const location = this.input.sourceLocationOverride ?? this.project.source?.location;
    mkdirSync(folder, { recursive: true });
    if (type === 'NO_SOURCE') return;
    if (type !== 'S3') throw new Error(`source type ${type} is not supported here; use S3 or NO_SOURCE`);
    const archive = `${folder}.zip`;
    const version = this.input.sourceVersion ?? (await this.currentVersion(location!));
    this.build.resolvedSourceVersion = version;
    await new S3Folder(this.cloud, this.caller).download(`s3://${location}`, archive, version);
    for (const [name, content] of Object.entries(unzipSync(readFileSync(archive)))) {
      if (name.endsWith('/')) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
  }

  /**
   * A build reads the version of its source that was current when the build began; undefined in a bucket without
   * versions.
   */
  private async currentVersion(location: string): Promise<string | undefined> {
    const [Bucket = '', ...key] = location.split('/');
    const { VersionId } = await this.cloud.call(
      's3',
      'HeadObject',
      { Bucket, Key: key.join('/') },
      this.caller,
    );
    return VersionId;
  }

  private async runCommands(
    commands: readonly string[],
    spec: BuildSpec,
    succeeding: boolean,
    folder: string,
    source: string,
  ): Promise<void> {
    if (commands.length === 0) return;
    const tools = await startToolServer(this.tools, folder);
    const environment = {
      ...this.cloud.environmentFor(this.project.serviceRole, this.caller.principal.sessionName),
      ...spec.variables,
      ...variables(this.project.environment?.environmentVariables),
      ...variables(this.input.environmentVariablesOverride),
      CODEBUILD_BUILD_ID: this.build.id!,
      CODEBUILD_BUILD_ARN: this.build.arn!,
      CODEBUILD_BUILD_NUMBER: String(this.build.buildNumber),
      CODEBUILD_BUILD_SUCCEEDING: succeeding ? '1' : '0',
      CODEBUILD_SHELL_STATE: join(folder, 'shell-state'),
      CODEBUILD_SRC_DIR: source,
      PATH: [tools.binDirectory, process.env.PATH ?? ''].join(delimiter),
      HOME: process.env.HOME ?? '/',
    };
    try {
      await this.shell(KEEP_SHELL + commands.map((command) => `${command}\n`).join(''), source, environment);
    } finally {
      await tools.close();
    }
  }

  private async shell(script: string, cwd: string, env: Record<string, string>): Promise<void> {
    this.lastLine = '';
    this.processes = new ProcessGroup('sh', ['-c', script], { cwd, env }, (line) => {
      // Docker colours its output, also where there is no terminal.
      const text = stripVTControlCharacters(line).trim();
      if (text !== '') this.lastLine = text;
      this.log.write(line);
    });
    runInBackground(this.processes.pid);
    const { exitCode } = await this.processes.exited;
    if (exitCode === 0) return;
    throw commandFailure(exitCode, this.lastLine);
  }

  /** The log is complete when the build's end becomes visible. */
  private async end(status: Build['buildStatus']): Promise<void> {
    await this.log.end();
    Object.assign(this.build, {
      buildStatus: status,
      buildComplete: true,
      currentPhase: 'COMPLETED',
      endTime: new Date(this.cloud.clock.now()),
    });
  }
}

function commandFailure(exitCode: number, line: string): BuildFailure {
  const reason = `Error while executing command. Reason: exit status ${exitCode}: ${line}`;
  return new BuildFailure('COMMAND_EXECUTION_ERROR', reason);
}

function variables(list: readonly EnvironmentVariable[] = []): Record<string, string> {
  return Object.fromEntries(
    list.map(({ name, value, type }) => {
      if (type && type !== 'PLAINTEXT')
        throw new Error(`environment variable ${name} has type ${type}; use PLAINTEXT`);
      return [name!, value!];
    }),
  );
}
