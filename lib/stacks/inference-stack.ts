import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { PredictFunction } from '../serving/predict-function';
import { PredictionApi } from '../serving/prediction-api';
import type { PrivateNetwork } from '../platform/private-network';
import { ApiAlarms } from '../serving/alarms';
import { EnvironmentMetrics } from '../serving/metrics';
import { endpointTarget } from '../run/deploy/endpoint-tasks';
import type { StorageStack } from './storage-stack';

export interface InferenceStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly storage: StorageStack;
  readonly network: PrivateNetwork | undefined;
}

/** The HTTPS API of the endpoint, which it references by name; for an asynchronous endpoint it stores requests. */
export class InferenceStack extends Stack {
  constructor(scope: Construct, id: string, { config, storage, network, ...props }: InferenceStackProps) {
    super(scope, id, props);
    const { endpointName } = endpointTarget(config);
    const { api, apiKey } = new PredictionApi(this, 'Prediction', {
      config,
      predict: new PredictFunction(this, 'Predict', { config, endpointName, store: storage.store, network }),
    });
    new ApiAlarms(this, 'Alarms', {
      config,
      team: storage.team,
      metrics: new EnvironmentMetrics(config, endpointName),
    });
    new CfnOutput(this, 'PredictUrl', { value: api.urlForPath('/predict') });
    new CfnOutput(this, 'ApiKeyId', { value: apiKey.keyId });
  }
}
