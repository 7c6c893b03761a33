import { Aws, Duration } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { statementOf, type Permission } from '../platform/role';
import type { Arguments } from './jsonata';
import { transientRetry } from './retry';

/** Timeout of a call that returns at once. */
export const CALL_TIMEOUT = Duration.minutes(2);

export interface ServiceTaskProps<Input> {
  /** A short sentence in the imperative. */
  readonly stateName: string;
  /** Service and action, e.g. `sagemaker:createTrainingJob.sync` or `aws-sdk:ecr:batchGetImage`. */
  readonly action: string;
  readonly arguments: Arguments<Input>;
  readonly timeout: Duration;
  /** Permissions that the state machine's role needs for it. */
  readonly permissions: readonly Permission[];
  /** Expressions over `$states.result`. */
  readonly outputs?: unknown;
  readonly assign?: Record<string, unknown>;
  /** Default: those of causes that pass. */
  readonly retry?: sfn.RetryProps;
}

/**
 * A Task on a service's API in JSONata, typed by the SDK's input and with its permissions. CDK has no task for
 * Processing jobs, and its SageMaker tasks support neither Spot nor checkpoints nor data capture. Causes that pass are
 * retried.
 */
export class ServiceTask<Input> extends sfn.TaskStateBase {
  /** {@link RunStateMachine} accepts their wildcards. */
  readonly permissions: readonly Permission[];
  protected readonly taskMetrics = undefined;
  protected readonly taskPolicies: PolicyStatement[];
  private readonly action: string;
  private readonly input: Arguments<Input>;

  constructor(scope: Construct, id: string, props: ServiceTaskProps<Input>) {
    super(scope, id, {
      stateName: props.stateName,
      queryLanguage: sfn.QueryLanguage.JSONATA,
      taskTimeout: sfn.Timeout.duration(props.timeout),
      outputs: props.outputs,
      assign: props.assign,
    });
    this.action = props.action;
    this.input = props.arguments;
    this.permissions = props.permissions;
    this.taskPolicies = props.permissions.map(statementOf);
    this.addRetry(props.retry ?? transientRetry(props.action));
  }

  /** Called by CDK's rendering of the task. */
  protected _renderTask(): object {
    return { Resource: `arn:${Aws.PARTITION}:states:::${this.action}`, Arguments: this.input };
  }
}
