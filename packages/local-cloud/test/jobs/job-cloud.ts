import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import type { CloudOptions } from '../../src/core/cloud';
import type { AnyServiceDefinition } from '../../src/core/service-registry';
import type { EventEnvelope } from '../../src/core/events';
import { pushImage } from '../../src/images/image-manifest';
import { engineOf, type EngineSettings } from '../../src/engines';
import { codebuild } from '../../src/services/codebuild';
import { ecr } from '../../src/services/ecr';
import { logs } from '../../src/services/logs';
import { s3 } from '../../src/services/s3';
import { sagemaker, type SageMakerSettings } from '../../src/services/sagemaker';
import type { FaultRule } from '../../src/faults/rules';
import { sagemakerRuntime } from '../../src/services/sagemaker-runtime';
import { EventLog } from '../../src/testing/event-log';
import { until } from '../support/until';
import { testCloud, type TestCloud } from '../support/test-cloud';

export const ROLE = 'arn:aws:iam::123456789012:role/Job';
export const REGISTRY = '123456789012.dkr.ecr.us-east-1.amazonaws.com';

/** A cloud with the services that jobs and endpoints use, and images of small Node programs. */
export interface JobCloud {
  here: TestCloud;
  /** Adds rules to the plan of faults. */
  fail(...rules: FaultRule[]): void;
  /** Builds an image of a Node program and pushes it; returns its URI with the digest. */
  image(program: string): Promise<string>;
  put(key: string, body: string): Promise<void>;
  get(key: string): Promise<string>;
  keys(prefix: string): Promise<string[]>;
  /** Resolves with the first event, past or to come, that matches. */
  event(matches: (event: EventEnvelope) => boolean): Promise<EventEnvelope>;
  events: EventEnvelope[];
  /** Polls until the condition holds; for conditions that have no event. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** Returns the lines of a log group. */
  log(group: string): Promise<string[]>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export interface JobCloudOptions {
  sagemaker?: SageMakerSettings;
  containers?: EngineSettings;
  /** The base of the images; default: `node`, which the process engine does not need. */
  baseImage?: string;
  /** The repository of the images; an engine shares its names among all clouds. Default: `app`. */
  repository?: string;
  /** Lines of the Dockerfile. */
  instructions?: readonly string[];
  random?: () => number;
  cloud?: Partial<CloudOptions>;
  services?: AnyServiceDefinition[];
}

export async function jobCloud(options: JobCloudOptions = {}): Promise<JobCloud> {
  const { repository = 'app' } = options;
  const here = await testCloud(
    [s3, ecr, logs, codebuild, sagemaker, sagemakerRuntime, ...(options.services ?? [])],
    {
      ...options.cloud,
      settings: {
        servicequotas: { 'ml.m5.large for endpoint usage': 1_000 },
        sagemaker: options.sagemaker ?? {},
        ...(options.containers && { containers: options.containers }),
        sagemakerruntime: options.random ? { random: options.random } : {},
      },
    },
  );
  const caller = { principal: here.cloud.principals.operator };
  const heard = new EventLog();
  heard.listen({ onEvent: (listener) => here.cloud.events.subscribe(listener) });
  await here.cloud.call('s3', 'CreateBucket', { Bucket: 'bucket' }, caller);
  await here.cloud.call('ecr', 'CreateRepository', { repositoryName: repository }, caller);
  let pushed = 0;

  return {
    here,
    fail: (...rules) => here.cloud.faults.add(...rules),
    events: heard.events,
    async image(program) {
      const context = mkdtempSync(join(here.stateDirectory, 'context-'));
      writeFileSync(join(context, 'main.cjs'), program);
      const { baseImage = 'node', instructions = [] } = options;
      const dockerfile = [
        ...[`FROM ${baseImage}`, 'WORKDIR /app', 'COPY main.cjs ./', ...instructions],
        'ENTRYPOINT ["node", "/app/main.cjs"]\n',
      ].join('\n');
      writeFileSync(join(context, 'Dockerfile'), dockerfile);
      const uri = `${REGISTRY}/${repository}:v${++pushed}`;
      const builder = engineOf(here.cloud).builder();
      await builder.run(['build', '--tag', uri, '.'], context, '');
      const digest = await pushImage(here.cloud, (await builder.tagged(uri))!, uri, caller);
      return `${REGISTRY}/${repository}@${digest}`;
    },
    async put(Key, Body) {
      await here.cloud.call('s3', 'PutObject', { Bucket: 'bucket', Key, Body }, caller);
    },
    async get(Key) {
      const { Body } = await here.cloud.call('s3', 'GetObject', { Bucket: 'bucket', Key }, caller);
      return text(Body as Readable);
    },
    async keys(Prefix) {
      const { Contents = [] } = await here.cloud.call(
        's3',
        'ListObjectsV2',
        { Bucket: 'bucket', Prefix },
        caller,
      );
      return Contents.map(({ Key }) => Key!);
    },
    event: (matches) => heard.event(matches),
    async until(condition) {
      await until(condition);
    },
    async log(logGroupName) {
      const { events: found = [] } = await here.cloud.call(
        'cloudwatchlogs',
        'FilterLogEvents',
        { logGroupName },
        caller,
      );
      return found.map(({ message }) => message!);
    },
    async restart() {
      await here.restart();
      heard.events.length = 0;
      heard.listen({ onEvent: (listener) => here.cloud.events.subscribe(listener) });
    },
    close: () => here.close(),
  };
}
