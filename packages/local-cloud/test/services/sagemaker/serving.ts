import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  SageMaker,
  type CreateEndpointConfigCommandInput,
  type CreateModelCommandInput,
  type DescribeEndpointCommandOutput,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { SageMakerRuntime, type InvokeEndpointCommandInput } from '@aws-sdk/client-sagemaker-runtime';
import { create } from 'tar';
import type { AnyServiceDefinition } from '../../../src/core/service-registry';
import { ServiceError } from '../../../src/model/errors';
import { ROLE, jobCloud, type JobCloud } from '../../jobs/job-cloud';
import { ManualClock } from '../../../src/testing/manual-clock';
import { FakeCloudWatch, FakeScaling, FakeTopics } from './fakes';

/** Answers with the word of its model; some requests make it fail. */
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
const word = fs.readFileSync(path.join(process.env.SAGEMAKER_BASE_DIR, 'model/word'), 'utf8');
if (word === 'broken') { console.log('cannot read the model'); process.exit(4); }
const server = require('node:http').createServer((request, response) => {
  if (request.url === '/ping') return response.writeHead(word === 'unhealthy' ? 500 : 200).end();
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    // A word of a model can also make it fail.
    if (word.startsWith('always-')) body = word.slice('always-'.length);
    if (body === 'bad') return response.writeHead(400).end('no such feature');
    if (body === 'bug') return response.writeHead(500).end('oops');
    if (body === 'never') return;
    if (body === 'die') process.exit(1);
    const answer = { word, argv: process.argv[2], mood: process.env.MOOD, body, type: request.headers['content-type'], accept: request.headers.accept };
    setTimeout(() => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer)), body === 'slow' ? 100 : 0);
  });
});
server.listen(Number(process.env.SAGEMAKER_BIND_TO_PORT), '127.0.0.1');
`;

/** A cloud whose models answer with a word. */
export interface Serving {
  jobsCloud: JobCloud;
  client: SageMaker;
  runtime: SageMakerRuntime;
  image: string;
  /** Chooses the variant that gets a request. */
  random: number;
  /** Milliseconds; long unless a test is about them. */
  timeouts: { startup: number; invocation: number };
  /** Actions that roles are denied. */
  denied: Set<string>;
  /** Waits by the cloud's clock: bake times, and idle times of containers. */
  clock: ManualClock;
  cloudwatch: FakeCloudWatch;
  topics: FakeTopics;
  scaling: FakeScaling;
  /** Returns an unused name. */
  name(kind: string): string;
  model(word: string, more?: Partial<CreateModelCommandInput>): Promise<string>;
  /** Creates a variant `v0`, `v1` … for each word. */
  config(
    words: string[],
    more?: Partial<ProductionVariant>,
    capture?: Partial<CreateEndpointConfigCommandInput>,
  ): Promise<string>;
  /** Resolves when no change is under way. */
  settled(EndpointName: string): Promise<DescribeEndpointCommandOutput>;
  endpoint(EndpointConfigName: string): Promise<string>;
  ask(EndpointName: string, body?: string, more?: Partial<InvokeEndpointCommandInput>): Promise<Answer>;
  /** Returns the words that an endpoint answers with during an action; rejects if a request fails. */
  wordsDuring(EndpointName: string, happening: () => Promise<unknown>): Promise<string[]>;
  /** Resets changes of tests in `random`, `timeouts` and `denied`. */
  reset(): void;
  restart(): Promise<void>;
}

export interface Answer {
  said: Record<string, string>;
  ContentType?: string;
  InvokedProductionVariant?: string;
}

/** @param watching a CloudWatch that replaces the fake */
export async function serving(watching?: AnyServiceDefinition): Promise<Serving> {
  let names = 0;
  const denied = new Set<string>();
  const timeouts = { startup: 60_000, invocation: 60_000 };
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const [cloudwatch, topics, scaling] = [new FakeCloudWatch(), new FakeTopics(), new FakeScaling()];
  const jobsCloud = await jobCloud({
    random: () => result.random,
    sagemaker: { timeouts },
    services: [watching ?? cloudwatch.definition, topics.definition, scaling.definition],
    cloud: {
      clock,
      authorizer:
        () =>
        ({ principal, action, resources }) => {
          if (principal.roleArn && denied.has(action)) {
            throw new ServiceError(
              'AccessDenied',
              `${principal.arn} may not ${action} on ${resources.join()}`,
            );
          }
        },
    },
  });
  const result: Serving = {
    jobsCloud,
    client: new SageMaker(jobsCloud.here.client),
    runtime: new SageMakerRuntime(jobsCloud.here.client),
    image: await jobsCloud.image(PROGRAM),
    random: 0,
    timeouts,
    denied,
    clock,
    cloudwatch,
    topics,
    scaling,
    name: (kind) => `${kind}-${++names}`,
    async model(word: string, more: Partial<CreateModelCommandInput> = {}): Promise<string> {
      const ModelName = `Model-${++names}`;
      const folder = join(result.jobsCloud.here.stateDirectory, ModelName);
      mkdirSync(folder);
      writeFileSync(join(folder, 'word'), word);
      await create({ gzip: true, cwd: folder, file: `${folder}.tar.gz` }, ['word']);
      const Body = readFileSync(`${folder}.tar.gz`);
      const caller = { principal: result.jobsCloud.here.cloud.principals.operator };
      await result.jobsCloud.here.cloud.call(
        's3',
        'PutObject',
        { Bucket: 'bucket', Key: `${ModelName}.tar.gz`, Body },
        caller,
      );
      await result.client.createModel({
        ModelName,
        ExecutionRoleArn: ROLE,
        PrimaryContainer: {
          Image: result.image,
          ModelDataUrl: `s3://bucket/${ModelName}.tar.gz`,
          Environment: { MOOD: 'calm' },
        },
        ...more,
      });
      return ModelName;
    },
    async config(words: string[], more: Partial<ProductionVariant> = {}, capture?: object): Promise<string> {
      const EndpointConfigName = `Config-${++names}`;
      const ProductionVariants: ProductionVariant[] = [];
      for (const [i, word] of words.entries()) {
        ProductionVariants.push({
          ...{ VariantName: `v${i}`, ModelName: await result.model(word), InstanceType: 'ml.m5.large' },
          ...{ InitialInstanceCount: 1, InitialVariantWeight: 1, ...more },
        });
      }
      await result.client.createEndpointConfig({ EndpointConfigName, ProductionVariants, ...capture });
      return EndpointConfigName;
    },
    async settled(EndpointName: string) {
      await result.jobsCloud.until(async () => {
        const { EndpointStatus } = await result.client.describeEndpoint({ EndpointName });
        return !['Creating', 'Updating', 'RollingBack'].includes(EndpointStatus!);
      });
      return result.client.describeEndpoint({ EndpointName });
    },
    async endpoint(EndpointConfigName: string): Promise<string> {
      const EndpointName = `Endpoint-${++names}`;
      await result.client.createEndpoint({ EndpointName, EndpointConfigName });
      await result.settled(EndpointName);
      return EndpointName;
    },
    async ask(EndpointName: string, body = 'x', more: Partial<InvokeEndpointCommandInput> = {}) {
      const answer = await result.runtime.invokeEndpoint({
        EndpointName,
        Body: body,
        ContentType: 'text/plain',
        ...more,
      });
      return { ...answer, said: JSON.parse(answer.Body.transformToString()) as Record<string, string> };
    },
    async wordsDuring(EndpointName, happening) {
      const words: string[] = [];
      let over = false;
      const keepAsking = async () => {
        while (!over) words.push((await result.ask(EndpointName, 'slow')).said.word!);
      };
      const asking = Promise.all([keepAsking(), keepAsking(), keepAsking()]);
      try {
        await Promise.race([asking, happening()]);
      } finally {
        over = true;
      }
      await asking;
      return words;
    },
    reset() {
      result.random = 0;
      denied.clear();
      cloudwatch.alarms.clear();
      topics.missing.clear();
      scaling.targets.clear();
      Object.assign(timeouts, { startup: 60_000, invocation: 60_000 });
    },
    async restart() {
      await jobsCloud.restart();
      result.client = new SageMaker(jobsCloud.here.client);
      result.runtime = new SageMakerRuntime(jobsCloud.here.client);
    },
  };
  return result;
}
