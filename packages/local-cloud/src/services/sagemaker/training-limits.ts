import {
  FileSystemAccessMode,
  FileSystemType,
  S3DataDistribution,
  S3DataType,
  TrainingInputMode,
  TrainingInstanceType,
  type Channel,
  type CreateTrainingJobRequest,
  type FileSystemDataSource,
  type MetricDefinition,
} from '@aws-sdk/client-sagemaker';
import { checkVolumeKey } from './instance-limits';
import { RequestLimits, validation } from './request-limits';

/** 28 days. */
const MAX_RUN_SECONDS = 2_419_200;
const VARIABLE_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Numbers from the API reference of CreateTrainingJob and of the types in its request. */
export function checkTrainingLimits(request: CreateTrainingJobRequest): void {
  const { AlgorithmSpecification, InputDataConfig, ResourceConfig, StoppingCondition } = request;
  RequestLimits.check((limits) => {
    limits.map('hyperParameters', request.HyperParameters, { entries: 100, key: 256, value: 2_500 });
    limits.map('environment', request.Environment, {
      entries: 100,
      key: 512,
      value: 512,
      keyPattern: VARIABLE_NAME,
    });
    checkChannels(limits, InputDataConfig);
    checkMetrics(limits, AlgorithmSpecification?.MetricDefinitions);
    limits.oneOf(
      'algorithmSpecification.trainingInputMode',
      AlgorithmSpecification?.TrainingInputMode,
      TrainingInputMode,
    );
    limits.length('algorithmSpecification.trainingImage', AlgorithmSpecification?.TrainingImage, 0, 255);
    limits.oneOf('resourceConfig.instanceType', ResourceConfig?.InstanceType, TrainingInstanceType);
    limits.range('resourceConfig.instanceCount', ResourceConfig?.InstanceCount, 0, Infinity);
    limits.range('resourceConfig.volumeSizeInGB', ResourceConfig?.VolumeSizeInGB, 0, Infinity);
    limits.range(
      'stoppingCondition.maxRuntimeInSeconds',
      StoppingCondition?.MaxRuntimeInSeconds,
      1,
      MAX_RUN_SECONDS,
    );
    limits.range(
      'stoppingCondition.maxWaitTimeInSeconds',
      StoppingCondition?.MaxWaitTimeInSeconds,
      1,
      Infinity,
    );
    limits.range('retryStrategy.maximumRetryAttempts', request.RetryStrategy?.MaximumRetryAttempts, 1, 30);
    limits.length('outputDataConfig.s3OutputPath', request.OutputDataConfig?.S3OutputPath, 0, 1_024);
    limits.tags(request.Tags);
  });
  checkTogether(request);
}

/** Rules between fields, which SageMaker judges once each field is right by itself. */
function checkTogether({
  InputDataConfig = [],
  AlgorithmSpecification,
  ResourceConfig,
}: CreateTrainingJobRequest): void {
  const channels = InputDataConfig.map(({ ChannelName }) => ChannelName);
  const repeated = channels.find((name, index) => channels.indexOf(name) < index);
  if (repeated !== undefined) throw validation(`Channel names must be unique: '${repeated}' is not.`);
  for (const { Name, Regex } of AlgorithmSpecification?.MetricDefinitions ?? []) {
    if (isRegularExpression(Regex!)) continue;
    throw validation(`The regex '${Regex}' of metric definition '${Name}' is not valid.`);
  }
  const types = ResourceConfig?.InstanceType ? [ResourceConfig.InstanceType] : [];
  checkVolumeKey('VolumeKmsKeyId', ResourceConfig?.VolumeKmsKeyId, types);
}

function checkChannels(limits: RequestLimits, channels: readonly Channel[] | undefined): void {
  limits.length('inputDataConfig', channels, 1, 20);
  limits.members('inputDataConfig', channels, ({ ChannelName, InputMode, DataSource }, at) => {
    limits.name(`${at}.channelName`, ChannelName, /^[A-Za-z0-9.\-_]+$/, 64);
    limits.oneOf(`${at}.inputMode`, InputMode, TrainingInputMode);
    const { S3DataType: type, S3DataDistributionType, S3Uri } = DataSource?.S3DataSource ?? {};
    const source = `${at}.dataSource.s3DataSource`;
    limits.oneOf(`${source}.s3DataType`, type, S3DataType);
    limits.oneOf(`${source}.s3DataDistributionType`, S3DataDistributionType, S3DataDistribution);
    limits.length(`${source}.s3Uri`, S3Uri, 0, 1_024);
    checkFileSystem(limits, DataSource?.FileSystemDataSource, `${at}.dataSource.fileSystemDataSource`);
  });
}

function checkFileSystem(limits: RequestLimits, source: FileSystemDataSource | undefined, at: string): void {
  if (!source) return;
  limits.length(`${at}.fileSystemId`, source.FileSystemId, 11, 21);
  limits.pattern(`${at}.fileSystemId`, source.FileSystemId, /^fs-[0-9a-f]{8,}$/);
  limits.oneOf(`${at}.fileSystemType`, source.FileSystemType, FileSystemType);
  limits.oneOf(`${at}.fileSystemAccessMode`, source.FileSystemAccessMode, FileSystemAccessMode);
  limits.length(`${at}.directoryPath`, source.DirectoryPath, 0, 4_096);
}

function checkMetrics(limits: RequestLimits, metrics: readonly MetricDefinition[] | undefined): void {
  const field = 'algorithmSpecification.metricDefinitions';
  limits.length(field, metrics, 0, 40);
  limits.members(field, metrics, ({ Name, Regex }, at) => {
    limits.length(`${at}.name`, Name, 1, 255);
    limits.length(`${at}.regex`, Regex, 1, 500);
  });
}

function isRegularExpression(text: string): boolean {
  try {
    return Boolean(new RegExp(text));
  } catch {
    return false;
  }
}
