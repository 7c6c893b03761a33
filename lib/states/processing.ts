import type {
  NetworkConfig,
  ProcessingInput,
  ProcessingOutputConfig,
  ProcessingResources,
  ProcessingS3DataType,
} from '@aws-sdk/client-sagemaker';
import type { PipelineConfig } from '../config';
import { hasLocalDisks } from '../config/instance-types';
import type { DataStore } from '../platform/data-store';
import type { JobRole } from '../platform/job-role';
import type { Arguments, Expression } from './jsonata';

const BASE = '/opt/ml/processing';

/** Returns an input of a Processing job, below `/opt/ml/processing/input/<name>`. */
export function processingInput(
  name: string,
  uri: string,
  type: ProcessingS3DataType = 'S3Prefix',
): Arguments<ProcessingInput> {
  return {
    InputName: name,
    S3Input: {
      S3Uri: uri,
      S3DataType: type,
      S3InputMode: 'File',
      LocalPath: `${BASE}/input/${name}`,
    },
  };
}

/** Returns the output: everything below `/opt/ml/processing/output`, uploaded when the job has ended. */
export function processingOutput(store: DataStore, uri: Expression): Arguments<ProcessingOutputConfig> {
  return {
    KmsKeyId: store.key.keyArn,
    Outputs: [
      {
        OutputName: 'output',
        S3Output: { S3Uri: uri, LocalPath: `${BASE}/output`, S3UploadMode: 'EndOfJob' },
      },
    ],
  };
}

/** Isolates a job's programs from the network; SageMaker itself downloads and uploads for the job, under its role. */
export function isolated({ vpcConfig }: JobRole): NetworkConfig {
  return { EnableNetworkIsolation: true, ...(vpcConfig && { VpcConfig: vpcConfig }) };
}

/** Returns a cluster of one instance; its volume is encrypted unless its disks are local. */
export function processingCluster(
  { instanceType }: PipelineConfig['preprocessing'],
  volumeSizeGb: Expression,
  store: DataStore,
): Arguments<ProcessingResources> {
  return {
    ClusterConfig: {
      InstanceCount: 1,
      InstanceType: instanceType as Expression,
      VolumeSizeInGB: volumeSizeGb,
      ...volumeKey(instanceType, store),
    },
  };
}

export function volumeKey(instanceType: string, store: DataStore): { VolumeKmsKeyId?: string } {
  return hasLocalDisks(instanceType) ? {} : { VolumeKmsKeyId: store.key.keyArn };
}
