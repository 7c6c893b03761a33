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
import { uploadData } from '../../cli/upload';
import { assemblyOf } from '../runs/assembly';
import { DeployedPipeline, uncheckedData } from '../runs/support';
import { local } from '../support/configs';
import { until } from '../support/until';
import { withoutHash, type LogicalIds } from './grants';
import { forgetNextRun } from './reset';

/** Deadline of effects, in milliseconds: only a missing effect takes as long. */
const PATIENCE_MS = 5_000;

/** Deadline of a whole run. */
const RUN_PATIENCE_MS = 60_000;

/** Retries and polls wait a twentieth of their time. */
const executionClock = hurriedClock(20);

export interface Run {
  name: string;
  arn: string;
  ended: Promise<EventEnvelope>;
}

/** A deployed pipeline with the operations and checks that scenarios use. */
export class Harness {
  readonly cloud: Cloud;
  readonly operator;
  ids: LogicalIds = new Map();
  private runs = 0;

  private constructor(
    readonly pipeline: DeployedPipeline,
    /** True if a champion always has an endpoint. */
    readonly alwaysServes: boolean,
  ) {
    this.cloud = coreOf(pipeline.session.cloud);
    this.operator = { principal: this.cloud.principals.operator };
  }

  /** @param config replaces that of the `local` environment */
  static async open(config?: PipelineConfig): Promise<Harness> {
    const assembly = config && assemblyOf(config);
    const { serving, workingHours } = (config ?? local).endpoint;
    const harness = new Harness(
      await DeployedPipeline.open({
        executionClock,
        triggers: true,
        ...(assembly && { assembly }),
      }),
      serving.kind !== 'batch' && !workingHours,
    );
    if (assembly) rmSync(assembly, { recursive: true });
    const { session } = harness.pipeline;
    await uploadData(session.clients.s3, uncheckedData(), {
      bucket: harness.dataBucket,
      prefix: 'data/',
      schemaKey: 'schema/schema.json',
    });
    if ('training.epochs' in (config ?? local).hyperparameters) {
      // Fewer epochs are still enough for the gate.
      const Name = '/mlops/table/local/hyperparameters/training/epochs';
      const parameter = { Name, Value: '10', Overwrite: true };
      await harness.cloud.call('ssm', 'PutParameter', parameter, harness.operator);
    }
    // Both calls have scheduled a run.
    await forgetNextRun(harness);
    harness.ids = await harness.logicalIds();
    return harness;
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

  /** Returns the physical id of a resource by its logical id without the hash. */
  physicalId(logicalId: string): string {
    for (const [physical, logical] of this.ids) if (withoutHash(logical) === logicalId) return physical;
    throw new Error(`no resource is ${logicalId}; there are ${[...this.ids.values()].join(', ')}`);
  }

  /** Returns the logical ids of the functions that the phases of a run call, without their hash. */
  async functionsOfRuns(): Promise<string[]> {
    const { Functions = [] } = await this.cloud.call('lambda', 'ListFunctions', {}, this.operator);
    const ids = Functions.map(({ FunctionName }) => withoutHash(this.ids.get(FunctionName!) ?? ''));
    return ids.filter((id) => id.startsWith('Run'));
  }

  /** Reports each distinct authorization request of roles and services. Returns the function that ends it. */
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

  /** Returns true if the request is allowed now. */
  allows({ principal, sourceArn, via, service, ...permission }: AuthorizationRequest): boolean {
    try {
      this.cloud.authorize({ principal, sourceArn, via }, permission, service);
      return true;
    } catch {
      return false;
    }
  }

  /** Resolves at the first authorization request for this action. */
  requested(action: string): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.cloud.watchAuthorizations((request) => {
        if (request.action !== action) return;
        stop();
        resolve();
      });
    });
  }

  /** Returns the next matching event; rejects after the deadline. @param what clause for the error */
  event(
    what: string,
    matches: (event: EventEnvelope) => boolean,
    patience = RUN_PATIENCE_MS,
  ): Promise<EventEnvelope> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(timedOut(what, patience)), patience);
      // The run may have been refused: then the test has ended before.
      timer.unref();
      this.cloud.events.subscribe((event) => {
        if (!matches(event)) return;
        clearTimeout(timer);
        resolve(event);
      });
    });
  }

  /** Rejects after the deadline of effects. @param what clause for the error */
  async patience(what: string): Promise<never> {
    await sleep(PATIENCE_MS);
    throw timedOut(what, PATIENCE_MS);
  }

  async start(input: object = {}): Promise<Run> {
    const name = `run-${Date.now()}-${++this.runs}`;
    const ended = this.event(
      `run ${name} has ended`,
      ({ detail }) => detail.name === name && detail.status !== 'RUNNING',
    );
    const request = { stateMachineArn: this.stateMachineArn, name, input: JSON.stringify(input) };
    const { executionArn } = await this.cloud.call('sfn', 'StartExecution', request, this.operator);
    return { name, arn: executionArn!, ended };
  }

  /** Waits until a condition holds. @param what clause for the error */
  async until(
    what: string,
    condition: () => boolean | Promise<boolean>,
    patience = PATIENCE_MS,
  ): Promise<void> {
    await until(what, condition, { seconds: patience / 1_000, everyMs: 25 });
  }

  /** Invokes a function as an operator does. Throws an error with the name of the function's error. */
  async invoke(logicalId: string, payload: object): Promise<Record<string, unknown>> {
    const FunctionName = this.physicalId(logicalId);
    const input = { FunctionName, Payload: Buffer.from(JSON.stringify(payload)) };
    const { FunctionError, Payload } = await this.cloud.call('lambda', 'Invoke', input, this.operator);
    const answer = JSON.parse(Buffer.from(Payload as Uint8Array).toString()) as Record<string, unknown>;
    if (!FunctionError) return answer;
    throw Object.assign(new Error(String(answer.errorMessage)), { name: String(answer.errorType) });
  }

  /** Sets all alarms to OK: CloudWatch evaluates new alarms only after a minute, and deployments wait for that. */
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
      if (!StackName!.startsWith('mlops-table-local-')) continue;
      for (const summary of await this.resourcesOf(StackName!)) {
        const { PhysicalResourceId, LogicalResourceId, ResourceType } = summary;
        // The stages of all APIs have the same physical id.
        if (!PhysicalResourceId || ResourceType === 'AWS::ApiGateway::Stage') continue;
        ids.set(PhysicalResourceId, LogicalResourceId!);
        // Other ARNs, such as those of executions, have only the name.
        if (PhysicalResourceId.startsWith('arn:')) {
          ids.set(PhysicalResourceId.slice(PhysicalResourceId.lastIndexOf(':') + 1), LogicalResourceId!);
        }
      }
    }
    // No stack has it as a resource: EC2 makes it with the VPC.
    for (const id of await this.defaultGroups()) ids.set(id, 'DefaultSecurityGroup');
    return ids;
  }

  /** Returns the ids of the default groups of all networks. */
  async defaultGroups(): Promise<string[]> {
    const input = { Filters: [{ Name: 'group-name', Values: ['default'] }] };
    const { SecurityGroups = [] } = await this.cloud.call(
      'ec2',
      'DescribeSecurityGroups',
      input,
      this.operator,
    );
    return SecurityGroups.map(({ GroupId }) => GroupId!);
  }
}

function timedOut(what: string, ms: number): Error {
  return new Error(`timed out after ${ms / 1_000} s: waited until ${what}`);
}
