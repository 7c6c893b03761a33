import type {
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
  DescribeModelOutput,
  DescribeModelPackageGroupOutput,
  DescribeModelPackageOutput,
  DescribeProcessingJobResponse,
  DescribeTrainingJobResponse,
  DescribeTransformJobResponse,
  Tag,
} from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import type { Store } from '../../core/store';
import type { ProcessImages } from '../../images/process-image';
import type { Interpreters } from '../../jobs/container-process';
import type { Quotas } from '../servicequotas/quotas';

/** What the registry keeps. Packages are versions of their group. */
export interface RegistryState {
  /** By name. */
  modelPackageGroups: Record<string, PackageGroup>;
  /** By ARN. */
  modelPackages: Record<string, DescribeModelPackageOutput>;
}

export interface PackageGroup extends DescribeModelPackageGroupOutput {
  /** The newest version ever: a number is not used twice. */
  lastVersion: number;
}

/** What SageMaker remembers: each resource in the shape that its Describe answers, by name. */
export interface SageMakerState extends RegistryState {
  trainingJobs: Record<string, DescribeTrainingJobResponse>;
  processingJobs: Record<string, DescribeProcessingJobResponse>;
  transformJobs: Record<string, DescribeTransformJobResponse>;
  models: Record<string, DescribeModelOutput>;
  endpointConfigs: Record<string, DescribeEndpointConfigOutput>;
  endpoints: Record<string, DescribeEndpointOutput>;
  /** By ARN. */
  tags: Record<string, Tag[]>;
}

/** How long serving containers may take, milliseconds. */
export interface ServingTimeouts {
  /** Until the first good ping. SageMaker waits 8 minutes, for containers that have to be pulled first. */
  startup: number;
  /** For an answer to a request. */
  invocation: number;
}

/** What the parts of the service share. */
export interface SageMakerContext {
  cloud: Cloud;
  images: ProcessImages;
  interpreters: Interpreters;
  timeouts: ServingTimeouts;
  quotas: Quotas;
  store: Store<SageMakerState>;
  state: SageMakerState;
}

export function initialState(): SageMakerState {
  return {
    trainingJobs: {},
    processingJobs: {},
    transformJobs: {},
    models: {},
    modelPackageGroups: {},
    modelPackages: {},
    endpointConfigs: {},
    endpoints: {},
    tags: {},
  };
}
