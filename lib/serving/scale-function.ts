import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourcePrefix, type PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { wakeUpAlarm, type ScalingSettings } from '../contract/scaling';
import { alarmArn, namedAfterRun, sageMakerArn } from '../platform/arns';
import { NodeFunction, type FunctionContext } from '../platform/node-function';
import { endpointArn, type EndpointTarget } from './endpoint';
import { scalableTargetsArn } from './scaling-end';
import { ONLY_VARIANT } from './variants';

export interface ScaleFunctionProps extends FunctionContext {
  readonly endpoint: EndpointTarget;
}

/** Service name of the role under which Application Auto Scaling changes endpoints. */
const SCALER = 'sagemaker.application-autoscaling.amazonaws.com';

/** Target tracking: the service makes these calls in the name of the one who registers a target. */
const FORWARDED = { byService: true } as const;

/**
 * The function that registers and deregisters the endpoint's variants. Application Auto Scaling requires that its caller
 * has the permissions on the endpoint and on the alarms that it creates ("Permissions validation for API calls on target
 * resources", User Guide).
 */
export class ScaleFunction extends NodeFunction {
  constructor(scope: Construct, id: string, { config, network, endpoint }: ScaleFunctionProps) {
    const scaling = scalingSettings(config);
    const prefix = resourcePrefix(config);
    super(scope, id, {
      context: { config, network },
      name: 'scale',
      description: 'Set up scaling: the number of instances follows the load',
      environment: {
        [LambdaVariable.Prefix]: prefix,
        [LambdaVariable.EndpointName]: endpoint.endpointName,
      },
      settings: { scaling },
    });
    this.allow(
      [
        'application-autoscaling:RegisterScalableTarget',
        'application-autoscaling:DeregisterScalableTarget',
        'application-autoscaling:PutScalingPolicy',
      ],
      [scalableTargetsArn(this)],
      { because: 'Application Auto Scaling generates the names of targets' },
    );
    this.allow(['sagemaker:DescribeEndpoint'], [endpointArn(this, endpoint)]);
    this.allow(['sagemaker:DescribeEndpointConfig'], [sageMakerArn(this, prefix, 'endpoint-config')], {
      because: namedAfterRun(['endpoint-config']),
    });
    if (scaling.metric === 'backlog' && scaling.minInstances === 0) {
      this.allow(['cloudwatch:PutMetricAlarm'], [alarmArn(this, wakeUpAlarm(prefix, ONLY_VARIANT))]);
    }
    this.allow(['sagemaker:UpdateEndpointWeightsAndCapacities'], [endpointArn(this, endpoint)], FORWARDED);
    this.allow(
      ['cloudwatch:PutMetricAlarm', 'cloudwatch:DescribeAlarms', 'cloudwatch:DeleteAlarms'],
      [alarmArn(this, `TargetTracking-endpoint/${endpoint.endpointName}/*`)],
      {
        ...FORWARDED,
        because: 'Application Auto Scaling generates the names of the alarms of target tracking',
      },
    );
    this.allow(['iam:CreateServiceLinkedRole'], [scalerRoleArn(this)], {
      conditions: { StringEquals: { 'iam:AWSServiceName': SCALER } },
    });
  }
}

function scalerRoleArn(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'iam',
    region: '',
    resource: 'role',
    resourceName: `aws-service-role/${SCALER}/AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint`,
  });
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
