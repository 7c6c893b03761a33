import {
  AssemblyType,
  BatchStrategy,
  CompressionType,
  SplitType,
  TransformInstanceType,
  type CreateTransformJobRequest,
} from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../model/errors';
import { checkVolumeKey } from './instance-limits';
import { MAX_NAME, NAME, RequestLimits, validation } from './request-limits';

/** Of all requests that are under way at once. */
const MAX_PAYLOAD_MB = 100;
/** Of one request, unless the job says otherwise. */
export const DEFAULT_PAYLOAD_MB = 6;
const S3_URI = /^(https|s3):\/\/([^/]+)\/?(.*)$/;
const DATA_TYPES = { MANIFEST_FILE: 'ManifestFile', S3_PREFIX: 'S3Prefix' };

/**
 * Numbers from the API reference of CreateTransformJob and of the types in its request.
 *
 * @throws ServiceError ValidationException; NotImplemented for what is not played
 */
export function checkTransformLimits(request: CreateTransformJobRequest): void {
  const { TransformInput: input, TransformOutput: output, TransformResources: resources } = request;
  const source = input?.DataSource?.S3DataSource;
  RequestLimits.check((limits) => {
    limits.name('transformJobName', request.TransformJobName, NAME, MAX_NAME);
    limits.name('modelName', request.ModelName, NAME, MAX_NAME);
    limits.range('maxConcurrentTransforms', request.MaxConcurrentTransforms, 0, Infinity);
    limits.range('maxPayloadInMB', request.MaxPayloadInMB, 0, MAX_PAYLOAD_MB);
    limits.oneOf('batchStrategy', request.BatchStrategy, BatchStrategy);
    limits.map('environment', request.Environment, {
      entries: 16,
      key: 1_024,
      value: 10_240,
      keyPattern: /^[a-zA-Z_][a-zA-Z0-9_]*$/,
    });
    const client = request.ModelClientConfig;
    const seconds = client?.InvocationsTimeoutInSeconds;
    limits.range('modelClientConfig.invocationsTimeoutInSeconds', seconds, 1, 3_600);
    limits.range('modelClientConfig.invocationsMaxRetries', client?.InvocationsMaxRetries, 0, 3);
    limits.length('transformInput.dataSource.s3DataSource.s3Uri', source?.S3Uri, 0, 1_024);
    limits.pattern('transformInput.dataSource.s3DataSource.s3Uri', source?.S3Uri, S3_URI);
    limits.oneOf('transformInput.dataSource.s3DataSource.s3DataType', source?.S3DataType, DATA_TYPES);
    limits.length('transformInput.contentType', input?.ContentType, 0, 256);
    limits.oneOf('transformInput.compressionType', input?.CompressionType, CompressionType);
    limits.oneOf('transformInput.splitType', input?.SplitType, SplitType);
    limits.length('transformOutput.s3OutputPath', output?.S3OutputPath, 0, 1_024);
    limits.pattern('transformOutput.s3OutputPath', output?.S3OutputPath, S3_URI);
    limits.length('transformOutput.accept', output?.Accept, 0, 256);
    limits.oneOf('transformOutput.assembleWith', output?.AssembleWith, AssemblyType);
    limits.length('transformOutput.kmsKeyId', output?.KmsKeyId, 0, 2_048);
    limits.oneOf('transformResources.instanceType', resources?.InstanceType, TransformInstanceType);
    limits.range('transformResources.instanceCount', resources?.InstanceCount, 1, Infinity);
    limits.tags(request.Tags);
  });
  const { MaxConcurrentTransforms: parallel = 0, MaxPayloadInMB: megabytes = DEFAULT_PAYLOAD_MB } = request;
  if (parallel * megabytes > MAX_PAYLOAD_MB) {
    throw validation(
      `MaxConcurrentTransforms (${parallel}) * MaxPayloadInMB (${megabytes}) must not exceed ${MAX_PAYLOAD_MB} MB; it is ${parallel * megabytes}.`,
    );
  }
  checkVolumeKey(
    'VolumeKmsKeyId',
    resources?.VolumeKmsKeyId,
    resources?.InstanceType ? [resources.InstanceType] : [],
  );
  refuseUnsupported(request);
}

function refuseUnsupported(request: CreateTransformJobRequest): void {
  const { TransformInput: input, TransformResources: resources } = request;
  if (request.DataProcessing) throw notSupported('DataProcessing', 'Filter and join in the container.');
  if (request.DataCaptureConfig) throw notSupported('DataCaptureConfig of transform jobs', 'Leave it out.');
  if (request.ExperimentConfig) throw notSupported('ExperimentConfig', 'Leave it out.');
  if (resources?.TransformAmiVersion) throw notSupported('TransformAmiVersion', 'Leave it out.');
  if (resources?.InstanceCount !== 1)
    throw notSupported('Transform jobs of several instances', 'Use InstanceCount 1.');
  if (input?.CompressionType === 'Gzip') throw notSupported('CompressionType Gzip', 'Use None.');
  const { SplitType: split = 'None' } = input!;
  if (split !== 'None' && split !== 'Line') throw notSupported(`SplitType ${split}`, 'Use Line.');
  if (request.MaxPayloadInMB === 0) throw notSupported('MaxPayloadInMB 0, which streams', 'Give a size.');
}
