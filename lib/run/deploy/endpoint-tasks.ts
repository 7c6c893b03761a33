import { Duration } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type {
  CreateEndpointCommandInput,
  DeleteEndpointCommandInput,
  DeploymentConfig,
  DescribeEndpointCommandInput,
  UpdateEndpointCommandInput,
} from '@aws-sdk/client-sagemaker';
import type { Construct } from 'constructs';
import type { PipelineConfig } from '../../config';
import { CHANGING_STATUSES, NOT_FOUND } from '../../contract/endpoint';
import { runTags } from '../../contract/tags';
import type { Permission } from '../../platform/role';
import type { EndpointTarget } from '../../serving/endpoint';
import { jsonata } from '../../states/jsonata';
import { onSageMaker } from '../../states/permissions';
import { AdoptingTask } from '../../states/adopting-task';
import { FindingTask } from '../../states/finding-task';
import { CALL_TIMEOUT } from '../../states/service-task';

/** Returns an expression: the endpoint is being changed, and there is still time to wait for it. */
export function stillChanging({ maxPolls }: EndpointTarget): string {
  return `$endpoint.status in ${JSON.stringify(CHANGING_STATUSES)} and $polls < ${maxPolls}`;
}

/** Assigns `$endpoint` (`{status, config, variants, reason}`). A missing endpoint is an error: catch it. */
export function describeEndpoint(
  scope: Construct,
  id: string,
  stateName: string,
  { endpointName, prefix }: EndpointTarget,
): FindingTask<DescribeEndpointCommandInput> {
  return new FindingTask<DescribeEndpointCommandInput>(scope, id, {
    stateName,
    absent: `${NOT_FOUND} endpoint`,
    action: 'aws-sdk:sagemaker:describeEndpoint',
    arguments: { EndpointName: endpointName },
    timeout: CALL_TIMEOUT,
    permissions: [onSageMaker(scope, prefix, ['endpoint'], ['DescribeEndpoint'])],
    assign: {
      endpoint: {
        status: jsonata('$states.result.EndpointStatus'),
        // An optional member: of an endpoint without a configuration nothing of ours is in service.
        config: jsonata(
          "$exists($states.result.EndpointConfigName) ? $states.result.EndpointConfigName : 'none'",
        ),
        variants: jsonata('[$states.result.ProductionVariants.VariantName]'),
        reason: jsonata(
          "$exists($states.result.FailureReason) ? $states.result.FailureReason : 'no reason given'",
        ),
      },
    },
    outputs: {},
  });
}

/** Expression: the caught error says that the endpoint does not exist. SageMaker has no error name for it. */
export const ENDPOINT_ABSENT = `$contains($failure.Cause, '${NOT_FOUND} endpoint')`;

/**
 * Returns the JSONata of a clause such as "endpoint e is Failed on configuration c instead of InService on w after 3
 * looks: reason".
 *
 * @param wanted expression of the configuration
 */
export function endpointNotReady({ endpointName }: EndpointTarget, wanted: string): string {
  return `'Endpoint ${endpointName} is ' & $endpoint.status & ' on configuration ' & $endpoint.config & ' instead of InService on ' & ${wanted} & ' after ' & $string($polls) & ' looks: ' & $endpoint.reason`;
}

export interface EndpointUpdate {
  /** Expression for the configuration's name. */
  readonly config: string;
  /** Default: all traffic shifts as soon as the new fleet answers. */
  readonly deployment?: DeploymentConfig;
  readonly assign?: Record<string, unknown>;
  /** Permissions of the deployment in addition to the update itself. */
  readonly permissions?: readonly Permission[];
}

/**
 * Keeps the current number of instances, or a scaled-out endpoint would shrink under its load; all else is the new
 * one's.
 */
const KEEP_INSTANCES = {
  RetainAllVariantProperties: true,
  ExcludeRetainedVariantProperties: [
    { VariantPropertyType: 'DesiredWeight' as const },
    { VariantPropertyType: 'DataCaptureConfig' as const },
  ],
};

export function createEndpoint(
  scope: Construct,
  id: string,
  stateName: string,
  { endpointName, prefix }: EndpointTarget,
  {
    config,
    configName,
    assign,
  }: {
    readonly config: PipelineConfig;
    /** Expression for the configuration's name. */
    readonly configName: string;
    readonly assign?: Record<string, unknown>;
  },
): AdoptingTask<CreateEndpointCommandInput> {
  return new AdoptingTask<CreateEndpointCommandInput>(scope, id, {
    stateName,
    already: 'already existing endpoint',
    action: 'aws-sdk:sagemaker:createEndpoint',
    arguments: {
      EndpointName: endpointName,
      EndpointConfigName: jsonata(configName),
      Tags: runTags(config, jsonata('$plan.runId')),
    },
    timeout: CALL_TIMEOUT,
    permissions: [
      onSageMaker(scope, prefix, ['endpoint', 'endpoint-config'], ['CreateEndpoint']),
      onSageMaker(scope, prefix, ['endpoint'], ['AddTags']),
    ],
    assign,
    outputs: {},
  });
}

export function updateEndpoint(
  scope: Construct,
  id: string,
  stateName: string,
  { endpointName, prefix, scaled }: EndpointTarget,
  { config, deployment, assign, permissions = [] }: EndpointUpdate,
): AdoptingTask<UpdateEndpointCommandInput> {
  return new AdoptingTask<UpdateEndpointCommandInput>(scope, id, {
    stateName,
    // The endpoint was changeable a moment ago: who updates it is this run, which has the lock.
    already: 'Cannot update in-progress endpoint',
    action: 'aws-sdk:sagemaker:updateEndpoint',
    arguments: {
      EndpointName: endpointName,
      EndpointConfigName: jsonata(config),
      ...(deployment && { DeploymentConfig: deployment }),
      ...(scaled && KEEP_INSTANCES),
    },
    timeout: CALL_TIMEOUT,
    permissions: [
      onSageMaker(scope, prefix, ['endpoint', 'endpoint-config'], ['UpdateEndpoint']),
      ...permissions,
    ],
    assign,
    outputs: {},
  });
}

export function deleteEndpoint(
  scope: Construct,
  id: string,
  stateName: string,
  { endpointName, prefix }: EndpointTarget,
): AdoptingTask<DeleteEndpointCommandInput> {
  return new AdoptingTask<DeleteEndpointCommandInput>(scope, id, {
    stateName,
    already: `${NOT_FOUND} endpoint`,
    action: 'aws-sdk:sagemaker:deleteEndpoint',
    arguments: { EndpointName: endpointName },
    timeout: CALL_TIMEOUT,
    permissions: [onSageMaker(scope, prefix, ['endpoint'], ['DeleteEndpoint'])],
    outputs: {},
  });
}

/** Waits one poll and counts it in `$polls`. */
export function waitForEndpoint(
  scope: Construct,
  id: string,
  stateName: string,
  { pollSeconds }: EndpointTarget,
): sfn.Wait {
  return sfn.Wait.jsonata(scope, id, {
    stateName,
    time: sfn.WaitTime.duration(Duration.seconds(pollSeconds)),
    assign: { polls: jsonata('$polls + 1') },
  });
}
