import type { SageMaker } from '@aws-sdk/client-sagemaker';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { engineOf, startEngine } from '../../engines';
import { NetworkInterfaces } from '../ec2/interfaces';
import { Quotas } from '../servicequotas/quotas';
import { endpointOperations } from './endpoint-operations';
import { EndpointHosts } from './endpoint-hosts';
import { interfaces } from './interfaces';
import { modelOperations } from './model-operations';
import { modelPackageOperations } from './model-package-operations';
import { permissions } from './permissions';
import { processingOperations } from './processing-operations';
import { initialState, type SageMakerContext, type SageMakerState, type ServingTimeouts } from './state';
import { tagOperations } from './tag-operations';
import { trainingOperations } from './training-operations';
import { transformOperations } from './transform-operations';
import { modelTypes } from './resources';

export interface SageMakerSettings {
  timeouts?: ServingTimeouts;
}

const TIMEOUTS: ServingTimeouts = { startup: 60_000, invocation: 60_000 };

/** SageMaker: jobs and endpoints as containers of the cloud's engine, in SageMaker's directory layout. */
function create(cloud: Cloud): Service<'sagemaker'> {
  const { timeouts = TIMEOUTS } = cloud.settings.sagemaker ?? {};
  const engine = engineOf(cloud);
  const hosts = cloud.part(EndpointHosts);
  const store = cloud.stores.store<SageMakerState>('sagemaker', initialState);
  // State that an older version wrote may lack newer members.
  Object.assign(store.data, { ...initialState(), ...store.data });
  const context: SageMakerContext = {
    cloud,
    engine,
    timeouts,
    quotas: cloud.part(Quotas),
    store,
    state: store.data,
  };
  const jobs = join(cloud.stateDirectory, 'jobs');
  const training = trainingOperations(context, jobs);
  const processing = processingOperations(context, jobs);
  const transform = transformOperations(context, jobs);
  const endpoints = endpointOperations(context, hosts);
  cloud.part(NetworkInterfaces).register(() => interfaces(context.state, hosts));
  return {
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
      await startEngine(cloud);
      // Working folders of a cloud that was killed.
      for (const name of ['jobs', 'endpoints'])
        rmSync(join(cloud.stateDirectory, name), { recursive: true, force: true });
      training.abandon();
      processing.abandon();
      transform.abandon();
      await endpoints.resume();
    },
    async stop() {
      await Promise.all([training.stop(), processing.stop(), transform.stop(), endpoints.stop()]);
      await hosts.close();
      await engine.stop();
    },
  };
}

export const sagemaker: ServiceDefinition<'sagemaker'> = {
  id: 'sagemaker',
  facts: {
    package: '@aws-sdk/client-sagemaker',
    signingName: 'sagemaker',
    iamPrefix: 'sagemaker',
    protocol: 'awsJson1_1',
    target: 'SageMaker',
    invalidInput: 'ValidationException',
  },
  resourceTypes: modelTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    sagemaker: SageMaker;
  }
}

declare module '../../core/service' {
  interface Settings {
    sagemaker?: SageMakerSettings;
  }
}
