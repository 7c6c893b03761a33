import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { resourcePrefix } from '../config';
import {
  cronsOf,
  scheduledEvent,
  type StartStopAction,
  type WorkingHours as Hours,
} from '../contract/working-hours';
import type { DataStore } from '../platform/data-store';
import type { DeadLetters } from '../platform/dead-letters';
import type { FunctionContext } from '../platform/node-function';
import { AppRole, ownService } from '../platform/role';
import { errorsAlarm, type AlarmContext } from '../platform/team-alarm';
import type { EndpointTarget } from './endpoint';
import { WorkingHoursFunction } from './working-hours-function';

export interface WorkingHoursProps extends FunctionContext, AlarmContext {
  readonly hours: Hours;
  readonly deadLetters: DeadLetters;
  readonly store: DataStore;
  readonly endpoint: EndpointTarget;
  readonly stateMachine: StateMachine;
  /** Registers the variants with scaling; undefined without scaling. */
  readonly scale: IFunction | undefined;
}

/**
 * Starts the endpoint when its working hours begin and removes it when they are over: two schedules, and a rule on the
 * ends of runs, since a run may deploy at any time (docs/adr/0018-an-endpoint-with-working-hours.md).
 */
export class WorkingHours extends Construct {
  readonly fn: WorkingHoursFunction;

  constructor(scope: Construct, id: string, props: WorkingHoursProps) {
    super(scope, id);
    this.fn = new WorkingHoursFunction(this, 'Function', props);
    errorsAlarm(this, props, this.fn, {
      what: 'hours-errors',
      description: 'The endpoint could not be started or stopped for its working hours.',
    });
    this.addSchedules(props);
    new events.Rule(this, 'Runs', {
      description: 'Working hours: runs that ended, since a run may deploy outside of them',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [props.stateMachine.stateMachineArn],
          status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [
        new targets.LambdaFunction(this.fn, { retryAttempts: 10, deadLetterQueue: props.deadLetters.queue }),
      ],
    });
  }

  private addSchedules({ config, hours, deadLetters }: WorkingHoursProps): void {
    const group = new CfnScheduleGroup(this, 'Group');
    const role = new AppRole(this, 'SchedulerRole', {
      description: 'EventBridge Scheduler: calls the working-hours function',
      assumedBy: ownService('scheduler.amazonaws.com', group.attrArn),
    });
    role.allow(['lambda:InvokeFunction'], [this.fn.functionArn]);
    deadLetters.grantSend(role);
    const crons = cronsOf(hours);
    const add = (scheduleId: string, action: StartStopAction) =>
      // Scheduler checks the role when a schedule is created.
      new CfnSchedule(this, scheduleId, {
        description: `${resourcePrefix(config)}: ${action}s the endpoint`,
        groupName: group.ref,
        scheduleExpression: crons[action],
        scheduleExpressionTimezone: hours.timeZone,
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: this.fn.functionArn,
          roleArn: role.roleArn,
          input: JSON.stringify(scheduledEvent(action)),
          retryPolicy: {
            maximumEventAgeInSeconds: Duration.hours(1).toSeconds(),
            maximumRetryAttempts: 20,
          },
          deadLetterConfig: { arn: deadLetters.queue.queueArn },
        },
      }).node.addDependency(role);
    add('Start', 'start');
    add('Stop', 'stop');
  }
}
