import type {
  DescribeEndpointConfigOutput,
  UpdateEndpointInput,
  VariantPropertyType,
} from '@aws-sdk/client-sagemaker';
import type { Operations } from '../../core/service';
import { admitEndpoint } from './quota-usage';
import { answer } from '../../core/answer';
import { RollbackAlarms } from './endpoint-alarms';
import { checkScaledVariants } from './endpoint-autoscaling';
import { checkConversion, checkDeployment } from './endpoint-deployment-checks';
import { fleetSizes } from './endpoint-fleet';
import type { EndpointHost, EndpointHosts } from './endpoint-hosts';
import { EndpointLife, type Update } from './endpoint-life';
import { EndpointRecords, type Endpoint } from './endpoint-records';
import { checkResizing } from './endpoint-scaling';
import { validation } from './limits';
import { authorizeVolumeKey, sessionOf } from './role-access';
import type { SageMakerContext } from './state';

export interface EndpointOperations {
  operations: Operations<'sagemaker'>;
  /** Starts the endpoints that served when the cloud was closed. */
  resume(): Promise<void>;
  /** Aborts unfinished changes; the next start resumes them. */
  stop(): Promise<void>;
}

const IN_PROGRESS = ['Creating', 'Updating', 'SystemUpdating', 'RollingBack', 'Deleting'];

