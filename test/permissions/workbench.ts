import type { StackResourceSummary } from '@aws-sdk/client-cloudformation';
import { rmSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  coreOf,
  type AuthorizationRequest,
  type Cloud,
  type EventEnvelope,
  hurriedClock,
} from 'local-cloud/testing';
import type { PipelineConfig } from '../../lib/config';
import { layout } from '../../lib/contract/layout';
import { uploadData } from '../../start/upload';
import { assemblyOf } from '../runs/assembly';
import { DeployedPipeline, uncheckedData } from '../runs/support';
import { withoutHash, type LogicalIds } from './grants';
import { forgetNextRun } from './reset';

/** Longest wait for what must come, in milliseconds: only what is missing takes as long. */
const PATIENCE_MS = 5_000;

/** The same for a whole run. */
const RUN_PATIENCE_MS = 60_000;

/** Retries of a denied call and polls wait a twentieth of their time. */
const executionClock = hurriedClock(20);

export interface Run {
  name: string;
  arn: string;
  ended: Promise<EventEnvelope>;
}

/** The deployed pipeline, and how scenarios look at it. */
export class Workbench {
  readonly cloud: Cloud;
  readonly operator;
  ids: LogicalIds = new Map();
  private runs = 0;

  private constructor(readonly pipeline: DeployedPipeline) {
    this.cloud = coreOf(pipeline.session.cloud);
    this.operator = { principal: this.cloud.principals.operator };
  }

  /** @param config in the place of the `local` environment's */
  static async open(config?: PipelineConfig): Promise<Workbench> {
    const assembly = config && assemblyOf(config);
    const bench = new Workbench(
      await DeployedPipeline.open({
        executionClock,
        triggers: true,
        ...(assembly && { assembly }),
      }),
    );
    if (assembly) rmSync(assembly, { recursive: true });
    const { session } = bench.pipeline;
    await uploadData(session.clients.s3, uncheckedData(), {
      bucket: bench.dataBucket,
      prefix: 'data/',
      schemaKey: 'schema/schema.json',
    });
    // Less training, still good enough for the gate.
    const Name = '/mlops/local/hyperparameters/training/epochs';
    await bench.cloud.call('ssm', 'PutParameter', { Name, Value: '10', Overwrite: true }, bench.operator);
    // Both asked for a run.
    await forgetNextRun(bench);
    bench.ids = await bench.logicalIds();
    return bench;
  }

  close(): Promise<void> {
    return this.pipeline.close();
  }

  get dataBucket(): string {
    return this.pipeline.session.outputs.DataBucketName;
  }

  get artifactsBucket(): string {
    return this.pipeline.session.outputs.ArtifactsBucketName;
  }

  get endpointName(): string {
    return this.pipeline.session.outputs.EndpointName;
  }

  get stateMachineArn(): string {
    return this.pipeline.session.outputs.StateMachineArn;
  }

  /** The physical id of the resource with this logical one, given without its hash. */
  physicalId(logicalId: string): string {
    for (const [physical, logical] of this.ids) if (withoutHash(logical) === logicalId) return physical;
    throw new Error(`no resource is ${logicalId}; there are ${[...this.ids.values()].join(', ')}`);
  }

  /** Tells of what roles and services ask for, each question once. Returns what ends it. */
  watch(listener: (request: AuthorizationRequest) => void): () => void {
    const seen = new Set<string>();
    return this.cloud.watchAuthorizations((request) => {
      const { principal, action, resources, sourceArn, via, context } = request;
      if (principal.kind === 'operator') return;
      const question = [principal.roleArn ?? principal.arn, action, resources, sourceArn, via, context];
      const text = JSON.stringify(question);
      if (seen.has(text)) return;
      seen.add(text);
      listener(request);
    });
  }

  async record(work: () => Promise<void>): Promise<AuthorizationRequest[]> {
    const asked: AuthorizationRequest[] = [];
    const stop = this.watch((request) => asked.push(request));
    try {
      await work();
    } finally {
      stop();
    }
    return asked;
  }

  /** Whether what was asked before would be allowed now. */
  allows({ principal, sourceArn, via, service, ...permission }: AuthorizationRequest): boolean {
    try {
      this.cloud.authorize({ principal, sourceArn, via }, permission, service);
      return true;
    } catch {
      return false;
    }
  }

