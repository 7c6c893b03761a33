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
import type { Engine } from '../../containers/engine';
import type { Quotas } from '../servicequotas/quotas';

/** The state of the registry. Packages are versions of their group. */
export interface RegistryState {
  /** By name. */
  modelPackageGroups: Record<string, PackageGroup>;
  /** By ARN. */
  modelPackages: Record<string, DescribeModelPackageOutput>;
}

export interface PackageGroup extends DescribeModelPackageGroupOutput {
  /** The newest version that ever existed: a number is not reused. */
  lastVersion: number;
}

/** SageMaker's stored resources, each in the shape that its Describe operation returns, by name. */
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

/** Timeouts of serving containers, in milliseconds. */
export interface ServingTimeouts {
  /** Until the first successful ping. SageMaker waits 8 minutes, including the pull of the image. */
  startup: number;
  /** For a response to a request. */
  invocation: number;
}

/** The context that the parts of the service share. */
export interface SageMakerContext {
  cloud: Cloud;
  engine: Engine;
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
