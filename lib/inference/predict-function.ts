import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { NodeFunction } from '../functions/node-function';

export interface PredictFunctionProps {
  readonly config: PipelineConfig;
  readonly endpointName: string;
}

/** Below API Gateway's 29 s, above the 25 s that the function gives the model. */
const TIMEOUT = Duration.seconds(28);

/** The function behind `POST /predict`; it may invoke this one endpoint. */
export class PredictFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { config, endpointName }: PredictFunctionProps) {
    super(scope, id, {
      name: 'inference',
      description: 'POST /predict: asks the endpoint',
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: { [LambdaVariable.EndpointName]: endpointName },
      logRetention: config.logRetentionDays,
    });
    this.addToRolePolicy(
      new PolicyStatement({
        actions: ['sagemaker:InvokeEndpoint'],
        resources: [
          Stack.of(this).formatArn({
            service: 'sagemaker',
            resource: 'endpoint',
            resourceName: endpointName,
          }),
        ],
      }),
    );
  }
}