  /** Resolves when somebody asks for this action. */
  asked(action: string): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.cloud.watchAuthorizations((request) => {
        if (request.action !== action) return;
        stop();
        resolve();
      });
    });
  }

  /** The next event that matches; rejects when none comes. */
  event(
    what: string,
    matches: (event: EventEnvelope) => boolean,
    patience = RUN_PATIENCE_MS,
  ): Promise<EventEnvelope> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`${what} did not come`)), patience);
      // Nobody may wait for it any more, when the run that it is about was refused.
      timer.unref();
      this.cloud.events.subscribe((event) => {
        if (!matches(event)) return;
        clearTimeout(timer);
        resolve(event);
      });
    });
  }

  /** Rejects when what must come has not come. */
  async patience(what: string): Promise<never> {
    await sleep(PATIENCE_MS);
    throw new Error(`${what} did not come`);
  }

  async start(input: object = {}): Promise<Run> {
    const name = `run-${Date.now()}-${++this.runs}`;
    const ended = this.event(
      `the end of ${name}`,
      ({ detail }) => detail.name === name && detail.status !== 'RUNNING',
    );
    const request = { stateMachineArn: this.stateMachineArn, name, input: JSON.stringify(input) };
    const { executionArn } = await this.cloud.call('sfn', 'StartExecution', request, this.operator);
    return { name, arn: executionArn!, ended };
  }

  /** Waits until `there` says yes. */
  async until(what: string, there: () => Promise<boolean>, patience = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + patience;
    while (!(await there())) {
      if (Date.now() > deadline) throw new Error(`${what} is missing`);
      await sleep(25);
    }
  }

  /** Calls a function as an operator does. Throws what it throws, named as its error. */
  async invoke(logicalId: string, payload: object): Promise<Record<string, unknown>> {
    const FunctionName = this.physicalId(logicalId);
    const input = { FunctionName, Payload: Buffer.from(JSON.stringify(payload)) };
    const { FunctionError, Payload } = await this.cloud.call('lambda', 'Invoke', input, this.operator);
    const answer = JSON.parse(Buffer.from(Payload as Uint8Array).toString()) as Record<string, unknown>;
    if (!FunctionError) return answer;
    throw Object.assign(new Error(String(answer.errorMessage)), { name: String(answer.errorType) });
  }

  /** CloudWatch would judge new alarms within a minute: what watches them would wait for it. */
  async calmAlarms(): Promise<void> {
    const { MetricAlarms = [] } = await this.cloud.call('cloudwatch', 'DescribeAlarms', {}, this.operator);
    for (const { AlarmName, StateValue } of MetricAlarms) {
      if (StateValue === 'OK') continue;
      const state = { AlarmName, StateValue: 'OK' as const, StateReason: 'a test' };
      await this.cloud.call('cloudwatch', 'SetAlarmState', state, this.operator);
    }
  }

  async has(bucket: string, key: string): Promise<boolean> {
    const input = { Bucket: bucket, Prefix: key, MaxKeys: 1 };
    const { Contents = [] } = await this.cloud.call('s3', 'ListObjectsV2', input, this.operator);
    return Contents[0]?.Key === key;
  }

  async object(key: string): Promise<string> {
    const input = { Bucket: this.artifactsBucket, Key: key };
    return text((await this.cloud.call('s3', 'GetObject', input, this.operator)).Body as Readable);
  }

  hasChampion(): Promise<boolean> {
    return this.has(this.artifactsBucket, layout.champion);
  }

  private async resourcesOf(StackName: string): Promise<StackResourceSummary[]> {
    const found: StackResourceSummary[] = [];
    let NextToken: string | undefined;
    do {
      const input = { StackName, NextToken };
      const page = await this.cloud.call('cloudformation', 'ListStackResources', input, this.operator);
      found.push(...(page.StackResourceSummaries ?? []));
      NextToken = page.NextToken;
    } while (NextToken);
    return found;
  }

  private async logicalIds(): Promise<LogicalIds> {
    const ids = new Map<string, string>();
    const { Stacks = [] } = await this.cloud.call('cloudformation', 'DescribeStacks', {}, this.operator);
    for (const { StackName } of Stacks) {
      if (!StackName!.startsWith('Local-')) continue;
      for (const summary of await this.resourcesOf(StackName!)) {
        const { PhysicalResourceId, LogicalResourceId, ResourceType } = summary;
        // Stages of all APIs have the same short name.
        if (!PhysicalResourceId || ResourceType === 'AWS::ApiGateway::Stage') continue;
        ids.set(PhysicalResourceId, LogicalResourceId!);
        // Other ARNs, such as those of executions, hold the name alone.
        if (PhysicalResourceId.startsWith('arn:')) {
          ids.set(PhysicalResourceId.slice(PhysicalResourceId.lastIndexOf(':') + 1), LogicalResourceId!);
        }
      }
    }
    return ids;
  }
}
