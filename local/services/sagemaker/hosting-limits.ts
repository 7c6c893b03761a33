import {
  CaptureMode,
  ProductionVariantInstanceType,
  TrafficRoutingConfigType,
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
    limits.pattern(
      'primaryContainer.modelDataUrl',
      PrimaryContainer?.ModelDataUrl,
      /^(https|s3):\/\/([^/]+)\/?(.*)$/,
    );
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
  });
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
    limits.range(`${at}.terminationWaitInSeconds`, blueGreen?.TerminationWaitInSeconds, 0, 3_600);
    const traffic = blueGreen?.TrafficRoutingConfiguration;
    limits.oneOf(`${at}.trafficRoutingConfiguration.type`, traffic?.Type, TrafficRoutingConfigType);
    limits.range(
      `${at}.trafficRoutingConfiguration.waitIntervalInSeconds`,
      traffic?.WaitIntervalInSeconds,
      0,
      3_600,
    );
    const rollingAt = 'deploymentConfig.rollingUpdatePolicy';
    limits.range(
      `${rollingAt}.maximumExecutionTimeoutInSeconds`,
      rolling?.MaximumExecutionTimeoutInSeconds,
      ...TIMEOUT,
    );
    limits.range(`${rollingAt}.waitIntervalInSeconds`, rolling?.WaitIntervalInSeconds, 0, 3_600);
  });
}
