import type {
  DescribeEndpointConfigOutput,
  DescribeEndpointOutput,
  DescribeModelOutput,
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
import type { RegistryState } from './model-packages';

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
  /** Without them, as many instances as anybody likes. */
  quotas?: Quotas;
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
