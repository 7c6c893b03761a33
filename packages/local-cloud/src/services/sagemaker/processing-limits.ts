import type { CreateProcessingJobRequest } from '@aws-sdk/client-sagemaker';
import { checkVolumeKey } from './instance-limits';

/** The rule of CreateProcessingJob's API reference that its model does not have. */
export function checkProcessingLimits({ ProcessingResources }: CreateProcessingJobRequest): void {
  const { VolumeKmsKeyId, InstanceType } = ProcessingResources?.ClusterConfig ?? {};
  checkVolumeKey('VolumeKmsKeyId', VolumeKmsKeyId, InstanceType ? [InstanceType] : []);
}
