import { S3 } from '@aws-sdk/client-s3';
import { SageMaker } from '@aws-sdk/client-sagemaker';
import { SageMakerRuntime } from '@aws-sdk/client-sagemaker-runtime';
import { SFN } from '@aws-sdk/client-sfn';
import { SSM } from '@aws-sdk/client-ssm';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ServedCloud } from '../../src/testing/served-cloud';
import { BUCKET, ENDPOINT, GROUP, MACHINE, makeAccount } from './small-pipeline';

const PRELOAD = resolve(__dirname, 'kill-at.cjs');

/** The moment of a kill: the n-th change to the file system, after half of its bytes or before it. */
interface KillPoint {
  readonly at: number;
  readonly torn: boolean;
}

/** Numbers in [0, 1) that only look random, the same for the same seed (Park and Miller's generator). */
function uniform(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return (state - 1) / 2_147_483_646;
  };
}

/**
 * Kills clouds of one account, each at a moment of its own.
 *
 * @param folder an empty folder
 * @param parallel number of lives at once
 * @returns the moments at which something did not hold, with what
 */
export async function killAtRandom(
  folder: string,
  { seed, points, parallel }: { seed: number; points: number; parallel: number },
): Promise<object[]> {
  const account = join(folder, 'account');
  await makeAccount(account);
  const changes = await KilledLife.changes(account, join(folder, 'counted'));
  const random = uniform(seed);
  const queue = Array.from({ length: points }, (_, index) => ({
    ...{ index, at: 1 + Math.floor(random() * changes), torn: random() < 0.5 },
  }));
  const faulty: object[] = [];
  const work = async () => {
    for (let point = queue.shift(); point; point = queue.shift()) {
      const life = join(folder, `life-${point.index}-`);
      const faults = await KilledLife.until(point, account, life).catch((error: Error) => [
        String(error.stack),
      ]);
      if (faults.length > 0) faulty.push({ ...point, of: changes, faults });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return faulty;
}

/** Values by name that were answered, and values that were sent and perhaps not answered. */
class Written {
  readonly answered = new Map<string, string | undefined>();
  readonly sent = new Map<string, string | undefined>();

  /** @param value undefined: removed */
  async write(name: string, value: string | undefined, write: () => Promise<unknown>): Promise<void> {
    this.sent.set(name, value);
    await write();
    this.answered.set(name, value);
    this.sent.delete(name);
  }

  /** The names whose value is neither the answered one nor the one that was sent last. */
  wrong(found: ReadonlyMap<string, string>): string[] {
    const names = new Set([...this.answered.keys(), ...this.sent.keys()]);
    return [...names].filter((name) => {
      const value = found.get(name);
      return value !== this.answered.get(name) && !(this.sent.has(name) && value === this.sent.get(name));
    });
  }
}

/** What an operator does on a cloud that may be killed at any moment, and what has to hold then. */
class KilledLife {
  private readonly objects = new Written();
  private readonly parameters = new Written();
  /** Runs that the operator saw succeed. */
  private readonly succeeded: string[] = [];
  private readonly started = new Set<string>();
  /** The run whose end the operator may not have seen. */
  private last = 'first';

  private constructor(private readonly stateDirectory: string) {}

  /**
   * Lives until the kill, starts the cloud again and checks it.
   *
   * @param account a state directory, which is copied
   * @returns what does not hold
   */
  static async until(point: KillPoint, account: string, stateDirectory: string): Promise<string[]> {
    cpSync(account, stateDirectory, { recursive: true, verbatimSymlinks: true });
    const life = new KilledLife(stateDirectory);
    const env = { KILL_AT: String(point.at), KILL_TORN: String(point.torn) };
    try {
      await life.killed(env);
      return await life.startedAgain();
    } finally {
      rmSync(stateDirectory, { recursive: true, force: true });
    }
  }

  /** Counts the changes of a life that nobody ends. */
  static async changes(account: string, stateDirectory: string): Promise<number> {
    cpSync(account, stateDirectory, { recursive: true, verbatimSymlinks: true });
    const report = `${stateDirectory}.count`;
    try {
      await new KilledLife(stateDirectory).killed({ KILL_COUNT: report });
      return Number(readFileSync(report, 'utf8'));
    } finally {
      for (const each of [stateDirectory, report]) rmSync(each, { recursive: true, force: true });
    }
  }

  private async killed(env: Record<string, string>): Promise<void> {
    const nodeArgs = ['--require', PRELOAD];
    // Killed while it started: then nothing was answered.
    const cloud = await ServedCloud.start(this.stateDirectory, { env, nodeArgs }).catch(() => undefined);
    if (!cloud) return;
    const ended = cloud.ended().then(() => 'ended');
    const clients = clientsOf(cloud);
    const work = [this.writes(clients), this.run(clients, 'second')].map((each) =>
      each.catch(async (error: unknown) => {
        // A request that the kill leaves without an answer is no failure.
        if ((await Promise.race([ended, setTimeout(2_000)])) !== 'ended') throw error;
      }),
    );
    await Promise.all(work).finally(() => cloud.stop());
    await ended;
  }

  private async writes({ s3, ssm }: Clients): Promise<void> {
    for (let round = 0; round < 3; round++) {
      for (let index = 0; index < 4; index++) {
        const key = `object-${index}`;
        const text = `${round} ${'x'.repeat(index * 40_000)}`;
        await this.objects.write(key, text, () => s3.putObject({ Bucket: BUCKET, Key: key, Body: text }));
        const Name = `/parameter-${index}`;
        await this.parameters.write(Name, text.slice(0, 100), () =>
          ssm.putParameter({ Name, Value: text.slice(0, 100), Type: 'String', Overwrite: true }),
        );
      }
      const gone = `object-${round}`;
      await this.objects.write(gone, undefined, () => s3.deleteObject({ Bucket: BUCKET, Key: gone }));
    }
  }

  private async run({ sfn }: Clients, name: string): Promise<string> {
    const { executionArn } = await sfn.startExecution({ stateMachineArn: MACHINE, name });
    this.started.add(executionArn!);
    this.last = name;
    for (;;) {
      const { status = '', error, cause } = await sfn.describeExecution({ executionArn });
      if (status === 'RUNNING') {
        await setTimeout(50);
        continue;
      }
      if (status === 'SUCCEEDED') this.succeeded.push(name);
      return `${status} ${error ?? ''} ${cause ?? ''}`.trim();
    }
  }

  private async startedAgain(): Promise<string[]> {
    const faults: string[] = [];
    const left = await processesOf(this.stateDirectory);
    if (left.length > 0) faults.push(`processes live on: ${left.join('; ')}`);
    const cloud = await ServedCloud.start(this.stateDirectory);
    try {
      const clients = clientsOf(cloud);
      faults.push(...(await this.faultsOf(clients)));
      const end = await this.run(clients, 'third');
      if (end !== 'SUCCEEDED') faults.push(`the next run ended ${end}`);
      const served = await serving(clients);
      if (served !== 'third') faults.push(`after the next run, ${served} serves`);
      const files = readdirSync(join(this.stateDirectory, 's3', BUCKET)).length;
      const { Versions = [] } = await clients.s3.listObjectVersions({ Bucket: BUCKET });
      if (files !== Versions.length) faults.push(`${files} files of ${Versions.length} versions`);
    } finally {
      await cloud.stop('SIGKILL');
    }
    return faults;
  }

  private async faultsOf(clients: Clients): Promise<string[]> {
    const { s3, ssm, sagemaker, sfn } = clients;
    const faults: string[] = [];
    const objects = new Map<string, string>();
    const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({ Bucket: BUCKET });
    for (const { Key, VersionId, ETag, IsLatest, Size } of Versions) {
      const { Body } = await s3.getObject({ Bucket: BUCKET, Key, VersionId });
      const bytes = Buffer.from(await Body!.transformToByteArray());
      const etag = `"${createHash('md5').update(bytes).digest('hex')}"`;
      if (bytes.length !== Size || (etag !== ETag && !ETag!.includes('-'))) faults.push(`${Key} is torn`);
      if (IsLatest) objects.set(Key!, bytes.toString());
    }
    for (const name of this.objects.wrong(objects)) faults.push(`object ${name} is not as answered`);
    const { Parameters = [] } = await ssm.getParametersByPath({ Path: '/' });
    const parameters = new Map(Parameters.map(({ Name, Value }) => [Name!, Value!]));
    for (const name of this.parameters.wrong(parameters)) faults.push(`parameter ${name} is not as answered`);
    if (DeleteMarkers.some(({ Key }) => !Key)) faults.push('a delete marker has no key');

    for (const executionArn of this.started) {
      const { status, cause } = await sfn.describeExecution({ executionArn });
      const clean = status === 'SUCCEEDED' || (status === 'ABORTED' && cause!.includes('local cloud ended'));
      if (!clean) faults.push(`an execution is ${status}: ${cause}`);
      const { events = [] } = await sfn.getExecutionHistory({ executionArn });
      if (!events.at(-1)?.type?.startsWith('Execution')) faults.push('a history has no end');
    }
    const { TrainingJobSummaries = [] } = await sagemaker.listTrainingJobs({});
    for (const { TrainingJobName, TrainingJobStatus } of TrainingJobSummaries)
      if (!['Completed', 'Failed'].includes(TrainingJobStatus!))
        faults.push(`job ${TrainingJobName} is ${TrainingJobStatus}`);
    const packages = await sagemaker.listModelPackages({ ModelPackageGroupName: GROUP });
    const described = packages.ModelPackageSummaryList!.map((each) => each.ModelPackageDescription);
    for (const name of this.succeeded)
      if (!described.includes(name)) faults.push(`the model package of ${name} is lost`);

    const champion = objects.get('champion');
    const served = await serving(clients);
    const last = this.succeeded.at(-1) ?? 'first';
    if (champion !== last && champion !== this.last) faults.push(`the champion is ${champion}, not ${last}`);
    if (served !== champion && served !== this.last) faults.push(`${served} serves, not ${champion}`);
    if (champion !== 'first' && served !== champion)
      faults.push(`${champion} is the champion, ${served} serves`);
    return faults;
  }
}

type Clients = ReturnType<typeof clientsOf>;

function clientsOf({ client }: ServedCloud) {
  const options = { ...client, maxAttempts: 1 };
  return {
    s3: new S3({ ...options, forcePathStyle: true }),
    ssm: new SSM(options),
    sfn: new SFN(options),
    sagemaker: new SageMaker(options),
    runtime: new SageMakerRuntime(options),
  };
}

/** The name of the model that answers. */
async function serving({ runtime }: Clients): Promise<string> {
  const { Body } = await runtime.invokeEndpoint({ EndpointName: ENDPOINT, Body: 'x' });
  return Buffer.from(Body).toString();
}

/** The processes that work in a state directory two seconds after their cloud was killed: none, or their command lines. */
async function processesOf(stateDirectory: string): Promise<string[]> {
  for (let left = 20; ; left--) {
    const found = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .flatMap((pid) => {
        const [command, variables] = ['cmdline', 'environ'].map((file) => textOf(`/proc/${pid}/${file}`));
        return `${command}${variables}`.includes(stateDirectory) ? [`${pid} ${command}`] : [];
      });
    if (found.length === 0 || left === 0) return found;
    await setTimeout(100);
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}
