import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { Attachments } from '../platform/attachments';
import { ApiAlarms } from '../serving/alarms';
import { endpointTarget } from '../serving/endpoint';
import { PredictFunction } from '../serving/predict-function';
import { PredictionApi } from '../serving/prediction-api';
import type { StorageStack } from './storage-stack';

export interface InferenceStackProps extends StackProps {
  readonly config: PipelineConfig;
  readonly storage: StorageStack;
  /** The Pipeline stack's view of the network. */
  readonly network: Attachments | undefined;
}

/** The HTTPS API of the endpoint, which it references by name; for an asynchronous endpoint it stores requests. */
export class InferenceStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { config, storage, network: shared, ...props }: InferenceStackProps,
  ) {
    super(scope, id, props);
    const network = shared && new Attachments(this, 'Network', shared);
    const { store, team } = storage;
    const { endpointName } = endpointTarget(config);
    const { api, apiKey } = new PredictionApi(this, 'Prediction', {
      config,
      predict: new PredictFunction(this, 'Predict', { config, network, endpointName, store }),
    });
    new ApiAlarms(this, 'Alarms', { config, team });
    new CfnOutput(this, 'PredictUrl', { value: api.urlForPath('/predict') });
    new CfnOutput(this, 'ApiKeyId', { value: apiKey.keyId });
  }
}
