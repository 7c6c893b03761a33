import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { resourcePrefix } from '../config';
import { LambdaVariable } from '../contract/environment';
import { layout } from '../contract/layout';
import { runTags } from '../contract/tags';
import { START_STOP_MINUTES } from '../contract/working-hours';
import { executionsArn, namedAfterRun, sageMakerArn } from '../platform/arns';
import { NodeFunction } from '../platform/node-function';
import { grantForVolumes } from '../states/permissions';
import { endpointArn } from './endpoint';
import { takesVolumeKey } from './variants';
import type { WorkingHoursProps } from './working-hours';

/** The function that starts and stops the endpoint; it waits until SageMaker has done so. */
export class WorkingHoursFunction extends NodeFunction {
  constructor(scope: Construct, id: string, props: WorkingHoursProps) {
    const { config, network, hours, store, endpoint, stateMachine, scale } = props;
    super(scope, id, {
      context: { config, network },
      name: 'working-hours',
      description: 'Working hours: starts and stops the endpoint',
      timeout: Duration.minutes(START_STOP_MINUTES),
      // It waits most of its time.
      memorySize: 256,
      environment: {
        [LambdaVariable.Tags]: JSON.stringify(runTags(config, 'working-hours')),
        [LambdaVariable.EndpointName]: endpoint.endpointName,
        [LambdaVariable.WorkingHours]: JSON.stringify(hours),
        [LambdaVariable.PollSeconds]: String(endpoint.pollSeconds),
        ...(scale && { [LambdaVariable.ScaleFunction]: scale.functionName }),
      },
    });
    const bucket = store.artifacts;
    // The objects may be missing.
    store.grantList(this, bucket);
    for (const key of [layout.endpointLock, layout.champion, layout.challenger]) {
      store.grantRead(this, { bucket, key });
    }
    store.grantWrite(this, { bucket, key: layout.endpointLock });
    this.allow(['states:DescribeExecution'], [executionsArn(stateMachine)], {
      because: 'the last run that deployed may be any execution of this state machine',
    });
    const actions = ['AddTags', 'CreateEndpoint', 'DeleteEndpoint', 'DescribeEndpoint'];
    this.allow(
      actions.map((action) => `sagemaker:${action}`),
      [endpointArn(this, endpoint)],
    );
    const configurations = sageMakerArn(this, resourcePrefix(config), 'endpoint-config');
    this.allow(['sagemaker:CreateEndpoint'], [configurations], {
      because: namedAfterRun(['endpoint-config']),
    });
    if (takesVolumeKey(config)) {
      const { actions, resources, ...details } = grantForVolumes(store.key);
      this.allow(actions, resources, details);
    }
    if (scale) this.allow(['lambda:InvokeFunction'], [scale.functionArn]);
  }
}
