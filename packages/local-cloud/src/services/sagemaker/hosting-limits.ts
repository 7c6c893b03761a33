import {
  AsyncNotificationTopicTypes,
  CapacitySizeType,
  CaptureMode,
  ProductionVariantInstanceType,
  TrafficRoutingConfigType,
  type AsyncInferenceConfig,
  type CapacitySize,
  type CreateEndpointConfigInput,
  type CreateModelInput,
  type DeploymentConfig,
  type ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { checkVolumeKey } from './instance-limits';
import { MAX_NAME, NAME, RequestLimits, validation } from './request-limits';

const MAX_VARIANTS = 10;
/** Of a deployment, seconds. */
const TIMEOUT = [600, 28_800] as const;
/** Between steps of a deployment, seconds. */
const WAIT = [0, 3_600] as const;
const S3_PATH = /^(https|s3):\/\/([^/]+)\/?(.*)$/;
const TOPIC = /^arn:aws[a-z-]*:sns:[a-z0-9-]*:\d{12}:[a-zA-Z0-9_.-]+$/;

/** Numbers from the API reference of CreateModel and ContainerDefinition. */
export function checkModelLimits({ PrimaryContainer, Tags }: CreateModelInput): void {
  RequestLimits.check((limits) => {
    limits.map('primaryContainer.environment', PrimaryContainer?.Environment, {
      entries: 100,
      key: 1_024,
      value: 1_024,
      keyPattern: /^[a-zA-Z_][a-zA-Z0-9_]*$/,
    });
    limits.length('primaryContainer.image', PrimaryContainer?.Image, 0, 255);
    limits.length('primaryContainer.modelDataUrl', PrimaryContainer?.ModelDataUrl, 0, 1_024);
    limits.pattern('primaryContainer.modelDataUrl', PrimaryContainer?.ModelDataUrl, S3_PATH);
    limits.tags(Tags);
  });
}

/** Numbers from the API reference of CreateEndpointConfig and of the types in its request. */
export function checkEndpointConfigLimits(request: CreateEndpointConfigInput): void {
  const { ProductionVariants = [], ShadowProductionVariants = [], DataCaptureConfig, KmsKeyId } = request;
  const variants = [...ProductionVariants, ...ShadowProductionVariants];
  RequestLimits.check((limits) => {
    checkVariants(limits, 'productionVariants', request.ProductionVariants);
    checkVariants(limits, 'shadowProductionVariants', request.ShadowProductionVariants);
    const capture = 'dataCaptureConfig';
    limits.range(
      `${capture}.initialSamplingPercentage`,
      DataCaptureConfig?.InitialSamplingPercentage,
      0,
      100,
    );
    limits.length(`${capture}.destinationS3Uri`, DataCaptureConfig?.DestinationS3Uri, 0, 512);
    limits.length(`${capture}.captureOptions`, DataCaptureConfig?.CaptureOptions, 1, 32);
    limits.members(
      `${capture}.captureOptions`,
      DataCaptureConfig?.CaptureOptions,
      ({ CaptureMode: mode }, at) => limits.oneOf(`${at}.captureMode`, mode, CaptureMode),
    );
    if (request.AsyncInferenceConfig) checkAsync(limits, request.AsyncInferenceConfig);
    limits.length('kmsKeyId', KmsKeyId, 0, 2_048);
    limits.tags(request.Tags);
  });
  const names = variants.map(({ VariantName }) => VariantName);
  const repeated = names.find((name, index) => names.indexOf(name) < index);
  if (repeated !== undefined) throw validation(`Variant names must be unique: '${repeated}' is not.`);
  if (ShadowProductionVariants.length > 0 && ProductionVariants.length !== 1) {
    throw validation(
      `A shadow variant needs exactly one production variant beside it; this configuration has ${ProductionVariants.length}.`,
    );
  }
  checkVolumeKey(
    'KmsKeyId',
    KmsKeyId,
    variants.flatMap(({ InstanceType }) => InstanceType ?? []),
  );
}

function checkVariants(
  limits: RequestLimits,
  field: 'productionVariants' | 'shadowProductionVariants',
  variants: readonly ProductionVariant[] | undefined,
): void {
  limits.length(field, variants, 1, field === 'productionVariants' ? MAX_VARIANTS : 1);
  limits.members(field, variants, (variant, at) => {
    limits.name(`${at}.variantName`, variant.VariantName, NAME, MAX_NAME);
    limits.oneOf(`${at}.instanceType`, variant.InstanceType, ProductionVariantInstanceType);
    limits.range(`${at}.initialInstanceCount`, variant.InitialInstanceCount, 1, Infinity);
    limits.range(`${at}.initialVariantWeight`, variant.InitialVariantWeight, 0, Infinity);
    const { MemorySizeInMB, MaxConcurrency } = variant.ServerlessConfig ?? {};
    limits.range(`${at}.serverlessConfig.memorySizeInMB`, MemorySizeInMB, 1_024, 6_144);
    limits.range(`${at}.serverlessConfig.maxConcurrency`, MaxConcurrency, 1, 200);
    limits.range(`${at}.volumeSizeInGB`, variant.VolumeSizeInGB, 1, 512);
    const {
      ModelDataDownloadTimeoutInSeconds: download,
      ContainerStartupHealthCheckTimeoutInSeconds: health,
    } = variant;
    limits.range(`${at}.modelDataDownloadTimeoutInSeconds`, download, 60, 3_600);
    limits.range(`${at}.containerStartupHealthCheckTimeoutInSeconds`, health, 60, 3_600);
  });
}

function checkAsync(limits: RequestLimits, { ClientConfig, OutputConfig }: AsyncInferenceConfig): void {
  const at = 'asyncInferenceConfig';
  limits.range(
    `${at}.clientConfig.maxConcurrentInvocationsPerInstance`,
    ClientConfig?.MaxConcurrentInvocationsPerInstance,
    1,
    1_000,
  );
  const output = `${at}.outputConfig`;
  const { S3OutputPath, S3FailurePath, NotificationConfig } = OutputConfig ?? {};
  limits.pattern(`${output}.s3OutputPath`, S3OutputPath, S3_PATH);
  limits.pattern(`${output}.s3FailurePath`, S3FailurePath, S3_PATH);
  const { SuccessTopic, ErrorTopic, IncludeInferenceResponseIn } = NotificationConfig ?? {};
  const notification = `${output}.notificationConfig`;
  limits.pattern(`${notification}.successTopic`, SuccessTopic, TOPIC);
  limits.pattern(`${notification}.errorTopic`, ErrorTopic, TOPIC);
  const included = `${notification}.includeInferenceResponseIn`;
  limits.length(included, IncludeInferenceResponseIn, 0, 2);
  limits.members(included, IncludeInferenceResponseIn, (topic, member) =>
    limits.oneOf(member, topic, AsyncNotificationTopicTypes),
  );
}

/** Numbers from the API reference of DeploymentConfig and of the types in it. */
export function checkDeploymentLimits(deployment: DeploymentConfig): void {
  const {
    AutoRollbackConfiguration,
    BlueGreenUpdatePolicy: blueGreen,
    RollingUpdatePolicy: rolling,
  } = deployment;
  RequestLimits.check((limits) => {
    const alarms = 'deploymentConfig.autoRollbackConfiguration.alarms';
    limits.length(alarms, AutoRollbackConfiguration?.Alarms, 1, 10);
    limits.members(alarms, AutoRollbackConfiguration?.Alarms, ({ AlarmName }, at) =>
      limits.length(`${at}.alarmName`, AlarmName, 1, 255),
    );
    const at = 'deploymentConfig.blueGreenUpdatePolicy';
    limits.range(
      `${at}.maximumExecutionTimeoutInSeconds`,
      blueGreen?.MaximumExecutionTimeoutInSeconds,
      ...TIMEOUT,
    );
    limits.range(`${at}.terminationWaitInSeconds`, blueGreen?.TerminationWaitInSeconds, ...WAIT);
    const traffic = blueGreen?.TrafficRoutingConfiguration;
    const routing = `${at}.trafficRoutingConfiguration`;
    limits.oneOf(`${routing}.type`, traffic?.Type, TrafficRoutingConfigType);
    limits.range(`${routing}.waitIntervalInSeconds`, traffic?.WaitIntervalInSeconds, ...WAIT);
    checkSize(limits, `${routing}.canarySize`, traffic?.CanarySize);
    checkSize(limits, `${routing}.linearStepSize`, traffic?.LinearStepSize);
    const rollingAt = 'deploymentConfig.rollingUpdatePolicy';
    limits.range(
      `${rollingAt}.maximumExecutionTimeoutInSeconds`,
      rolling?.MaximumExecutionTimeoutInSeconds,
      ...TIMEOUT,
    );
    limits.range(`${rollingAt}.waitIntervalInSeconds`, rolling?.WaitIntervalInSeconds, ...WAIT);
    checkSize(limits, `${rollingAt}.maximumBatchSize`, rolling?.MaximumBatchSize);
    checkSize(limits, `${rollingAt}.rollbackMaximumBatchSize`, rolling?.RollbackMaximumBatchSize);
  });
}

/** What share of a variant's instances it may be depends on the variant: see `endpoint-deployment-checks`. */
function checkSize(limits: RequestLimits, field: string, size: CapacitySize | undefined): void {
  limits.oneOf(`${field}.type`, size?.Type, CapacitySizeType);
  limits.range(`${field}.value`, size?.Value, 1, Infinity);
}
