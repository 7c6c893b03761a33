import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LambdaVariable } from '../contract/environment';
import { GOLDEN_FILE, layout } from '../contract/layout';
import { hasSchema } from '../config';
import type { DataStore } from '../platform/data-store';
import { NodeFunction, type FunctionContext } from '../platform/node-function';
import { grantInvoke } from './endpoint';
import { grantQueue } from './queue';

export interface PredictFunctionProps extends FunctionContext {
  readonly endpointName: string;
  readonly store: DataStore;
}

/** Below API Gateway's 29 s, above the 25 s that the function allows the model. */
const TIMEOUT = Duration.seconds(28);

/** The function behind the API; it may invoke only this endpoint. */
export class PredictFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { config, network, endpointName, store }: PredictFunctionProps) {
    const { serving, workingHours } = config.endpoint;
    super(scope, id, {
      context: { config, network },
      name: 'inference',
      readsModel: true,
      description: 'POST /predict: invokes the endpoint; GET /schema: returns the input schema',
      timeout: TIMEOUT,
      memorySize: 1024,
      environment: {
        [LambdaVariable.EndpointName]: endpointName,
        [LambdaVariable.ServingKind]: serving.kind,
        ...(workingHours ? { [LambdaVariable.WorkingHours]: JSON.stringify(workingHours) } : {}),
      },
    });
    grantInvoke(this, config, { endpointName });
    store.grantRead(this, { bucket: store.artifacts, key: layout.champion });
    // Of a table the encoding describes the inputs, of other models a golden request.
    const described = hasSchema(config) ? layout.encoding('*') : `${layout.evaluation('*')}${GOLDEN_FILE}`;
    store.grantRead(this, ...store.ofRuns(described));
    if (serving.kind === 'asynchronous') grantQueue(store, this);
    // With the list permission, S3 distinguishes a missing object from a forbidden one.
    else store.grantList(this, store.artifacts);
  }
}
