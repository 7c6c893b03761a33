import type { CreateTransformJobRequest } from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../model/errors';
import { checkVolumeKey } from './instance-limits';
import { RequestLimits, validation } from './request-limits';

/** Maximum of all concurrent requests together. */
const MAX_PAYLOAD_MB = 100;
/** Maximum of one request, unless the job sets another. */
export const DEFAULT_PAYLOAD_MB = 6;
const DATA_TYPES = { MANIFEST_FILE: 'ManifestFile', S3_PREFIX: 'S3Prefix' };

/**
 * Rules of CreateTransformJob's API reference that its model does not have.
 *
 * @throws ServiceError ValidationException; NotImplemented for unsupported features
 */
export function checkTransformLimits(request: CreateTransformJobRequest): void {
  const { TransformInput: input, TransformResources: resources } = request;
  const source = input?.DataSource?.S3DataSource;
  RequestLimits.check((limits) => {
    limits.range('maxPayloadInMB', request.MaxPayloadInMB, 0, MAX_PAYLOAD_MB);
    limits.oneOf('transformInput.dataSource.s3DataSource.s3DataType', source?.S3DataType, DATA_TYPES);
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
