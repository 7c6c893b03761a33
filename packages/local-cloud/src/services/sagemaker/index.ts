import { join } from 'node:path';
import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';
import type { ProcessImages } from '../../images/process-image';
import type { Interpreters } from '../../jobs/container-process';
import type { Quotas } from '../servicequotas/quotas';
import { endpointOperations } from './endpoint-operations';
import { EndpointHosts } from './endpoint-hosts';
import { modelOperations } from './model-operations';
import { modelPackageOperations } from './model-package-operations';
import { permissions } from './permissions';
import { processingOperations } from './processing-operations';
import { initialState, type SageMakerContext, type SageMakerState, type ServingTimeouts } from './state';
import { tagOperations } from './tag-operations';
import { trainingOperations } from './training-operations';
import { transformOperations } from './transform-operations';
import { Interruptions } from './interruptions';

export interface SageMakerOptions {
  images: ProcessImages;
  interpreters: Interpreters;
  /** Where endpoints' serving processes live; SageMaker Runtime asks them. */
  hosts: EndpointHosts;
  /** Spot interruptions that somebody asked for. */
  interruptions: Interruptions;
  timeouts?: ServingTimeouts;
  /** How many instances may run; without limits, if not given. */
  quotas?: Quotas;
}

const TIMEOUTS: ServingTimeouts = { startup: 60_000, invocation: 60_000 };

/** SageMaker: jobs and endpoints as processes of this machine, in SageMaker's directory layout. */
export function sagemaker(options: SageMakerOptions): (cloud: Cloud) => Service<'sagemaker'> {
  return (cloud) => {
    const store = cloud.stores.store<SageMakerState>('sagemaker', initialState);
    // A state that was written before may lack what SageMaker has learnt since.
    Object.assign(store.data, { ...initialState(), ...store.data });
    const context: SageMakerContext = {
      cloud,
      images: options.images,
      interpreters: options.interpreters,
      timeouts: options.timeouts ?? TIMEOUTS,
      ...(options.quotas && { quotas: options.quotas }),
      store,
      state: store.data,
    };
    const jobs = join(cloud.stateDirectory, 'jobs');
    const training = trainingOperations(context, jobs, options.interruptions);
    const processing = processingOperations(context, jobs);
    const transform = transformOperations(context, jobs);
    const endpoints = endpointOperations(context, options.hosts);
    return {
      id: 'sagemaker',
      permissions: permissions(cloud),
      operations: {
        ...training.operations,
        ...processing.operations,
        ...transform.operations,
        ...modelOperations(context),
        ...modelPackageOperations(context),
        ...endpoints.operations,
        ...tagOperations(context),
      },
      async start() {
        training.abandon();
        processing.abandon();
        transform.abandon();
        await endpoints.resume();
      },
      async stop() {
        await Promise.all([training.stop(), processing.stop(), transform.stop(), endpoints.stop()]);
        await options.hosts.close();
      },
    };
  };
}
