import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { DeregisterScalableTargetCommandInput } from '@aws-sdk/client-application-auto-scaling';
import type { DeleteAlarmsCommandInput } from '@aws-sdk/client-cloudwatch';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { wakeUpAlarm } from '../contract/scaling';
import { CALL_TIMEOUT, type EndpointTarget } from './endpoint-tasks';
import { jsonata } from './jsonata';
import { ServiceTask } from './service-task';
import { ONLY_VARIANT } from './variants';

/** Whether an endpoint of this configuration can be one that an earlier configuration scaled. */
export function endsScaling({ endpoint }: PipelineConfig): boolean {
  const { serving } = endpoint;
  return 'scaling' in serving && serving.scaling === null;
}

/** Targets of scaling have no names, but identifiers of Application Auto Scaling. */
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
 * Deregisters the variants that the endpoint has, where scaling was configured once and is no more; those that are not
 * registered are left as they are. Before the update, which would be refused for a registered variant that goes. The
 * state machine itself does it: a function would need a way to Application Auto Scaling in a private network, which is
 * paid by the hour. Reads `$endpoint`.
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
    // What it asks of its caller beside this is told of registering and putting policies only ("Permissions validation
    // for API calls on target resources", User Guide); the alarms of target tracking go in its own name.
    const task = new ServiceTask<DeregisterScalableTargetCommandInput>(this, 'Deregister', {
      stateName: 'Deregister variant',
      action: 'aws-sdk:applicationautoscaling:deregisterScalableTarget',
      arguments: {
        ServiceNamespace: 'sagemaker',
        ResourceId: jsonata(`'endpoint/${target.endpointName}/variant/' & $states.input`),
        ScalableDimension: 'sagemaker:variant:DesiredInstanceCount',
      },
      timeout: CALL_TIMEOUT,
      policies: [
        new PolicyStatement({
          actions: ['application-autoscaling:DeregisterScalableTarget'],
          resources: [scalableTargetsArn(this)],
          conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'sagemaker' } },
        }),
      ],
      outputs: {},
    });
    task.addCatch(unscaled, { errors: ['ApplicationAutoScaling.ObjectNotFoundException'], outputs: {} });
    return config.endpoint.serving.kind === 'asynchronous' ? task.next(this.forgetWakeUp(target)) : task;
  }

  /** It is ours: Application Auto Scaling deletes those of target tracking only. It may not be there. */
  private forgetWakeUp({ prefix }: EndpointTarget): sfn.TaskStateBase {
    const AlarmName = wakeUpAlarm(prefix, ONLY_VARIANT);
    const task = new ServiceTask<DeleteAlarmsCommandInput>(this, 'ForgetWakeUp', {
      stateName: 'Delete wake-up alarm',
      action: 'aws-sdk:cloudwatch:deleteAlarms',
      arguments: { AlarmNames: [AlarmName] },
      timeout: CALL_TIMEOUT,
      policies: [
        new PolicyStatement({
          actions: ['cloudwatch:DeleteAlarms'],
          resources: [
            Stack.of(this).formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: AlarmName,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          ],
        }),
      ],
      outputs: {},
    });
    const absent = sfn.Pass.jsonata(this, 'NoWakeUp', { stateName: 'Miss wake-up alarm', outputs: {} });
    task.addCatch(absent, { errors: ['CloudWatch.ResourceNotFoundException'], outputs: {} });
    return task;
  }
}
