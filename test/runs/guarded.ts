import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
} from '@aws-sdk/client-cloudwatch';
import { ListEndpointConfigsCommand, ListModelsCommand } from '@aws-sdk/client-sagemaker';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fastClock } from 'local-cloud/testing';
import { executionArnOf, executionHistory } from '../../cli/execution';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import type { ServingOf } from '../../lib/config/schema';
import type { LastRun } from '../../start/report';
import { until } from '../support/until';
import { assemblyOf } from './assembly';
import { DeployedPipeline } from './support';

export type Deployment = PipelineConfig['endpoint']['deployment'];

/** Cloud seconds between two looks of a run at the endpoint. */
export const POLL_SECONDS = 5;

/** A minute passes in six seconds: alarms have one value a minute. */
const SPEED = 10;

/** Alarms that roll a deployment back, in any strategy. */
const VARIANTS_ALARM = /^mlops-table-local-(primary|challenger)-/;

/** Enough for a model that passes the gate. */
const SET = { 'training.epochs': '15' };

/** A change of the inference program: one text of `serve.ts` for another. */
export type ProgramChange = readonly [from: string, to: string];

/** About sixteen requests a second: the machine runs other tests too. `bench/` has higher rates. */
const LOAD_EVERY_MS = 60;

export interface Answer {
  status: number;
  version: string | undefined;
  text: string;
}

/** The pipeline with alarms, on a cloud whose clock runs ten times as fast; each stack deployment can have another strategy. */
export class GuardedPipeline {
  private constructor(
    readonly pipeline: DeployedPipeline,
    private readonly folders: string[],
  ) {}

  static async open(deployment: Deployment, instances = 2): Promise<GuardedPipeline> {
    const assembly = synthesise(deployment, instances);
    return new GuardedPipeline(await DeployedPipeline.open({ assembly, clock: fastClock(SPEED) }), [
      assembly,
    ]);
  }

  async close(): Promise<void> {
    await this.pipeline.close();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  /** Deploys the app once more, as a team does that has changed its configuration or a program. */
  async change(deployment: Deployment, instances = 2, program?: ProgramChange): Promise<void> {
    const assembly = synthesise(deployment, instances, program);
    this.folders.push(assembly);
    await this.pipeline.session.cloud.deploy(assembly);
    // SageMaker refuses to begin a deployment while one of its alarms is raised: here by the challenger before.
    await until('no alarm of a variant is raised', async () => (await this.alarming()) === 0);
  }

  private async alarming(): Promise<number> {
    const client = new CloudWatchClient(this.pipeline.session.cloud.clientOptions());
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ StateValue: 'ALARM' }));
    // Of the variants alone: the one of failed runs stays raised for a day.
    return MetricAlarms.filter(({ AlarmName }) => VARIANTS_ALARM.test(AlarmName!)).length;
  }

  run(force = false): Promise<LastRun> {
    return this.pipeline.run({ force, set: SET });
  }

  /** One answer of the API. */
  async ask(body: string): Promise<Answer> {
    const { url, key } = this.pipeline.session.api!;
    const headers = { 'x-api-key': key, 'content-type': 'application/json' };
    const response = await fetch(url, { method: 'POST', headers, body });
    const text = await response.text();
    return { status: response.status, version: /"modelVersion":"([^"]+)"/.exec(text)?.[1], text };
  }

  /** Sends requests to the API at a steady rate until `stop`. */
  load(body: string) {
    const answers: Answer[] = [];
    const asked: Promise<unknown>[] = [];
    const timer = setInterval(
      () => asked.push(this.ask(body).then((answer) => answers.push(answer))),
      LOAD_EVERY_MS,
    );
    return {
      answers,
      async stop() {
        clearInterval(timer);
        await Promise.all(asked);
        return answers;
      },
    };
  }

  /** Names of the states that a run entered, and when, by the execution's clock. */
  async statesOf(run: LastRun): Promise<{ name: string; at: number }[]> {
    const { clients, outputs } = this.pipeline.session;
    const events = await executionHistory(
      clients.sfn,
      executionArnOf(outputs.StateMachineArn, run.executionName),
    );
    return events.flatMap(({ stateEnteredEventDetails: state, timestamp }) =>
      state ? [{ name: state.name!, at: timestamp!.getTime() }] : [],
    );
  }

  /** When an alarm was raised, by the cloud's clock. */
  async raisedAt(AlarmName: string): Promise<number[]> {
    const client = new CloudWatchClient(this.pipeline.session.cloud.clientOptions());
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'StateUpdate' }),
    );
    return AlarmHistoryItems.filter(({ HistorySummary }) => HistorySummary!.endsWith('to ALARM')).map(
      ({ Timestamp }) => Timestamp!.getTime(),
    );
  }

  /** Names of models and configurations that SageMaker has of a run. */
  async leftoversOf(runId: string): Promise<string[]> {
    const { sagemaker } = this.pipeline.session.clients;
    const { Models = [] } = await sagemaker.send(new ListModelsCommand({ MaxResults: 100 }));
    const { EndpointConfigs = [] } = await sagemaker.send(
      new ListEndpointConfigsCommand({ MaxResults: 100 }),
    );
    const names = [
      ...Models.map(({ ModelName }) => ModelName!),
      ...EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName!),
    ];
    return names.filter((name) => name.includes(runId));
  }
}

/** Copies of one row of the sample data, as the API takes them. */
export function requestBody(copies = 1): string {
  const [header, row] = readFileSync('examples/breast-cancer/data/part-1.csv', 'utf8').split('\n');
  const values = row!.split(',').map(Number);
  const names = header!.split(',');
  const instance = Object.fromEntries(names.map((name, i) => [name, values[i]!]).slice(1));
  return JSON.stringify({ instances: Array.from({ length: copies }, () => instance) });
}

/** @returns folder of the cloud assembly */
function synthesise(deployment: Deployment, instanceCount: number, program?: ProgramChange): string {
  const serving = local.endpoint.serving as ServingOf<'realtime'>;
  const config: PipelineConfig = {
    ...local,
    endpoint: {
      ...local.endpoint,
      serving: { ...serving, variants: [{ ...serving.variants[0]!, instanceCount }] },
      pollSeconds: POLL_SECONDS,
      deployment,
      // Far above what this machine takes when it is busy with other tests.
      rollback: { errorsPerMinute: 3, latencyMs: 1_000 },
    },
  };
  let outdir = '';
  inFolderOf(program, () => {
    outdir = assemblyOf(config);
  });
  return outdir;
}

/** The app's assets are relative to the working directory: with a changed program that is a copy of the project. */
function inFolderOf(program: ProgramChange | undefined, work: () => void): void {
  if (!program) return work();
  const [from, to] = program;
  const project = process.cwd();
  const copy = mkdtempSync(join(tmpdir(), 'changed-'));
  try {
    mkdirSync(join(copy, 'containers'));
    cpSync('containers', join(copy, 'containers'), { recursive: true });
    symlinkSync(resolve('dist'), join(copy, 'dist'));
    const file = join(copy, 'containers', 'inference', 'serve.ts');
    const text = readFileSync(file, 'utf8');
    if (!text.includes(from)) throw new Error(`serve.ts has no "${from}" any more; change it elsewhere`);
    writeFileSync(file, text.replace(from, to));
    process.chdir(copy);
    work();
  } finally {
    process.chdir(project);
    rmSync(copy, { recursive: true, force: true });
  }
}
