import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { acknowledgeWildcard } from '../acknowledgements';
import { resourcePrefix } from '../config';
import { LambdaVariable } from '../contract/environment';
import { layout } from '../contract/layout';
import { runTags } from '../contract/tags';
import { START_STOP_MINUTES } from '../contract/working-hours';
import type { NodeFunction } from '../functions/node-function';
import { endpointArn } from '../workflow/endpoint-tasks';
import { executionsArn, grantForVolumes, onSageMaker, sageMakerArn } from '../workflow/permissions';
import { takesVolumeKey } from '../workflow/variants';
import { workflowFunction } from '../workflow/workflow-functions';
import type { WorkingHoursProps } from './working-hours';

/** Creates the function that starts and stops the endpoint; it waits until SageMaker has done so. */
export function workingHoursFunction(scope: Construct, props: WorkingHoursProps): NodeFunction {
  const { config, hours, store, endpoint, stateMachine, scale } = props;
  const fn = workflowFunction(scope, 'Function', props, {
    name: 'working-hours',
    calls: ['s3', 'sagemaker', 'states', ...(scale ? (['lambda'] as const) : [])],
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
  store.grantList(fn.role, bucket);
  for (const key of [layout.endpointLock, layout.champion, layout.challenger]) {
    store.grantRead(fn.role, { bucket, key });
  }
  store.grantWrite(fn.role, { bucket, key: layout.endpointLock });
  const executions = executionsArn(stateMachine);
  fn.addToRolePolicy(new PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }));
  acknowledgeWildcard(
    fn.role,
    executions,
    'the last run that deployed may be any execution of this state machine',
  );
  const actions = ['AddTags', 'CreateEndpoint', 'DeleteEndpoint', 'DescribeEndpoint'];
  fn.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `sagemaker:${action}`),
      resources: [endpointArn(scope, endpoint)],
    }),
  );
  const prefix = resourcePrefix(config);
  fn.addToRolePolicy(onSageMaker(scope, prefix, ['endpoint-config'], ['CreateEndpoint']));
  acknowledgeWildcard(
    fn.role,
    sageMakerArn(scope, prefix, 'endpoint-config'),
    'the name of a configuration is the prefix of the environment and the id of the run',
  );
  if (takesVolumeKey(config)) fn.addToRolePolicy(grantForVolumes(store.key));
  if (scale) {
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [scale.functionArn] }),
    );
  }
  return fn;
}
