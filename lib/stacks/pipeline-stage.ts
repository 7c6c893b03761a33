import { Stage, Tags, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import type { DeliveryAccount } from '../operations/delivery-role';
import { Protection } from '../operations/termination-protection';
import { TrialRole } from '../operations/trial-role';
import { followRules } from '../platform/account-rules';
import { keepLogs } from '../platform/retention';
import { InferenceStack } from './inference-stack';
import { hasNetworkStack, NetworkStack, networkStackId } from './network-stack';
import { PipelineStack } from './pipeline-stack';
import { StorageStack } from './storage-stack';

export interface PipelineStageProps extends StageProps {
  readonly config: PipelineConfig;
  readonly gitCommit: string;
  /** The delivery that runs the pipeline here after a stack deployment. Default: none. */
  readonly trialBy?: DeliveryAccount;
  /** The delivery that sets termination protection, which CodePipeline does not. Default: none. */
  readonly protectedBy?: DeliveryAccount;
}

/** One pipeline: storage, training, API. The names of its stacks begin with the prefix of all its names. */
export class PipelineStage extends Stage {
  readonly storage: StorageStack;

  constructor(
    scope: Construct,
    id: string,
    { config, gitCommit, trialBy, protectedBy, ...props }: PipelineStageProps,
  ) {
    super(scope, id, {
      ...props,
      stageName: resourcePrefix(config),
      env: { account: config.account, region: config.region },
    });
    const storage = new StorageStack(this, 'Storage', {
      config,
      description: 'Training data, models, images and the team topic',
    });
    const { network, logRetentionDays } = config;
    const networkStack =
      network && hasNetworkStack(network)
        ? new NetworkStack(this, networkStackId(network), {
            ...{ network, logRetentionDays },
            description: 'Network of jobs, models and functions; outlives the stacks that use it',
          })
        : undefined;
    const pipeline = new PipelineStack(this, 'Pipeline', {
      ...{ config, storage, networkStack },
      gitCommit,
      description: 'Trains a model and deploys it if it passes the gate',
    });
    if (trialBy !== undefined) {
      const { store } = storage;
      const { stateMachine } = pipeline;
      new TrialRole(pipeline, 'Trial', { config, store, stateMachine, delivery: trialBy });
    }
    // Batch predictions have no API.
    if (config.endpoint.serving.kind !== 'batch') {
      const inference = new InferenceStack(this, 'Inference', {
        config,
        storage,
        network: pipeline.network,
        description: 'HTTPS API of the model in production',
      });
      // The API of an approval sets the account's role for the logs of APIs.
      if (config.approval) inference.addStackDependency(pipeline);
    }
    if (protectedBy !== undefined) new Protection(storage, 'Protection', { config, delivery: protectedBy });
    this.storage = storage;
    keepLogs(this, config.retainData);
    followRules(this, config);
    Tags.of(this).add('app', config.name);
    Tags.of(this).add('model', config.model);
    Tags.of(this).add('environment', config.environment);
  }
}
