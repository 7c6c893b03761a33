import { Stage, Tags, type StageProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { InferenceStack } from './inference-stack';
import { PipelineStack } from './pipeline-stack';
import { StorageStack } from './storage-stack';

export interface PipelineStageProps extends StageProps {
  readonly config: PipelineConfig;
  readonly gitCommit: string;
}

/** One environment: what holds data, what trains and deploys, what serves. */
export class PipelineStage extends Stage {
  constructor(scope: Construct, id: string, { config, gitCommit, ...props }: PipelineStageProps) {
    super(scope, id, { ...props, env: { account: config.account, region: config.region } });
    const storage = new StorageStack(this, 'Storage', {
      config,
      description: 'Training data, models, images and the team topic',
    });
    const { network } = new PipelineStack(this, 'Pipeline', {
      config,
      storage,
      gitCommit,
      description: 'Trains a model and deploys it if it is good enough',
    });
    // Predictions in batches have no front.
    if (config.endpoint.serving.kind !== 'batch') {
      new InferenceStack(this, 'Inference', {
        config,
        storage,
        network,
        description: 'HTTPS front of the model in production',
      });
    }
    Tags.of(this).add('app', config.name);
    Tags.of(this).add('environment', config.environment);
  }
}
