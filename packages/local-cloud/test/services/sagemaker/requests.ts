import type {
  CreateProcessingJobCommandInput,
  CreateTrainingJobCommandInput,
} from '@aws-sdk/client-sagemaker';
import { ROLE } from '../../jobs/job-cloud';

type DataType = 'S3Prefix' | 'ManifestFile';

/** A Processing job that SageMaker accepts. */
export function processingJob(
  ProcessingJobName: string,
  ImageUri: string,
  change: Partial<CreateProcessingJobCommandInput> = {},
): CreateProcessingJobCommandInput {
  return {
    ProcessingJobName,
    RoleArn: ROLE,
    AppSpecification: { ImageUri, ContainerArguments: ['work'] },
    ProcessingResources: {
      ClusterConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 },
    },
    ...change,
  };
}

export const input = (InputName: string, S3Uri: string, S3DataType: DataType = 'S3Prefix') => ({
  InputName,
  S3Input: {
    S3Uri,
    S3DataType,
    S3InputMode: 'File' as const,
    LocalPath: `/opt/ml/processing/input/${InputName}`,
  },
});

/** A Training job that SageMaker accepts; one of its metrics is never printed. */
export function trainingJob(
  TrainingJobName: string,
  TrainingImage: string,
  change: Partial<CreateTrainingJobCommandInput> = {},
): CreateTrainingJobCommandInput {
  return {
    TrainingJobName,
    RoleArn: ROLE,
    AlgorithmSpecification: {
      TrainingImage,
      TrainingInputMode: 'File',
      MetricDefinitions: [
        { Name: 'loss', Regex: 'loss=([-+0-9.eE]+);' },
        { Name: 'never', Regex: 'never=(.*);' },
      ],
    },
    OutputDataConfig: { S3OutputPath: 's3://bucket/models' },
    ResourceConfig: { InstanceCount: 1, InstanceType: 'ml.m5.large', VolumeSizeInGB: 10 },
    StoppingCondition: { MaxRuntimeInSeconds: 60 },
    ...change,
  };
}

export const channel = (ChannelName: string, S3Uri: string, S3DataType: DataType = 'S3Prefix') => ({
  ChannelName,
  DataSource: { S3DataSource: { S3DataType, S3Uri } },
});

export const spot = {
  EnableManagedSpotTraining: true,
  StoppingCondition: { MaxRuntimeInSeconds: 60, MaxWaitTimeInSeconds: 120 },
};
