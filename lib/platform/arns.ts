import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { IConstruct } from 'constructs';

/** Kinds of SageMaker resources, as their ARNs name them. */
export type SageMakerKind =
  | 'training-job'
  | 'processing-job'
  | 'transform-job'
  | 'model'
  | 'endpoint'
  | 'endpoint-config';

/** Returns the ARN of the resources of a kind whose names begin with the environment's prefix. */
export function sageMakerArn(scope: IConstruct, prefix: string, kind: SageMakerKind): string {
  return Stack.of(scope).formatArn({ service: 'sagemaker', resource: kind, resourceName: `${prefix}-*` });
}

/** Returns the reason for the wildcard in {@link sageMakerArn}. */
export function namedAfterRun(kinds: readonly SageMakerKind[]): string {
  return `a run names each ${kinds.join(' and ')} after itself, behind the prefix of the environment`;
}

/**
 * Returns the ARN of executions of a state machine.
 *
 * @param names their names, which may end in `*`; default: all
 */
export function executionsArn(
  machine: IStateMachine & { readonly stateMachineName: string },
  names = '*',
): string {
  return Stack.of(machine).formatArn({
    service: 'states',
    resource: 'execution',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: `${machine.stateMachineName}:${names}`,
  });
}

/** Returns the ARN of alarms. @param name may end in `*` */
export function alarmArn(scope: IConstruct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'cloudwatch',
    resource: 'alarm',
    resourceName: name,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
}
