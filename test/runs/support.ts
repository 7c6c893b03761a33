import { GetObjectCommand } from '@aws-sdk/client-s3';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { findFiles, type TrainingData } from '../../cli/training-data';
import { runPipeline, type RunOptions } from '../../start/pipeline';
import { Progress, type Output } from '../../cli/progress';
import type { LastRun } from '../../start/report';
import { mlops, type Ended } from '../cli/operator';
import type { GoldenRequest } from '../../lib/contract/golden';
import type { PipelineConfig } from '../../lib/config';
import { local } from '../support/configs';
import { until, within } from '../support/until';
import { deployTo, openSession, type Session, type SessionOptions } from '../../start/session';

export const SAMPLE = 'examples/breast-cancer';

/** Far above what a run takes on a busy machine, and below Jest's limit of a test. */
const RUN_SECONDS = 180;

/** Answer of the API: predictions, or an error. */
export interface Reply {
  modelVersion?: string;
  predictions?: unknown[];
  warnings?: { field: string; message: string }[];
  error?: { message: string };
}

/** Records what is shown where there is no terminal. */
class RecordedOutput implements Output {
  readonly isTTY = false;
  text = '';

  write(text: string): boolean {
    this.text += text;
    return true;
  }
}

/** Options of a run: paths of data and schema, and the rest. */
export type RunChanges = Partial<Omit<RunOptions, 'data'>> & { data?: string; schema?: string };

/** Data that is uploaded without the checks that `npm start` makes: uploads to AWS are not checked either. */
export function uncheckedData(
  source = join(SAMPLE, 'data'),
  schema = join(SAMPLE, 'schema.json'),
  { data }: Pick<PipelineConfig, 'data'> = local,
): TrainingData {
  return { source, schema: data.schemaKey === null ? null : schema, ...findFiles(source, data) };
}

/** The row of a golden request of the model for tables. */
export function rowOf(golden: GoldenRequest): Record<string, unknown> {
  const { instances } = JSON.parse((golden as { body: string }).body) as {
    instances: [Record<string, unknown>];
  };
  return instances[0];
}

/** The pipeline on its own local cloud; each run finds the state that the one before left, as in an account. */
export class DeployedPipeline {
  /** Progress that the last run showed. */
  shown = '';

  private constructor(
    readonly folder: string,
    readonly session: Session,
  ) {}

  static async open(
    more: Partial<
      Pick<SessionOptions, 'assembly' | 'engine' | 'clock' | 'executionClock' | 'triggers' | 'config'>
    > = {},
  ): Promise<DeployedPipeline> {
    const folder = mkdtempSync(join(tmpdir(), 'pipeline-'));
    const python = process.env.PYTHON!;
    const sparseAnswers = process.env.SPARSE_ANSWERS === 'true';
    const options = { config: local, state: folder, fresh: false, port: 0, python, sparseAnswers, ...more };
    return new DeployedPipeline(folder, await openSession(options));
  }

  /** Deploys another pipeline to the same cloud, which closes with this one. */
  async beside(config: PipelineConfig, assembly: string): Promise<DeployedPipeline> {
    const { cloud, state } = this.session;
    return new DeployedPipeline(this.folder, await deployTo(cloud, assembly, { config, state }));
  }

  async close(): Promise<void> {
    await this.session.cloud.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Starts a run and waits for its end; without options, on the sample data with the defaults. */
  async run({ data, schema, ...changes }: RunChanges = {}): Promise<LastRun> {
    const { config } = this.session;
    const output = new RecordedOutput();
    const options: RunOptions = {
      data: uncheckedData(data ?? config.data.sample?.data, schema, config),
      set: {},
      force: false,
      interruptTraining: 0,
      ...changes,
    };
    const running = runPipeline(this.session, options, new Progress(output));
    const { lastRun } = await within('the run has ended', RUN_SECONDS, running, () => output.text);
    this.shown = output.text;
    return lastRun;
  }

  /** Every mail, oldest first, with `\n` line ends. */
  mails(): string[] {
    const folder = join(this.folder, 'cloud', 'mail');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n'));
  }

  /** Waits for the mail on a run's end, which may be sent a moment after it. */
  mailOf(runId: string): Promise<string> {
    const ofItsEnd = /^Subject: \[table-local\] (?!started|approve)/m;
    return until(`the end of run ${runId} is mailed`, () =>
      this.mails().find((mail) => ofItsEnd.test(mail) && mail.includes(runId)),
    );
  }

  async predict(
    body: string | Uint8Array,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Reply }> {
    const { url, key } = this.session.api!;
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    return { status: response.status, body: (await response.json()) as Reply };
  }

  /** `GET /schema` of the API. */
  async schema(): Promise<{ status: number; body: Reply & { features?: { name: string }[] } }> {
    const { url, key } = this.session.api!;
    const response = await fetch(url.replace(/predict$/, 'schema'), { headers: { 'x-api-key': key } });
    return { status: response.status, body: (await response.json()) as Reply };
  }

  /** Runs `npx mlops` in a process of its own. */
  mlops(...args: string[]): Promise<Ended> {
    const { cloud, api } = this.session;
    return mlops(cloud, args, { MLOPS_API_URL: api ? new URL(api.url).origin : undefined });
  }

  /** The bytes of the ONNX model that is in production. */
  async championModel(): Promise<Buffer> {
    const champion = await this.object(this.session.outputs.ArtifactsBucketName, 'champion.json');
    const { modelDataUrl } = JSON.parse(champion.toString()) as { modelDataUrl: string };
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(modelDataUrl)!;
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    try {
      writeFileSync(join(folder, 'model.tar.gz'), await this.object(bucket!, key!));
      await extract({ file: join(folder, 'model.tar.gz'), cwd: folder });
      return readFileSync(join(folder, 'model.onnx'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** A JSON object of the artifacts bucket. */
  async artifact<T>(key: string): Promise<T> {
    return JSON.parse((await this.object(this.session.outputs.ArtifactsBucketName, key)).toString()) as T;
  }

  private async object(Bucket: string, Key: string): Promise<Buffer> {
    const { Body } = await this.session.clients.s3.send(new GetObjectCommand({ Bucket, Key }));
    return Buffer.from(await Body!.transformToByteArray());
  }
}
