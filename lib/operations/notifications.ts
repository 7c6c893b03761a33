import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { resourcePrefix } from '../config';
import { LambdaVariable } from '../contract/environment';
import { layout } from '../contract/layout';
import { executionsArn } from '../platform/arns';
import type { DeadLetters } from '../platform/dead-letters';
import type { DataStore } from '../platform/data-store';
import { NodeFunction, type FunctionContext } from '../platform/node-function';
import { errorsAlarm, type AlarmContext } from '../platform/team-alarm';

export interface NotificationsProps extends FunctionContext, AlarmContext {
  readonly store: DataStore;
  readonly stateMachine: StateMachine;
  readonly deadLetters: DeadLetters;
}

/**
 * Writes the record of every run that ends without success, and notifies the team. One rule handles them all: a Catch
 * sees neither `States.Runtime` nor a timeout of the machine nor an abort, and a Catch may be forgotten.
 */
export class Notifications extends Construct {
  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const notify = this.notifyFunction(props);
    errorsAlarm(this, props, notify, {
      what: 'notify-errors',
      description: 'The function that notifies the team of unsuccessful runs failed.',
    });
    new events.Rule(this, 'Rule', {
      description: 'Executions of the pipeline that failed, timed out or were aborted',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [props.stateMachine.stateMachineArn],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [
        new targets.LambdaFunction(notify, { retryAttempts: 10, deadLetterQueue: props.deadLetters.queue }),
      ],
    });
  }

  private notifyFunction({ config, network, store, team, stateMachine }: NotificationsProps): NodeFunction {
    const fn = new NodeFunction(this, 'Notify', {
      context: { config, network },
      name: 'notify',
      description: 'Notify: notifies the team of a run that was rejected, failed or aborted',
      environment: {
        [LambdaVariable.Prefix]: resourcePrefix(config),
        [LambdaVariable.Environment]: config.environment,
        [LambdaVariable.Model]: config.model,
      },
    });
    // The objects may be missing.
    store.grantList(fn, store.artifacts);
    store.grantRead(
      fn,
      { bucket: store.artifacts, key: layout.champion },
      ...store.ofRuns(layout.decision('*')),
    );
    store.grantWrite(fn, ...store.ofRuns(layout.record('*')));
    team.grantPublish(fn);
    fn.allow(['states:DescribeExecution', 'states:GetExecutionHistory'], [executionsArn(stateMachine)], {
      because: 'it describes any failed execution of this state machine',
    });
    return fn;
  }
}
