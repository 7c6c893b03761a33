import { layout } from '../../lib/contract/layout';
import type { Champion, RunRecord } from '../../lib/contract/run';
import { holdoutRow } from '../../start/prediction';
import type { Run, Workbench } from './workbench';

/** Logs that should be there and are not. */
export class MissingLogs extends Error {
  /** @param holders roles that should have written them, as grants name them */
  constructor(
    readonly holders: ReadonlySet<string>,
    what: readonly string[],
  ) {
    super(`${what.join(', ')} is missing`);
  }
}

/** What shows that a run did all that it should: its outcome, what it left, and the logs and metrics of it. */
export class Evidence {
  private readonly since = Date.now();
  private readonly missing: { holder: string; what: string }[] = [];

  constructor(private readonly bench: Workbench) {}

  async success({ name, ended }: Run): Promise<void> {
    const { detail } = await ended;
    if (detail.status === 'SUCCEEDED') return;
    throw new Error(`${name} is ${String(detail.status)}: ${String(detail.error)}: ${String(detail.cause)}`);
  }

  /** @param expected the error's name, or the status of an execution that has none */
  async failure({ name, ended }: Run, expected: string): Promise<void> {
    const { detail } = await ended;
    if (detail.error === expected || detail.status === expected) return;
    throw new Error(
      `${name} is ${String(detail.status)}: ${String(detail.error)}: ${String(detail.cause)}; expected ${expected}`,
    );
  }

  /** The run's model is the champion, and its record and the mail say so. */
  async deployed({ name }: Run): Promise<void> {
    const champion = JSON.parse(await this.bench.object(layout.champion)) as Champion;
    if (champion.runId !== name) throw new Error(`the champion is ${champion.runId}, not ${name}`);
    const record = JSON.parse(await this.bench.object(layout.record(name))) as RunRecord;
    if (record.message.includes('could not be removed')) throw new Error(record.message);
    const told = this.bench.pipeline.mails().filter((mail) => mail.includes(name)).length;
    if (told < 2) throw new Error(`${told} mails tell of ${name}; its start and its end make two`);
  }

  async nothingLeftOf({ name }: Run): Promise<void> {
    const { cloud, operator } = this.bench;
    const { Models = [] } = await cloud.call('sagemaker', 'ListModels', {}, operator);
    const { EndpointConfigs = [] } = await cloud.call('sagemaker', 'ListEndpointConfigs', {}, operator);
    const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
    const names = [
      ...Models.map(({ ModelName }) => ModelName!),
      ...EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName!),
    ];
    const left = names.filter((each) => each.includes(name));
    if (left.length > 0) throw new Error(`${left.join(', ')} should be gone`);
    const unfinished = Endpoints.filter(({ EndpointStatus }) => EndpointStatus !== 'InService');
    if (unfinished.length > 0) throw new Error(`the endpoint is ${unfinished[0]!.EndpointStatus}`);
    const champion = await this.bench.hasChampion();
    if (!champion && Endpoints.length > 0) throw new Error('the endpoint of the failed model is still there');
  }

  async resumed({ name }: Run): Promise<void> {
    const lines = await this.logLines('/aws/sagemaker/TrainingJobs', name);
    if (!lines.some((line) => line.includes('resumed from checkpoint'))) {
      throw new Error(`${name} did not resume from a checkpoint`);
    }
  }

  async functionLogs(logicalIds: readonly string[]): Promise<void> {
    const { cloud, operator } = this.bench;
    const look = async (logicalId: string) => {
      const FunctionName = this.bench.physicalId(logicalId);
      const { LoggingConfig } = await cloud.call(
        'lambda',
        'GetFunctionConfiguration',
        { FunctionName },
        operator,
      );
      await this.logged(`${logicalId}Role`, LoggingConfig!.LogGroup!);
    };
    await Promise.all(logicalIds.map(look));
  }

  async jobLogs({ name }: Run): Promise<void> {
    const processing = '/aws/sagemaker/ProcessingJobs';
    await Promise.all([
      this.logged('RolesPreprocessingRole', processing, `${name}-preprocess`),
      this.logged('RolesEvaluationRole', processing, `${name}-evaluate`),
      this.logged('RolesTrainingRole', '/aws/sagemaker/TrainingJobs', name),
      this.logged('RolesModelRole', `/aws/sagemaker/Endpoints/${this.bench.endpointName}`),
    ]);
    await this.limitedLogs();
  }

  /** Those that SageMaker makes keep nothing for ever. */
  async limitedLogs(): Promise<void> {
    const { cloud, operator } = this.bench;
    const logGroupNamePrefix = '/aws/sagemaker/';
    const { logGroups = [] } = await cloud.call(
      'cloudwatchlogs',
      'DescribeLogGroups',
      { logGroupNamePrefix },
      operator,
    );
    const endless = logGroups.filter(({ retentionInDays }) => retentionInDays === undefined);
    if (logGroups.length < 3 || endless.length > 0)
      throw new Error(`kept for ever: ${endless.map(({ logGroupName }) => logGroupName).join(', ')}`);
  }

  async transformLogs({ name }: Run): Promise<void> {
    await this.logged('RolesModelRole', '/aws/sagemaker/TransformJobs', name);
  }

  async accessLog(logicalId: string): Promise<void> {
    await this.logged(logicalId, this.bench.physicalId(logicalId));
  }

  async buildLogs(): Promise<void> {
    await this.logged('ImageBuildRole', this.bench.physicalId('ImageBuildLog'));
  }

  async trainingMetrics({ name }: Run): Promise<void> {
    const { cloud, operator } = this.bench;
    const { Metrics = [] } = await cloud.call(
      'cloudwatch',
      'ListMetrics',
      { Namespace: '/aws/sagemaker/TrainingJobs' },
      operator,
    );
    const found = Metrics.some(({ Dimensions = [] }) =>
      Dimensions.some(({ Value }) => Value?.includes(name)),
    );
    if (!found) throw new Error(`CloudWatch has no metrics of ${name}`);
  }

  async capturedRequests(): Promise<number> {
    const { cloud, operator, artifactsBucket: Bucket } = this.bench;
    const input = { Bucket, Prefix: layout.capture };
    return (await cloud.call('s3', 'ListObjectsV2', input, operator)).KeyCount ?? 0;
  }

  async row(): Promise<Record<string, unknown>> {
    const { runId } = JSON.parse(await this.bench.object(layout.champion)) as Champion;
    return (await holdoutRow(this.bench.pipeline.session.clients.s3, this.bench.artifactsBucket, runId))
      .instance;
  }

  /** Throws where logs are missing: all of them at once, since one is no reason for another. */
  logsAreThere(): void {
    if (this.missing.length === 0) return;
    const holders = new Set(this.missing.map(({ holder }) => holder));
    throw new MissingLogs(
      holders,
      this.missing.map(({ what }) => what),
    );
  }

  private async logged(holder: string, group: string, stream = ''): Promise<void> {
    const what = `a log of ${group} ${stream}`;
    try {
      await this.bench.until(what, async () => (await this.logLines(group, stream)).length > 0);
    } catch {
      this.missing.push({ holder, what });
    }
  }

  private async logLines(logGroupName: string, stream: string): Promise<string[]> {
    const { cloud, operator } = this.bench;
    try {
      const { events = [] } = await cloud.call(
        'cloudwatchlogs',
        'FilterLogEvents',
        { logGroupName, startTime: this.since },
        operator,
      );
      return events.filter((event) => event.logStreamName!.includes(stream)).map(({ message }) => message!);
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return [];
      throw error;
    }
  }
}