/** Endpoint operations: check the request, then start the change in {@link EndpointLife}. */
export function endpointOperations(context: SageMakerContext, hosts: EndpointHosts): EndpointOperations {
  const { cloud, state } = context;
  const records = new EndpointRecords(context);
  const life = new EndpointLife(context, records, hosts);

  /** @throws ServiceError ValidationException if an endpoint cannot be changed now */
  function changeable(name: string): { endpoint: Endpoint; host: EndpointHost } {
    const endpoint = records.get(name);
    const { EndpointStatus: status, EndpointArn: arn } = endpoint;
    if (status === 'Failed' || status === 'UpdateRollbackFailed') {
      throw validation(`Cannot update endpoint "${arn}" in status ${status}; it can only be deleted.`);
    }
    const host = hosts.get(name);
    if (status !== 'InService' || !host) throw validation(`Cannot update in-progress endpoint "${arn}".`);
    // An endpoint whose configuration was deleted continues to serve, but cannot be changed.
    records.config(endpoint.EndpointConfigName!);
    return { endpoint, host };
  }

  function planUpdate(request: UpdateEndpointInput, endpoint: Endpoint, host: EndpointHost): Update {
    const { EndpointName: endpointName = '', DeploymentConfig, RetainDeploymentConfig } = request;
    const before = host.main.order;
    const config = records.config(request.EndpointConfigName!);
    checkConversion(before.config, config);
    const keeps = keptProperties(request);
    const summaries = [...(endpoint.ProductionVariants ?? []), ...(endpoint.ShadowProductionVariants ?? [])];
    const sizes = fleetSizes(config, {
      summaries,
      instances: keeps('DesiredInstanceCount'),
      weights: keeps('DesiredWeight'),
    });
    const keptCapture = keeps('DataCaptureConfig') ? (before.capture ?? null) : undefined;
    const retained = RetainDeploymentConfig ? endpoint.LastDeploymentConfig : undefined;
    const deployment = DeploymentConfig ?? retained;
    if (deployment) checkDeployment(deployment, before.config, config, sizes);
    const capture = keptCapture === undefined ? config.DataCaptureConfig : (keptCapture ?? undefined);
    return {
      order: { endpointName, config, sizes, capture },
      config: deployment ?? {},
      alarms: new RollbackAlarms(cloud, deployment ?? {}, () => ({
        principal: executionRole(config, endpoint),
      })),
      keptCapture,
    };
  }

  function executionRole({ ProductionVariants = [] }: DescribeEndpointConfigOutput, endpoint: Endpoint) {
    const model = state.models[ProductionVariants[0]!.ModelName!];
    if (!model) throw validation(`Could not find model "${ProductionVariants[0]!.ModelName}".`);
    return sessionOf(cloud, model.ExecutionRoleArn!, endpoint.EndpointArn!);
  }

  return {
    operations: {
      async CreateEndpoint({ EndpointName = '', EndpointConfigName, Tags, DeploymentConfig }, call) {
        if (records.has(EndpointName)) {
          throw validation(`Cannot create already existing endpoint "${records.arn(EndpointName)}".`);
        }
        const config = records.config(EndpointConfigName!);
        const sizes = fleetSizes(config);
        if (DeploymentConfig) checkDeployment(DeploymentConfig, config, config, sizes);
        authorizeVolumeKey(cloud, call, config.KmsKeyId);
        admitEndpoint(context, EndpointConfigName!);
        const now = new Date(cloud.clock.now());
        const endpoint: Endpoint = {
          EndpointName,
          EndpointArn: records.arn(EndpointName),
          EndpointConfigName,
          EndpointStatus: 'Creating',
          LastDeploymentConfig: DeploymentConfig,
          CreationTime: now,
          LastModifiedTime: now,
        };
        if (Tags) state.tags[endpoint.EndpointArn!] = Tags;
        records.add(endpoint);
        const order = { endpointName: EndpointName, config, sizes, capture: config.DataCaptureConfig };
        void life.create(endpoint, order);
        return { EndpointArn: endpoint.EndpointArn! };
      },

      async UpdateEndpoint(request, call) {
        const { endpoint, host } = changeable(request.EndpointName!);
        const update = planUpdate(request, endpoint, host);
        authorizeVolumeKey(cloud, call, update.order.config.KmsKeyId);
        await checkScaledVariants(cloud, request.EndpointName!, host.main.order.config, update.order.config);
        await update.alarms.check(call);
        // Another request may have begun a change during the awaits above.
        changeable(request.EndpointName!);
        records.change(endpoint, {
          EndpointStatus: 'Updating',
          FailureReason: undefined,
          ...(request.DeploymentConfig && { LastDeploymentConfig: request.DeploymentConfig }),
        });
        void life.update(endpoint, host, update);
        return { EndpointArn: endpoint.EndpointArn! };
      },

      async UpdateEndpointWeightsAndCapacities({ EndpointName = '', DesiredWeightsAndCapacities = [] }) {
        const { endpoint, host } = changeable(EndpointName);
        const fleet = host.main;
        const resizing = checkResizing(fleet, endpoint.EndpointArn!, DesiredWeightsAndCapacities);
        records.change(endpoint, { EndpointStatus: 'Updating', FailureReason: undefined });
        const done = life.resize(endpoint, fleet, resizing);
        // New weights need no new containers: they apply when the request is answered.
        if (!resizing.instances) await done;
        return { EndpointArn: endpoint.EndpointArn! };
      },

      async DescribeEndpoint({ EndpointName }) {
        return answer(records.get(EndpointName!));
      },

      async DeleteEndpoint({ EndpointName }) {
        const endpoint = records.get(EndpointName!);
        if (IN_PROGRESS.includes(endpoint.EndpointStatus!)) {
          throw validation(`Cannot delete in-progress endpoint "${endpoint.EndpointArn}".`);
        }
        records.change(endpoint, { EndpointStatus: 'Deleting' });
        await hosts.remove(EndpointName!);
        records.remove(EndpointName!);
        return {};
      },

      async ListEndpoints() {
        const Endpoints = records
          .all()
          .map(({ EndpointName, EndpointArn, EndpointStatus, CreationTime, LastModifiedTime }) =>
            answer({ EndpointName, EndpointArn, EndpointStatus, CreationTime, LastModifiedTime }),
          );
        return { Endpoints };
      },
    },
    resume: () => life.resume(),
    stop: () => life.stop(),
  };
}

/** @throws ServiceError ValidationException if properties are excluded although none are retained */
function keptProperties({
  RetainAllVariantProperties = false,
  ExcludeRetainedVariantProperties: excluded = [],
}: UpdateEndpointInput): (property: VariantPropertyType) => boolean {
  if (excluded.length > 0 && !RetainAllVariantProperties) {
    throw validation(
      'ExcludeRetainedVariantProperties can only be specified when RetainAllVariantProperties is true.',
    );
  }
  return (property) =>
    RetainAllVariantProperties && !excluded.some(({ VariantPropertyType: type }) => type === property);
}
