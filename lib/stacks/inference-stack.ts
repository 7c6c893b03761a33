import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { PredictFunction } from '../inference/predict-function';
import { PredictionApi } from '../inference/prediction-api';
import { endpointTarget } from '../workflow/endpoint-tasks';

export interface InferenceStackProps extends StackProps {
  readonly config: PipelineConfig;
}

/** The HTTPS front of the endpoint. It names the endpoint and refers to nothing else, so it deploys by itself. */
export class InferenceStack extends Stack {
  constructor(scope: Construct, id: string, { config, ...props }: InferenceStackProps) {
    super(scope, id, props);
    const { endpointName } = endpointTarget(config);
    const { api, apiKey } = new PredictionApi(this, 'Prediction', {
      config,
      predict: new PredictFunction(this, 'Predict', { config, endpointName }),
    });
    new CfnOutput(this, 'PredictUrl', { value: api.urlForPath('/predict') });
    new CfnOutput(this, 'ApiKeyId', { value: apiKey.keyId });
  }
}
