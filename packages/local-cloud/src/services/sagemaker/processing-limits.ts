import {
  ProcessingInstanceType,
  ProcessingS3DataType,
  ProcessingS3InputMode,
  ProcessingS3UploadMode,
  type CreateProcessingJobRequest,
} from '@aws-sdk/client-sagemaker';
import { checkVolumeKey } from './instance-limits';
import { RequestLimits } from './request-limits';

/** Nine days. */
const MAX_RUN_SECONDS = 777_600;
const VARIABLE_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Numbers from the API reference of CreateProcessingJob and of the types in its request. */
export function checkProcessingLimits(request: CreateProcessingJobRequest): void {
  const cluster = request.ProcessingResources?.ClusterConfig;
  RequestLimits.check((limits) => {
    checkProgram(limits, request);
    checkFiles(limits, request);
    const at = 'processingResources.clusterConfig';
    limits.oneOf(`${at}.instanceType`, cluster?.InstanceType, ProcessingInstanceType);
    limits.range(`${at}.instanceCount`, cluster?.InstanceCount, 1, 100);
    limits.range(`${at}.volumeSizeInGB`, cluster?.VolumeSizeInGB, 1, 16_384);
    limits.range(
      'stoppingCondition.maxRuntimeInSeconds',
      request.StoppingCondition?.MaxRuntimeInSeconds,
      1,
      MAX_RUN_SECONDS,
    );
    limits.tags(request.Tags);
  });
  checkVolumeKey(
    'VolumeKmsKeyId',
    cluster?.VolumeKmsKeyId,
    cluster?.InstanceType ? [cluster.InstanceType] : [],
  );
}

function checkProgram(
  limits: RequestLimits,
  { AppSpecification, Environment }: CreateProcessingJobRequest,
): void {
  limits.length('appSpecification.imageUri', AppSpecification?.ImageUri, 0, 255);
  const words = {
    containerArguments: AppSpecification?.ContainerArguments,
    containerEntrypoint: AppSpecification?.ContainerEntrypoint,
  };
  for (const [name, list] of Object.entries(words)) {
    const field = `appSpecification.${name}`;
    limits.length(field, list, 1, 100);
    limits.members(field, list, (word, at) => limits.length(at, word, 0, 256));
  }
  limits.map('environment', Environment, { entries: 100, key: 256, value: 256, keyPattern: VARIABLE_NAME });
}

function checkFiles(limits: RequestLimits, request: CreateProcessingJobRequest): void {
  limits.length('processingInputs', request.ProcessingInputs, 0, 10);
  limits.members('processingInputs', request.ProcessingInputs, ({ S3Input }, at) => {
    limits.length(`${at}.s3Input.s3Uri`, S3Input?.S3Uri, 0, 1_024);
    limits.length(`${at}.s3Input.localPath`, S3Input?.LocalPath, 0, 256);
    limits.oneOf(`${at}.s3Input.s3DataType`, S3Input?.S3DataType, ProcessingS3DataType);
    limits.oneOf(`${at}.s3Input.s3InputMode`, S3Input?.S3InputMode, ProcessingS3InputMode);
  });
  const outputs = 'processingOutputConfig.outputs';
  limits.length(outputs, request.ProcessingOutputConfig?.Outputs, 0, 10);
  limits.members(outputs, request.ProcessingOutputConfig?.Outputs, ({ S3Output }, at) => {
    limits.length(`${at}.s3Output.s3Uri`, S3Output?.S3Uri, 0, 1_024);
    limits.length(`${at}.s3Output.localPath`, S3Output?.LocalPath, 0, 256);
    limits.oneOf(`${at}.s3Output.s3UploadMode`, S3Output?.S3UploadMode, ProcessingS3UploadMode);
  });
}
