import type { VpcConfig } from '@aws-sdk/client-sagemaker';
import type { InterfacesOf } from '../ec2/interfaces';
import type { EndpointHosts } from './endpoint-hosts';
import { everyVariant } from './endpoint-fleet';
import type { SageMakerState } from './state';

const RUNNING = ['InProgress', 'Stopping'];

/**
 * Returns the network interfaces of running jobs and of endpoints' instances. They have the subnets and groups of the
 * job, or of the model as it was when the instances started.
 */
export function interfaces(state: SageMakerState, hosts: EndpointHosts): InterfacesOf[] {
  const of = (user: string, config: VpcConfig | undefined): InterfacesOf[] =>
    config ? [{ user, subnets: config.Subnets ?? [], securityGroups: config.SecurityGroupIds ?? [] }] : [];
  const isRunning = (status: string | undefined) => RUNNING.includes(status!);
  return [
    ...Object.values(state.trainingJobs).flatMap(({ TrainingJobStatus, TrainingJobArn, VpcConfig }) =>
      isRunning(TrainingJobStatus) ? of(TrainingJobArn!, VpcConfig) : [],
    ),
    ...Object.values(state.processingJobs).flatMap(
      ({ ProcessingJobStatus, ProcessingJobArn, NetworkConfig }) =>
        isRunning(ProcessingJobStatus) ? of(ProcessingJobArn!, NetworkConfig?.VpcConfig) : [],
    ),
    ...Object.values(state.transformJobs).flatMap(({ TransformJobStatus, TransformJobArn, ModelName }) =>
      isRunning(TransformJobStatus) ? of(TransformJobArn!, state.models[ModelName!]?.VpcConfig) : [],
    ),
    ...hosts.all().flatMap(({ endpointName, fleets }) => {
      const user = state.endpoints[endpointName]?.EndpointArn ?? endpointName;
      return fleets
        .flatMap(everyVariant)
        .flatMap(({ instanceCount, vpcConfig }) => (instanceCount > 0 ? of(user, vpcConfig) : []));
    }),
  ];
}
