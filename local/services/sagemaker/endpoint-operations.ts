import type { DescribeEndpointOutput, EndpointStatus } from '@aws-sdk/client-sagemaker';
import { notSupported } from '../../core/errors';
import type { Operations } from '../../core/service';
import { answer } from '../answer';
import { startHost, type EndpointHosts } from './endpoint-hosts';
import { checkDeploymentLimits, checkName, validation } from './limits';
import { authorizeVolumeKey } from './role-access';
import type { SageMakerContext } from './state';

type Endpoint = DescribeEndpointOutput;

export interface EndpointOperations {
  operations: Operations<'sagemaker'>;
  /** Starts what served when the cloud was closed. */
  resume(): Promise<void>;
  /** Gives up what is being started; the next start takes it up again. */
  stop(): Promise<void>;
}

/** Endpoints: a change starts the new processes beside the old ones, and switches when all answer. */
export function endpointOperations(context: SageMakerContext, hosts: EndpointHosts): EndpointOperations {
  const { cloud, state, store } = context;
  const arn = (name: string) => cloud.arn('sagemaker', `endpoint/${name.toLowerCase()}`);
  const closing = new AbortController();
  const changing = new Set<Promise<void>>();

  function find(name: string): Endpoint {
    const endpoint = state.endpoints[name];
    if (!endpoint) throw validation(`Could not find endpoint "${arn(name)}".`);
    return endpoint;
  }

  function config(name: string) {
    const found = state.endpointConfigs[name];
    if (found) return found;
    const configArn = cloud.arn('sagemaker', `endpoint-config/${name.toLowerCase()}`);
    throw validation(`Could not find endpoint configuration "${configArn}".`);
  }

  function change(endpoint: Endpoint, changes: Partial<Endpoint>): void {
    Object.assign(endpoint, changes, { LastModifiedTime: new Date(cloud.clock.now()) });
    store.changed();
    cloud.events.publish({
      source: 'aws.sagemaker',
      detailType: 'SageMaker Endpoint State Change',
      detail: {
        EndpointName: endpoint.EndpointName,
        EndpointArn: endpoint.EndpointArn,
        EndpointConfigName: endpoint.EndpointConfigName,
        EndpointStatus: endpoint.EndpointStatus,
      },
      resources: [endpoint.EndpointArn!],
    });
  }

  /** The processes of `configName`; on failure the endpoint stays what it was, or is Failed if it is new. */
  async function serve(endpoint: Endpoint, configName: string, otherwise: EndpointStatus): Promise<void> {
    const work = switchTo(endpoint, configName, otherwise);
    changing.add(work);
    await work;
    changing.delete(work);
  }

  async function switchTo(endpoint: Endpoint, configName: string, otherwise: EndpointStatus): Promise<void> {
    try {
      const host = await startHost(context, endpoint.EndpointName!, config(configName), closing.signal);
      change(endpoint, {
        EndpointStatus: 'InService',
        EndpointConfigName: configName,
        FailureReason: undefined,
        ProductionVariants: host.variants.map(({ name, weight, processes }) => ({
          VariantName: name,
          CurrentWeight: weight,
          DesiredWeight: weight,
          CurrentInstanceCount: processes.length,
          DesiredInstanceCount: processes.length,
        })),
      });
      await hosts.replace(host);
    } catch (error) {
      if (closing.signal.aborted) return;
      change(endpoint, { EndpointStatus: otherwise, FailureReason: (error as Error).message });
    }
  }

  return {
    operations: {
      async CreateEndpoint({ EndpointName, EndpointConfigName, Tags }, call) {
        checkName('endpointName', EndpointName!);
        if (state.endpoints[EndpointName!]) {
          throw validation(`Cannot create already existing endpoint "${arn(EndpointName!)}".`);
        }
        authorizeVolumeKey(cloud, call, config(EndpointConfigName!).KmsKeyId);
        const now = new Date(cloud.clock.now());
        const endpoint: Endpoint = {
          EndpointName,
          EndpointArn: arn(EndpointName!),
          EndpointConfigName,
          EndpointStatus: 'Creating',
          CreationTime: now,
          LastModifiedTime: now,
        };
        state.endpoints[EndpointName!] = endpoint;
        if (Tags) state.tags[endpoint.EndpointArn!] = Tags;
        change(endpoint, {});
        void serve(endpoint, EndpointConfigName!, 'Failed');
        return { EndpointArn: endpoint.EndpointArn! };
      },

      async UpdateEndpoint(
        { EndpointName, EndpointConfigName, DeploymentConfig, RetainAllVariantProperties },
        call,
      ) {
        const endpoint = find(EndpointName!);
        if (endpoint.EndpointStatus === 'Failed') {
          throw validation(
            `Cannot update endpoint "${endpoint.EndpointArn}" in status Failed; it can only be deleted.`,
          );
        }
        if (endpoint.EndpointStatus !== 'InService') {
          throw validation(`Cannot update in-progress endpoint "${endpoint.EndpointArn}".`);
        }
        if (DeploymentConfig) checkDeploymentLimits(DeploymentConfig);
        if (DeploymentConfig) throw notSupported('DeploymentConfig', 'Update all at once.');
        if (RetainAllVariantProperties) {
          throw notSupported('RetainAllVariantProperties', 'Say weights and counts in the configuration.');
        }
        authorizeVolumeKey(cloud, call, config(EndpointConfigName!).KmsKeyId);
        change(endpoint, { EndpointStatus: 'Updating', FailureReason: undefined });
        void serve(endpoint, EndpointConfigName!, 'InService');
        return { EndpointArn: endpoint.EndpointArn! };
      },

      async UpdateEndpointWeightsAndCapacities({ EndpointName, DesiredWeightsAndCapacities = [] }) {
        const endpoint = find(EndpointName!);
        const host = hosts.get(EndpointName!);
        if (endpoint.EndpointStatus !== 'InService' || !host) {
          throw validation(`Cannot update in-progress endpoint "${endpoint.EndpointArn}".`);
        }
        for (const { VariantName, DesiredWeight, DesiredInstanceCount } of DesiredWeightsAndCapacities) {
          const variant = host.variants.find(({ name }) => name === VariantName);
          if (!variant)
            throw validation(`Could not find variant "${VariantName}" of "${endpoint.EndpointArn}".`);
          if (DesiredInstanceCount !== undefined)
            throw notSupported('DesiredInstanceCount', 'Change the weight.');
          variant.weight = DesiredWeight ?? variant.weight;
          const summary = endpoint.ProductionVariants!.find(
            (candidate) => candidate.VariantName === VariantName,
          )!;
          Object.assign(summary, { CurrentWeight: variant.weight, DesiredWeight: variant.weight });
        }
        change(endpoint, {});
        return { EndpointArn: endpoint.EndpointArn! };
      },

      async DescribeEndpoint({ EndpointName }) {
        return answer(find(EndpointName!));
      },

      async DeleteEndpoint({ EndpointName }) {
        const endpoint = find(EndpointName!);
        if (['Creating', 'Updating'].includes(endpoint.EndpointStatus!)) {
          throw validation(`Cannot delete in-progress endpoint "${endpoint.EndpointArn}".`);
        }
        change(endpoint, { EndpointStatus: 'Deleting' });
        await hosts.remove(EndpointName!);
        delete state.endpoints[EndpointName!];
        store.changed();
        return {};
      },

      async ListEndpoints() {
        const Endpoints = Object.values(state.endpoints).map(
          ({ EndpointName, EndpointArn, EndpointStatus, CreationTime, LastModifiedTime }) =>
            answer({ EndpointName, EndpointArn, EndpointStatus, CreationTime, LastModifiedTime }),
        );
        return { Endpoints };
      },
    },
    async stop() {
      closing.abort(new Error('The local cloud was closed.'));
      await Promise.all(changing);
    },
    async resume() {
      await Promise.all(
        Object.values(state.endpoints).map(async (endpoint) => {
          if (endpoint.EndpointStatus === 'Failed') return;
          await serve(endpoint, endpoint.EndpointConfigName!, 'Failed');
        }),
      );
    },
  };
}
