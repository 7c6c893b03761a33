import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';

export interface FailureNotificationProps {
  readonly stateMachine: IStateMachine;
  readonly notify: IFunction;
}

/**
 * Handles every execution that ends without success in one rule: a Catch sees neither `States.Runtime` nor a timeout of
 * the machine nor an abort, and a Catch may be forgotten.
 */
export class FailureNotification extends Construct {
  constructor(scope: Construct, id: string, { stateMachine, notify }: FailureNotificationProps) {
    super(scope, id);
    new events.Rule(this, 'Rule', {
      description: 'Executions of the pipeline that failed, timed out or were aborted',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [stateMachine.stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [new targets.LambdaFunction(notify, { retryAttempts: 10 })],
    });
  }
}
