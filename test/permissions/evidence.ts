import type { Evaluation } from '../../lambda/decide/evaluation';
import { EVALUATION_FILE, layout } from '../../lib/contract/layout';
import type { Champion, RunRecord } from '../../lib/contract/run';
import { goldenRequest } from '../../start/prediction';
import { rowOf } from '../runs/support';
import type { Run, Harness } from './harness';

/** Expected logs are missing. */
export class MissingLogs extends Error {
  /** @param holders roles that should have written them, as grants name them */
  constructor(
    readonly holders: ReadonlySet<string>,
    what: readonly string[],
  ) {
    super(`${what.join(', ')} is missing`);
  }
}

/** Checks the effects of a run: its result, stored objects, logs and metrics. */
export class Evidence {
  private readonly since = Date.now();
  private readonly missing: { holder: string; what: string }[] = [];

  constructor(private readonly harness: Harness) {}

  async success({ name, ended }: Run): Promise<void> {
    const { detail } = await ended;
    if (detail.status === 'SUCCEEDED') return;
    throw new Error(`${name} is ${String(detail.status)}: ${String(detail.error)}: ${String(detail.cause)}`);
  }

  /** @param expected the error's name, or the status of an execution without an error */
  async failure({ name, ended }: Run, expected: string): Promise<void> {
    const { detail } = await ended;
    if (detail.error === expected || detail.status === expected) return;
    throw new Error(
      `${name} is ${String(detail.status)}: ${String(detail.error)}: ${String(detail.cause)}; expected ${expected}`,
    );
  }

  /** Checks that the run's model is the champion, and that its start and end were mailed. */
  async deployed({ name }: Run): Promise<void> {
    const champion = JSON.parse(await this.harness.object(layout.champion)) as Champion;
    if (champion.runId !== name) throw new Error(`the champion is ${champion.runId}, not ${name}`);
    const record = JSON.parse(await this.harness.object(layout.record(name))) as RunRecord;
    if (record.message.includes('could not be removed')) throw new Error(record.message);
    const mails = this.harness.pipeline.mails().filter((mail) => mail.includes(name)).length;
    if (mails < 2) throw new Error(`${mails} mails on ${name}; expected are two, on its start and its end`);
  }

  async nothingLeftOf({ name }: Run): Promise<void> {
    const { cloud, operator } = this.harness;
    const { Models = [] } = await cloud.call('sagemaker', 'ListModels', {}, operator);
    const { EndpointConfigs = [] } = await cloud.call('sagemaker', 'ListEndpointConfigs', {}, operator);
    const { Endpoints = [] } = await cloud.call('sagemaker', 'ListEndpoints', {}, operator);
    const names = [
      ...Models.map(({ ModelName }) => ModelName!),
      ...EndpointConfigs.map(({ EndpointConfigName }) => EndpointConfigName!),
    ];
    const left = names.filter((each) => each.includes(name));
    if (left.length > 0) throw new Error(`${left.join(', ')} should be deleted`);
    const unfinished = Endpoints.filter(({ EndpointStatus }) => EndpointStatus !== 'InService');
    if (unfinished.length > 0) throw new Error(`the endpoint is ${unfinished[0]!.EndpointStatus}`);
    const champion = await this.harness.hasChampion();
    if (!champion && Endpoints.length > 0) throw new Error('the endpoint of the failed model still exists');
  }

  async resumed({ name }: Run): Promise<void> {
    const lines = await this.logLines('/aws/sagemaker/TrainingJobs', name);
    if (!lines.some((line) => line.includes('resumed from checkpoint'))) {
      throw new Error(`${name} did not resume from a checkpoint`);
    }
  }

  async functionLogs(logicalIds: readonly string[]): Promise<void> {
    const { cloud, operator } = this.harness;
    const look = async (logicalId: string) => {
      const FunctionName = this.harness.physicalId(logicalId);
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

  /** Checks the log of a provider of custom resources: a function with its role, as CDK names them. */
  async providerLog(provider: string): Promise<void> {
    const { cloud, operator } = this.harness;
    const input = { FunctionName: this.harness.physicalId(`${provider}Handler`) };
    const { LoggingConfig } = await cloud.call('lambda', 'GetFunctionConfiguration', input, operator);
    await this.logged(`${provider}Role`, LoggingConfig!.LogGroup!);
  }

  async jobLogs({ name }: Run): Promise<void> {
    const processing = '/aws/sagemaker/ProcessingJobs';
    await Promise.all([
      this.logged('RunPreprocessJobRole', processing, `${name}-preprocess`),
      this.logged('RunEvaluateJobRole', processing, `${name}-evaluate`),
      this.logged('RunTrainJobRole', '/aws/sagemaker/TrainingJobs', name),
      this.logged('RunDeployModelRole', `/aws/sagemaker/Endpoints/${this.harness.endpointName}`),
    ]);
    await this.limitedLogs();
  }

  /** Checks that the log groups of jobs and endpoints have a retention. */
  async limitedLogs(): Promise<void> {
    const { cloud, operator } = this.harness;
    const logGroupNamePrefix = '/aws/sagemaker/';
    const { logGroups = [] } = await cloud.call(
      'cloudwatchlogs',
      'DescribeLogGroups',
      { logGroupNamePrefix },
      operator,
    );
    const endless = logGroups.filter(({ retentionInDays }) => retentionInDays === undefined);
    if (logGroups.length < 3 || endless.length > 0)
      throw new Error(`without retention: ${endless.map(({ logGroupName }) => logGroupName).join(', ')}`);
  }

  async transformLogs({ name }: Run): Promise<void> {
    await this.logged('RunDeployModelRole', '/aws/sagemaker/TransformJobs', name);
  }

  /** Checks that the run's candidate was compared with the champion. */
  async compared({ name }: Run): Promise<void> {
    const text = await this.harness.object(`${layout.evaluation(name)}${EVALUATION_FILE}`);
    const { champion } = JSON.parse(text) as Evaluation;
    if (!champion || 'incomparable' in champion)
      throw new Error(`the champion was not compared: ${JSON.stringify(champion)}`);
  }

  async predictionLogs({ name }: Run): Promise<void> {
    await this.logged('RunEvaluatePredictionsModelRole', '/aws/sagemaker/TransformJobs', name);
  }

  async accessLog(logicalId: string): Promise<void> {
    await this.logged(logicalId, this.harness.physicalId(logicalId));
  }

  async buildLogs(): Promise<void> {
    await this.logged('RunBuildImagesRole', this.harness.physicalId('RunBuildImagesLog'));
  }

  async trainingMetrics({ name }: Run): Promise<void> {
    const { cloud, operator } = this.harness;
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
    const { cloud, operator, artifactsBucket: Bucket } = this.harness;
    const input = { Bucket, Prefix: layout.capture };
    return (await cloud.call('s3', 'ListObjectsV2', input, operator)).KeyCount ?? 0;
  }

  async row(): Promise<Record<string, unknown>> {
    const { runId } = JSON.parse(await this.harness.object(layout.champion)) as Champion;
    const { s3 } = this.harness.pipeline.session.clients;
    return rowOf(await goldenRequest(s3, this.harness.artifactsBucket, runId));
  }

  /** @throws MissingLogs with all missing logs */
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
      await this.harness.until(
        `there is ${what}`,
        async () => (await this.logLines(group, stream)).length > 0,
      );
    } catch {
      this.missing.push({ holder, what });
    }
  }

  private async logLines(logGroupName: string, stream: string): Promise<string[]> {
    const { cloud, operator } = this.harness;
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
