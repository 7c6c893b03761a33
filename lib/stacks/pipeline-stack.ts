import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { hasTriggers, type PipelineConfig } from '../config';
import { Dashboard } from '../operations/dashboard';
import { Notifications } from '../operations/notifications';
import { RunAlarms } from '../operations/run-alarms';
import { Triggers } from '../operations/triggers';
import { Attachments } from '../platform/attachments';
import { DeadLetters } from '../platform/dead-letters';
import { ExistingNetwork } from '../platform/existing-network';
import type { NetworkPlace } from '../platform/network';
import { contentHashes, programImages } from '../platform/container-image';
import { TrainingPipeline } from '../run/pipeline';
import { storeHyperparameters } from '../run/prepare/hyperparameters';
import { EndpointAlarms } from '../serving/alarms';
import { endpointTarget } from '../serving/endpoint';
import { EndpointWatch } from '../serving/endpoint-watch';
import { ScaleFunction } from '../serving/scale-function';
import { WorkingHours } from '../serving/working-hours';
import type { NetworkStack } from './network-stack';
import type { StorageStack } from './storage-stack';

export interface PipelineStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly storage: StorageStack;
  /** Undefined: the configuration has no network, or one in which nothing is created that outlives this stack. */
  readonly networkStack: NetworkStack | undefined;
  /** Commit of the code, recorded in each run's manifest. */
  readonly gitCommit: string;
}

/** Trains and deploys models; the stack can be recreated at any time. */
export class PipelineStack extends Stack {
  /** Network of jobs, models and functions, if the configuration has one. */
  readonly network: Attachments | undefined;
  readonly stateMachine: StateMachine;

  constructor(
    scope: Construct,
    id: string,
    { config, storage, networkStack, gitCommit, ...props }: PipelineStackProps,
  ) {
    super(scope, id, props);
    const { store, team, registry, approvers } = storage;
    const place = networkStack?.place ?? this.givenNetwork(config);
    const network = place && new Attachments(this, 'Network', { place });
    const endpoint = endpointTarget(config);
    const common = { config, network, store, team, endpoint };
    const hyperparameters = storeHyperparameters(this, config);
    const images = programImages(this, config, storage.images);
    const scale = endpoint.scaled ? new ScaleFunction(this, 'Scale', common) : undefined;
    const pipeline = new TrainingPipeline(this, 'Run', {
      ...common,
      ...{ approvers, images, registry, scale, gitCommit },
      hyperparameterPath: hyperparameters.path,
    });
    const { stateMachine } = pipeline;
    this.network = network;
    this.stateMachine = stateMachine;

    const deadLetters = new DeadLetters(this, 'DeadLetters', common);
    new Notifications(this, 'Notifications', { ...common, stateMachine, deadLetters });
    if (hasTriggers(config)) {
      const triggers = new Triggers(this, 'Triggers', {
        ...{ config, network, team, stateMachine, deadLetters },
        data: store.data,
        hyperparameterPath: hyperparameters.path,
        images: contentHashes(images),
        deployedBefore: [...hyperparameters.parameters, pipeline],
      });
      new CfnOutput(this, 'ScheduleGroup', { value: triggers.scheduleGroup });
    }
    new RunAlarms(this, 'Alarms', common);
    new EndpointAlarms(this, 'EndpointAlarms', common);
    if (config.endpoint.serving.kind !== 'batch')
      new EndpointWatch(this, 'EndpointWatch', { ...common, stateMachine, deadLetters });
    new Dashboard(this, 'Dashboard', { config });

    new CfnOutput(this, 'StateMachineArn', { value: stateMachine.stateMachineArn });
    new CfnOutput(this, 'GitCommit', { value: gitCommit });
    new CfnOutput(this, 'HyperparameterPath', { value: hyperparameters.path });
    new CfnOutput(this, 'EndpointName', { value: endpoint.endpointName });
    if (scale) new CfnOutput(this, 'ScaleFunctionName', { value: scale.functionName });
    const { workingHours: hours } = config.endpoint;
    if (hours) {
      const { fn } = new WorkingHours(this, 'WorkingHours', {
        ...common,
        hours,
        stateMachine,
        scale,
        deadLetters,
      });
      new CfnOutput(this, 'WorkingHoursFunctionName', { value: fn.functionName });
      new CfnOutput(this, 'WorkingHoursOfEndpoint', { value: JSON.stringify(hours) });
    }
  }

  /** Returns a VPC in which its owner provides everything. */
  private givenNetwork({ network }: PipelineConfig): NetworkPlace | undefined {
    return network && 'vpcId' in network ? new ExistingNetwork(this, 'GivenNetwork', network) : undefined;
  }
}
