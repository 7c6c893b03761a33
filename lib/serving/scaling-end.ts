import { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { DeregisterScalableTargetCommandInput } from '@aws-sdk/client-application-auto-scaling';
import type { DeleteAlarmsCommandInput } from '@aws-sdk/client-cloudwatch';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { wakeUpAlarm } from '../contract/scaling';
import { alarmArn } from '../platform/arns';
import { jsonata } from '../states/jsonata';
import { CALL_TIMEOUT, ServiceTask } from '../states/service-task';
import type { EndpointTarget } from './endpoint';
import { ONLY_VARIANT } from './variants';

/** Returns true if an earlier configuration may have scaled the endpoint. */
export function endsScaling({ endpoint }: PipelineConfig): boolean {
  const { serving } = endpoint;
  return 'scaling' in serving && serving.scaling === null;
}

/** Returns the ARN of scalable targets: they have no names, but identifiers of Application Auto Scaling. */
export function scalableTargetsArn(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'application-autoscaling',
    resource: 'scalable-target',
    resourceName: '*',
  });
}

export interface ScalingEndProps {
  readonly config: PipelineConfig;
  readonly target: EndpointTarget;
}

/**
 * Deregisters the endpoint's variants after scaling was removed from the configuration; variants that are not
 * registered are left unchanged. It runs before the update, which SageMaker would refuse if it removes a registered
 * variant. The state machine itself does it: a function in a private network would need an interface endpoint of
 * Application Auto Scaling, which is billed by the hour. Reads `$endpoint`.
 */
export class ScalingEnd extends Construct {
  readonly map: sfn.Map;

  constructor(scope: Construct, id: string, props: ScalingEndProps) {
    super(scope, id);
    this.map = sfn.Map.jsonata(this, 'Variants', {
      stateName: 'End scaling',
      items: sfn.ProvideItems.jsonata(jsonata('$endpoint.variants')),
      maxConcurrency: 1,
      outputs: {},
    }).itemProcessor(this.deregister(props));
  }

  private deregister({ config, target }: ScalingEndProps): sfn.IChainable {
    const unscaled = sfn.Pass.jsonata(this, 'Unscaled', { stateName: 'Leave unscaled variant', outputs: {} });
    // The caller's other permissions are documented for registering and putting policies only ("Permissions validation
    // for API calls on target resources", User Guide); the service deletes the alarms of target tracking under its own
    // role.
    const task = new ServiceTask<DeregisterScalableTargetCommandInput>(this, 'Deregister', {
      stateName: 'Deregister variant',
      action: 'aws-sdk:applicationautoscaling:deregisterScalableTarget',
      arguments: {
        ServiceNamespace: 'sagemaker',
        ResourceId: jsonata(`'endpoint/${target.endpointName}/variant/' & $states.input`),
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      },
      timeout: CALL_TIMEOUT,
      permissions: [
        {
          actions: ['application-autoscaling:DeregisterScalableTarget'],
          resources: [scalableTargetsArn(this)],
          conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
          because: 'Application Auto Scaling generates the names of targets',
        },
      ],
      outputs: {},
    });
    task.addCatch(unscaled, { errors: ['ApplicationAutoScaling.ObjectNotFoundException'], outputs: {} });
    return config.endpoint.serving.kind === 'asynchronous' ? task.next(this.forgetWakeUp(target)) : task;
  }

  /** Deletes the wake-up alarm: Application Auto Scaling deletes only those of target tracking. It may be missing. */
  private forgetWakeUp({ prefix }: EndpointTarget): sfn.TaskStateBase {
    const AlarmName = wakeUpAlarm(prefix, ONLY_VARIANT);
    const task = new ServiceTask<DeleteAlarmsCommandInput>(this, 'ForgetWakeUp', {
      stateName: 'Delete wake-up alarm',
      action: 'aws-sdk:cloudwatch:deleteAlarms',
      arguments: { AlarmNames: [AlarmName] },
      timeout: CALL_TIMEOUT,
      permissions: [{ actions: ['cloudwatch:DeleteAlarms'], resources: [alarmArn(this, AlarmName)] }],
      outputs: {},
    });
    const absent = sfn.Pass.jsonata(this, 'NoWakeUp', { stateName: 'Miss wake-up alarm', outputs: {} });
    task.addCatch(absent, { errors: ['CloudWatch.ResourceNotFoundException'], outputs: {} });
    return task;
  }
}
