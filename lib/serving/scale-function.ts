import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from '../platform/acknowledgements';
import { resourcePrefix, type PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { wakeUpAlarm, type ScalingSettings } from '../contract/scaling';
import type { NodeFunction } from '../platform/node-function';
import type { DataStore } from '../platform/data-store';
import { endpointArn, type EndpointTarget } from '../run/deploy/endpoint-tasks';
import { onSageMaker, sageMakerArn } from '../states/permissions';
import { scalableTargetsArn } from './scaling-end';
import { ONLY_VARIANT } from './variants';
import { workflowFunction } from '../workflow/workflow-functions';
import type { PrivateNetwork } from '../platform/private-network';

export interface ScaleFunctionProps {
  readonly config: PipelineConfig;
  readonly store: DataStore;
  readonly endpoint: EndpointTarget;
  readonly network: PrivateNetwork | undefined;
}

/** Service name of the role under which Application Auto Scaling changes endpoints. */
const SCALER = 'sagemaker.application-autoscaling.amazonaws.com';

/**
 * Creates the function that registers and deregisters the endpoint's variants. Application Auto Scaling requires that
 * its caller has the permissions on the endpoint and on the alarms that it creates ("Permissions validation for API
 * calls on target resources", User Guide).
 */
export function scaleFunction(
  scope: Construct,
  { config, store, endpoint, network }: ScaleFunctionProps,
): NodeFunction {
  const settings = scalingSettings(config);
  const wakes = settings.metric === 'backlog' && settings.minInstances === 0;
  const fn = workflowFunction(
    scope,
    'Scale',
    { config, store, network },
    {
      name: 'scale',
      calls: ['autoscaling', 'sagemaker', ...(wakes ? (['cloudwatch'] as const) : [])],
      description: 'Set up scaling: the number of instances follows the load',
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        [LambdaVariable.Scaling]: JSON.stringify(settings),
      },
    },
  );
  const stack = Stack.of(scope);
  const allow = (actions: string[], resource: string, because?: string) => {
    fn.addToRolePolicy(new PolicyStatement({ actions, resources: [resource] }));
    if (because) acknowledgeWildcard(fn.role, resource, because);
  };
  allow(
    [
      'application-autoscaling:RegisterScalableTarget',
      'application-autoscaling:DeregisterScalableTarget',
      'application-autoscaling:PutScalingPolicy',
    ],
    scalableTargetsArn(scope),
    'Application Auto Scaling generates the names of targets',
  );
  allow(
    ['sagemaker:DescribeEndpoint', 'sagemaker:UpdateEndpointWeightsAndCapacities'],
    endpointArn(scope, endpoint),
  );
  const prefix = resourcePrefix(config);
  fn.addToRolePolicy(onSageMaker(scope, prefix, ['endpoint-config'], ['DescribeEndpointConfig']));
  acknowledgeWildcard(
    fn.role,
    sageMakerArn(scope, prefix, 'endpoint-config'),
    'the name of a configuration is the prefix of the environment and the id of the run',
  );
  const alarmArn = (resourceName: string) =>
    stack.formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  allow(
    ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'],
    alarmArn(`TargetTracking-endpoint/${endpoint.endpointName}/*`),
    'Application Auto Scaling generates the names of the alarms of target tracking',
  );
  if (wakes) allow(['cloudwatch:PutMetricAlarm'], alarmArn(wakeUpAlarm(prefix, ONLY_VARIANT)));
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: ['iam:CreateServiceLinkedRole'],
      resources: [
        stack.formatArn({
          service: 'iam',
          region: '',
          resource: 'role',
          resourceName: `aws-service-role/${SCALER}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
        }),
      ],
      conditions: { StringEquals: { 'iam:AWSServiceName': SCALER } },
    }),
  );
  return fn;
}

function scalingSettings({ endpoint }: PipelineConfig): ScalingSettings {
  const { serving } = endpoint;
  if (serving.kind === 'realtime' && serving.scaling) {
    const { invocationsPerInstance, ...limits } = serving.scaling;
    return { ...limits, metric: 'invocations', target: invocationsPerInstance };
  }
  if (serving.kind === 'asynchronous' && serving.scaling) {
    const { backlogPerInstance, ...limits } = serving.scaling;
    return { ...limits, metric: 'backlog', target: backlogPerInstance };
  }
  throw new Error(`endpoint.serving of kind "${serving.kind}" has no scaling`);
}
