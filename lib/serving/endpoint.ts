import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import type { ServingConfig } from '../config/schema';
import { endpointNameOf } from '../contract/names';
import type { Grantee } from '../platform/role';

/** The endpoint, for the deployment and for undoing it. */
export interface EndpointTarget {
  readonly endpointName: string;
  /** Resource prefix of the environment, e.g. `mlops-dev`. */
  readonly prefix: string;
  readonly pollSeconds: number;
  /** True if the number of instances follows the load: an update then keeps it. */
  readonly scaled: boolean;
  /** Status checks before a change counts as stuck. */
  readonly maxPolls: number;
}

/** Returns the endpoint of an environment; its name is all that API and pipeline share. */
export function endpointTarget(config: PipelineConfig): EndpointTarget {
  const { pollSeconds, timeoutMinutes, serving } = config.endpoint;
  const prefix = resourcePrefix(config);
  return {
    endpointName: endpointNameOf(prefix),
    prefix,
    pollSeconds,
    scaled: isScaled(serving),
    maxPolls: Math.ceil((timeoutMinutes * 60) / pollSeconds),
  };
}

/** Returns true if instances follow the load. */
function isScaled(serving: ServingConfig): boolean {
  return 'scaling' in serving && serving.scaling !== null;
}

export function endpointArn(
  scope: Construct,
  { endpointName }: Pick<EndpointTarget, 'endpointName'>,
): string {
  return Stack.of(scope).formatArn({
    service: 'sagemaker',
    resource: 'endpoint',
    resourceName: endpointName,
  });
}

/** Grants invoking the endpoint; of an asynchronous one, requests and answers are in the store's queue. */
export function grantInvoke(
  grantee: Grantee & Construct,
  { endpoint }: PipelineConfig,
  target: Pick<EndpointTarget, 'endpointName'>,
): void {
  const asynchronous = endpoint.serving.kind === 'asynchronous';
  const action = asynchronous ? 'sagemaker:InvokeEndpointAsync' : 'sagemaker:InvokeEndpoint';
  grantee.allow([action], [endpointArn(grantee, target)]);
}
