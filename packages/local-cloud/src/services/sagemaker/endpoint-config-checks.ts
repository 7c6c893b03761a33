import type {
  CreateEndpointConfigInput,
  DescribeModelOutput,
  ProductionVariant,
} from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../model/errors';
import { checkWeights, configuredWeights } from './endpoint-scaling';
import { validation } from './request-limits';

/** Variant settings that SageMaker supports and this cloud does not. */
const UNSUPPORTED_OF_VARIANT = [
  'AcceleratorType',
  'CapacityReservationConfig',
  'CoreDumpConfig',
  'EnableSSMAccess',
  'InstancePools',
  'ManagedInstanceScaling',
  'RoutingConfig',
] as const;

const UNSUPPORTED_OF_CONFIG = [
  'EnableNetworkIsolation',
  'ExecutionRoleArn',
  'ExplainerConfig',
  'MetricsConfig',
  'VpcConfig',
] as const;

const SERVERLESS_MEMORY = [1_024, 2_048, 3_072, 4_096, 5_120, 6_144];

/**
 * Checks which features of an endpoint configuration can be combined. Sources: CreateEndpointConfig and its types (API
 * reference); "Serverless Inference: feature exclusions", "Shadow tests: exclusions", "Asynchronous inference"
 * (Developer Guide).
 *
 * @param modelOf returns the model of a variant
 * @throws ServiceError ValidationException, or NotImplemented with the feature's name
 */
export function checkEndpointConfig(
  request: CreateEndpointConfigInput,
  modelOf: (variant: ProductionVariant) => DescribeModelOutput,
): void {
  const { ProductionVariants = [], ShadowProductionVariants = [], AsyncInferenceConfig } = request;
  const variants = [...ProductionVariants, ...ShadowProductionVariants];
  const models = variants.map(modelOf);
  for (const member of UNSUPPORTED_OF_CONFIG) {
    if (request[member] !== undefined)
      throw notSupported(`${member} of an endpoint configuration`, 'Leave it out.');
  }
  variants.forEach(checkVariant);
  checkWeights(configuredWeights(ProductionVariants));
  const serverless = variants.findIndex(({ ServerlessConfig }) => ServerlessConfig !== undefined);
  if (serverless >= 0) checkServerless(request, variants[serverless]!, models[serverless]!);
  if (AsyncInferenceConfig && ShadowProductionVariants.length > 0) {
    throw validation('ShadowProductionVariants are not supported for asynchronous endpoints.');
  }
  if (AsyncInferenceConfig && request.DataCaptureConfig) {
    throw notSupported(
      'DataCaptureConfig of asynchronous endpoints',
      'Leave it out: in- and output are in S3.',
    );
  }
  const output = AsyncInferenceConfig?.OutputConfig;
  if (AsyncInferenceConfig && output?.S3OutputPath === undefined) {
    throw validation('AsyncInferenceConfig needs the S3OutputPath of its OutputConfig.');
  }
  if (output?.NotificationConfig?.IncludeInferenceResponseIn?.length) {
    throw notSupported(
      'IncludeInferenceResponseIn',
      'Read the answer from the output location of the notification.',
    );
  }
}

function checkVariant(variant: ProductionVariant): void {
  const { VariantName: name, InstanceType, InitialInstanceCount, ServerlessConfig } = variant;
  for (const member of UNSUPPORTED_OF_VARIANT) {
    if (variant[member] !== undefined) throw notSupported(`${member} of variant '${name}'`, 'Leave it out.');
  }
  if (ServerlessConfig) {
    if (InstanceType === undefined && InitialInstanceCount === undefined) return;
    throw validation(
      `Variant '${name}' has a ServerlessConfig: InstanceType and InitialInstanceCount cannot be specified with it.`,
    );
  }
  if (InstanceType === undefined || InitialInstanceCount === undefined) {
    throw validation(`Variant '${name}' needs InstanceType and InitialInstanceCount, or a ServerlessConfig.`);
  }
}

function checkServerless(
  request: CreateEndpointConfigInput,
  { ServerlessConfig: config = { MemorySizeInMB: 0, MaxConcurrency: 0 }, VariantName }: ProductionVariant,
  model: DescribeModelOutput,
): void {
  if (!SERVERLESS_MEMORY.includes(config.MemorySizeInMB!)) {
    throw validation(
      `MemorySizeInMB ${config.MemorySizeInMB} of variant '${VariantName}' must be one of ${SERVERLESS_MEMORY.join(', ')}.`,
    );
  }
  if (config.ProvisionedConcurrency !== undefined) {
    throw notSupported(`ProvisionedConcurrency of variant '${VariantName}'`, 'Leave it out.');
  }
  const { ProductionVariants = [], ShadowProductionVariants, DataCaptureConfig } = request;
  const excluded: [feature: string, used: boolean][] = [
    ['several production variants', ProductionVariants.length > 1],
    ['ShadowProductionVariants', Boolean(ShadowProductionVariants?.length)],
    ['AsyncInferenceConfig', request.AsyncInferenceConfig !== undefined],
    ['DataCaptureConfig', DataCaptureConfig !== undefined],
    ['a model with VpcConfig', model.VpcConfig !== undefined],
    ['a model with EnableNetworkIsolation', model.EnableNetworkIsolation === true],
  ];
  const found = excluded.find(([, used]) => used);
  if (found) {
    throw validation(`Serverless endpoints do not support ${found[0]} (variant '${VariantName}').`);
  }
}
