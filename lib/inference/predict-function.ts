import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { modelFacts, type PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { GOLDEN_FILE, layout } from '../contract/layout';
import { NodeFunction } from '../functions/node-function';
import { grantQueue } from './queue';
import { BY_RUN, type DataStore } from '../storage/data-store';
import { endpointArn } from '../workflow/endpoint-tasks';
import type { PrivateNetwork } from '../network/private-network';

export interface PredictFunctionProps {
  readonly config: PipelineConfig;
  readonly endpointName: string;
  readonly store: DataStore;
  readonly network: PrivateNetwork | undefined;
}

/** Below API Gateway's 29 s, above the 25 s that the function allows the model. */
const TIMEOUT = Duration.seconds(28);

/** The function behind the API; it may invoke only this endpoint. */
export class PredictFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { config, endpointName, store, network }: PredictFunctionProps) {
    const { serving, workingHours } = config.endpoint;
    const { kind } = serving;
    const asynchronous = kind === 'asynchronous';
    super(scope, id, {
      name: 'inference',
      model: modelFacts(config),
      description: 'POST /predict: invokes the endpoint; GET /schema: returns the input schema',
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: {
        [LambdaVariable.EndpointName]: endpointName,
        [LambdaVariable.ServingKind]: kind,
        ...(workingHours ? { [LambdaVariable.WorkingHours]: JSON.stringify(workingHours) } : {}),
        [LambdaVariable.ArtifactsBucket]: store.artifacts.bucketName,
      },
      logRetention: config.logRetentionDays,
      network,
      calls: ['s3', 'sagemakerRuntime'],
    });
    this.addToRolePolicy(
      new PolicyStatement({
        actions: [asynchronous ? 'sagemaker:InvokeEndpointAsync' : 'sagemaker:InvokeEndpoint'],
        resources: [endpointArn(this, { endpointName })],
      }),
    );
    const bucket = store.artifacts;
    store.grantRead(this.role, { bucket, key: layout.champion });
    // Of a table the encoding describes the inputs, of other models a golden request.
    const described =
      config.data.check === 'table' ? layout.encoding('*') : `${layout.evaluation('*')}${GOLDEN_FILE}`;
    store.grantRead(this.role, { bucket, key: described, because: BY_RUN });
    if (asynchronous) grantQueue(store, this.role);
    // With the list permission, S3 distinguishes a missing object from a forbidden one.
    else store.grantList(this.role, bucket);
  }
}
