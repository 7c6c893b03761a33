import { rmSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { FaultRule } from 'local-cloud';
import { coreOf, runInProcess, type Cloud, type StateMachineDefinition } from 'local-cloud/testing';
import type { PipelineConfig } from '../../lib/config';
import { isTest } from '../../lib/config/serving-rules';
import { layout } from '../../lib/contract/layout';
import type { Challenger, Champion, RunRecord } from '../../lib/contract/run';
import { assemblyOf } from '../runs/assembly';
import { DeployedPipeline } from '../runs/support';
import { until, within } from '../support/until';
import { RunClock } from './clock';
import { program } from './program';
import { tasksOf, type Task } from './states';

/** Of jobs to stop, and of runs to end: only what never happens takes as long. */
const PATIENCE_SECONDS = 20;
const RUN_SECONDS = 120;

/** An execution that has ended. */
export interface EndedRun {
  readonly name: string;
  readonly status: string;
  readonly error?: string;
  readonly entered: ReadonlySet<string>;
  /** The state's last arguments by state, as history has them. */
  readonly requests: ReadonlyMap<string, Record<string, unknown>>;
}

/** What must not change when a run fails. */
export interface Production {
  readonly champion: string | null;
  /** Version of the object. */
  readonly record: string | undefined;
  readonly endpoint: string;
  /** Version of the model that answers; null if none does. */
  readonly answers: string | null;
  /** True if the number of instances follows the load. */
  readonly scaled: boolean;
}

/** The pipeline of a configuration on a cloud of its own. */
export class Account {
  readonly cloud: Cloud;
  readonly operator;
  /** Names of the runs whose model was recorded as champion or challenger. */
  readonly deployed = new Set<string>();
  private runs = 0;
  private readonly running = new Set<string>();

  private constructor(
    readonly pipeline: DeployedPipeline,
    private readonly clock: RunClock,
    /** The states that call a service, by their names. */
    readonly tasks: ReadonlyMap<string, Task>,
  ) {
    this.cloud = coreOf(pipeline.session.cloud);
    this.operator = { principal: this.cloud.principals.operator };
    runInProcess(this.cloud, program);
    this.cloud.events.subscribe(({ source, detail, resources, 'detail-type': type }) => {
      if (source === 'local-cloud.faults' && detail.fault === 'timeout') this.giveUp(String(detail.rule));
      if (!/(Job|Build) State Change$/.test(type)) return;
      const status = Object.entries(detail).find(([name]) => /(JobStatus|build-status)$/.test(name))?.[1];
      const [arn = ''] = resources;
      if (/^(InProgress|Stopping|IN_PROGRESS)$/.test(String(status))) this.running.add(arn);
      else this.running.delete(arn);
    });
  }

  static async open(config: PipelineConfig): Promise<Account> {
    const assembly = assemblyOf(config);
    const clock = new RunClock();
    const pipeline = await DeployedPipeline.open({ assembly, config, executionClock: clock });
    rmSync(assembly, { recursive: true });
    const core = coreOf(pipeline.session.cloud);
    const operator = { principal: core.principals.operator };
    const { StateMachineArn: stateMachineArn } = pipeline.session.outputs;
    const machine = await core.call('sfn', 'DescribeStateMachine', { stateMachineArn }, operator);
    const account = new Account(
      pipeline,
      clock,
      tasksOf(JSON.parse(machine.definition!) as StateMachineDefinition),
    );
    await account.putData('a.txt', 'one\ntwo\n');
    await account.stopWatch();
    if (account.kind === 'batch') await account.putInput('first.csv');
    return account;
  }

  /** The watch of the endpoint waits in real time; it tells the team, and changes nothing. */
  private async stopWatch(): Promise<void> {
    const { Rules = [] } = await this.cloud.call('eventbridge', 'ListRules', {}, this.operator);
    for (const { Name } of Rules)
      if (Name!.includes('EndpointWatch'))
        await this.cloud.call('eventbridge', 'DisableRule', { Name }, this.operator);
  }

  close(): Promise<void> {
    return this.pipeline.close();
  }

  get artifacts(): string {
    return this.pipeline.session.outputs.ArtifactsBucketName;
  }

  get endpointName(): string {
    return this.pipeline.session.outputs.EndpointName;
  }

  async putData(name: string, Body: string): Promise<void> {
    const Bucket = this.pipeline.session.outputs.DataBucketName;
    await this.cloud.call('s3', 'PutObject', { Bucket, Key: `data/${name}`, Body }, this.operator);
  }

  /** An input of batch predictions. */
  async putInput(name: string): Promise<void> {
    const Bucket = this.pipeline.session.outputs.DataBucketName;
    const input = { Bucket, Key: `batch/${name}`, Body: '1\n' };
    await this.cloud.call('s3', 'PutObject', input, this.operator);
  }

  async removeData(name: string): Promise<void> {
    const Bucket = this.pipeline.session.outputs.DataBucketName;
    await this.cloud.call('s3', 'DeleteObject', { Bucket, Key: `data/${name}` }, this.operator);
  }

  nextName(): string {
    return `run-${this.runs + 1}`;
  }

  /** Runs the state machine to its end, with faults that apply to this run only. */
  async run(faults: readonly FaultRule[] = [], force = true): Promise<EndedRun> {
    const name = this.nextName();
    this.runs += 1;
    this.cloud.faults.set({ rules: faults });
    const { StateMachineArn: stateMachineArn } = this.pipeline.session.outputs;
    const request = { stateMachineArn, name, input: JSON.stringify({ force }) };
    const { executionArn } = await this.cloud.call('sfn', 'StartExecution', request, this.operator);
    const ended = this.pipeline.session.cloud.executionEnd(executionArn!);
    const at = () => JSON.stringify(this.cloud.faults.injected);
    const { status, error } = await within(`${name} has ended`, RUN_SECONDS, ended, at);
    await this.cloud.events.settled();
    const history = { executionArn, maxResults: 1_000, includeExecutionData: true };
    const { events = [] } = await this.cloud.call('sfn', 'GetExecutionHistory', history, this.operator);
    const champion = await this.champion();
    const tested = (await this.challenger())?.runId === name;
    // The champion's model may have the name of a run that restored it.
    if (tested || champion?.runId === name || champion?.modelName.includes(`-${name}-`))
      this.deployed.add(name);
    const entered = events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
    return { name, status: status!, error, entered: new Set(entered), requests: requestsOf(events) };
  }

  async production(): Promise<Production> {
    const champion = await this.champion();
    const { Endpoints = [] } = await this.cloud.call('sagemaker', 'ListEndpoints', {}, this.operator);
    const EndpointName = Endpoints[0]?.EndpointName;
    const endpoint = EndpointName
      ? await this.cloud.call('sagemaker', 'DescribeEndpoint', { EndpointName }, this.operator)
      : undefined;
    return {
      champion: champion?.runId ?? null,
      record: champion?.version,
      endpoint: endpoint ? `${endpoint.EndpointStatus} ${endpoint.EndpointConfigName}` : 'none',
      answers: endpoint?.EndpointStatus === 'InService' ? await this.answer() : null,
      scaled: (await this.targets()).length > 0,
    };
  }

  /** What exists of runs whose model is not, and was not, in production, and what runs. */
  async orphans(): Promise<string[]> {
    const { cloud, operator } = this;
    // Jobs and builds of other branches are stopped when the run ends.
    const stopped = () => this.running.size === 0;
    await until('nothing runs', stopped, { seconds: PATIENCE_SECONDS, everyMs: 10 }).catch(() => undefined);
    const most = { MaxResults: 100 };
    const [models, configs] = await Promise.all([
      cloud.call('sagemaker', 'ListModels', most, operator),
      cloud.call('sagemaker', 'ListEndpointConfigs', most, operator),
    ]);
    const names = [
      ...(models.Models ?? []).map(({ ModelName }) => `model ${ModelName}`),
      ...(configs.EndpointConfigs ?? []).map(
        ({ EndpointConfigName }) => `configuration ${EndpointConfigName}`,
      ),
    ];
    const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
    return [
      ...names.filter((name) => ![...this.deployed].some((run) => name.includes(`-${run}-`))),
      ...[...this.running].map((arn) => `running ${arn}`),
      ...(Endpoints.length === 0 ? (await this.targets()).map((target) => `target ${target}`) : []),
    ];
  }

  /** Deletes what a run left that could not undo its deployment, as a person does. */
  async removeOrphans(): Promise<void> {
    for (const orphan of await this.orphans()) {
      const [kind, name] = orphan.split(' ');
      if (kind === 'model')
        await this.cloud.call('sagemaker', 'DeleteModel', { ModelName: name }, this.operator);
      if (kind === 'configuration')
        await this.cloud.call(
          'sagemaker',
          'DeleteEndpointConfig',
          { EndpointConfigName: name },
          this.operator,
        );
    }
  }

  async record(name: string): Promise<RunRecord | undefined> {
    const found = await this.object(layout.record(name));
    return found && (JSON.parse(found.text) as RunRecord);
  }

  async champion(): Promise<(Champion & { version: string }) | undefined> {
    const found = await this.object(layout.champion);
    return found && { ...(JSON.parse(found.text) as Champion), version: found.version };
  }

  /** The model that is tested against the champion. */
  async challenger(): Promise<Challenger | undefined> {
    const found = await this.object(layout.challenger);
    return found && (JSON.parse(found.text) as Challenger);
  }

  /** True if the configuration tests a new model against the champion. */
  get tests(): boolean {
    return isTest(this.pipeline.session.config.endpoint.deployment);
  }

  /** The subjects of the mails on a run, without its name: `started`, `deployed`. */
  mailsOf(name: string): string[] {
    const subject = new RegExp(`^Subject: \\[table-local\\] (.+): ${name}$`, 'm');
    return this.pipeline.mails().flatMap((mail) => subject.exec(mail)?.[1] ?? []);
  }

  /** Jobs and packages of a run, of which there must not be two of a kind. */
  async twins(name: string): Promise<string[]> {
    const { cloud, operator } = this;
    const NameContains = `-${name}-`;
    const filter = { NameContains, MaxResults: 100 };
    const [training, processing, transform, packages] = await Promise.all([
      cloud.call('sagemaker', 'ListTrainingJobs', filter, operator),
      cloud.call('sagemaker', 'ListProcessingJobs', filter, operator),
      cloud.call('sagemaker', 'ListTransformJobs', filter, operator),
      cloud.call(
        'sagemaker',
        'ListModelPackages',
        { ModelPackageGroupName: 'mlops-table-local', MaxResults: 100, SortOrder: 'Descending' },
        operator,
      ),
    ]);
    const jobs = [
      ...(training.TrainingJobSummaries ?? []).map(({ TrainingJobName }) => TrainingJobName!),
      ...(processing.ProcessingJobSummaries ?? []).map(({ ProcessingJobName }) => ProcessingJobName!),
      ...(transform.TransformJobSummaries ?? []).map(({ TransformJobName }) => TransformJobName!),
    ].map((job) => job.replace(/-\d+$/, ''));
    const versions = (packages.ModelPackageSummaryList ?? [])
      .filter(({ ModelPackageDescription }) => ModelPackageDescription === `Run ${name}`)
      .map(() => 'model package');
    const all = [...jobs, ...versions];
    return all.filter((each, index) => all.indexOf(each) !== index);
  }

  /** True if the configuration scales the endpoint. */
  get isScaled(): boolean {
    const { serving } = this.pipeline.session.config.endpoint;
    return 'scaling' in serving && serving.scaling !== null;
  }

  private async targets(): Promise<string[]> {
    const request = { ServiceNamespace: 'sagemaker' as const };
    const found = await this.cloud.call(
      'applicationautoscaling',
      'DescribeScalableTargets',
      request,
      this.operator,
    );
    return (found.ScalableTargets ?? []).map(({ ResourceId }) => ResourceId!);
  }

  get kind(): PipelineConfig['endpoint']['serving']['kind'] {
    return this.pipeline.session.config.endpoint.serving.kind;
  }

  private async answer(): Promise<string | null> {
    return this.kind === 'asynchronous' ? this.queuedAnswer() : this.directAnswer();
  }

  private async queuedAnswer(): Promise<string | null> {
    const { cloud, operator, artifacts: Bucket } = this;
    const id = randomUUID();
    const Key = layout.asyncRequest(id);
    await cloud.call('s3', 'PutObject', { Bucket, Key, Body: '1' }, operator);
    const { OutputLocation, FailureLocation } = await cloud.call(
      'sagemakerruntime',
      'InvokeEndpointAsync',
      {
        ...{ EndpointName: this.endpointName, InputLocation: `s3://${Bucket}/${Key}`, InferenceId: id },
        ContentType: 'application/json',
      },
      operator,
    );
    const keyOf = (uri: string) => uri.slice(`s3://${Bucket}/`.length);
    return until('the request is answered', async () => {
      const answer = await this.object(keyOf(OutputLocation!));
      if (answer)
        return (JSON.parse(answer.text) as { modelVersion?: string }).modelVersion ?? 'another answer';
      return (await this.object(keyOf(FailureLocation!))) ? 'a failure' : undefined;
    });
  }

  private async directAnswer(): Promise<string | null> {
    const request = { EndpointName: this.endpointName, ContentType: 'application/json', Body: '1' };
    try {
      const { Body } = await this.cloud.call('sagemakerruntime', 'InvokeEndpoint', request, this.operator);
      const said = JSON.parse(Buffer.from(Body as Uint8Array).toString()) as { modelVersion?: string };
      return said.modelVersion ?? null;
    } catch (error) {
      return (error as Error).name;
    }
  }

  private async object(Key: string): Promise<{ text: string; version: string } | undefined> {
    try {
      const found = await this.cloud.call('s3', 'GetObject', { Bucket: this.artifacts, Key }, this.operator);
      return { text: await text(found.Body as Readable), version: found.VersionId! };
    } catch (error) {
      if ((error as Error).name === 'NoSuchKey') return undefined;
      throw error;
    }
  }

  /** Ends the time of a state whose call gets no answer; the rule has the state's name. */
  private giveUp(rule: string): void {
    const seconds = this.tasks.get(rule)?.TimeoutSeconds;
    // The limit begins in the same turn as the call.
    setImmediate(() => this.clock.expire(Number(seconds)));
  }
}

function requestsOf(events: readonly HistoryEvent[]): Map<string, Record<string, unknown>> {
  const byId = new Map(events.map((event) => [event.id, event]));
  const requests = new Map<string, Record<string, unknown>>();
  for (const event of events) {
    const parameters = event.taskScheduledEventDetails?.parameters;
    if (parameters === undefined) continue;
    let before = byId.get(event.previousEventId);
    while (before && !before.stateEnteredEventDetails) before = byId.get(before.previousEventId);
    if (before)
      requests.set(before.stateEnteredEventDetails!.name!, JSON.parse(parameters) as Record<string, unknown>);
  }
  return requests;
}
