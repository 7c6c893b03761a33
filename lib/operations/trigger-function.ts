import { Duration, Stack } from 'aws-cdk-lib';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { AUTOMATIC_RUNS } from '../contract/names';
import { NEXT_RUN, type QuietPeriod, type TriggerKind } from '../contract/triggers';
import { executionsArn } from '../platform/arns';
import type { DeadLetters } from '../platform/dead-letters';
import { NodeFunction, type FunctionContext } from '../platform/node-function';
import { AppRole, ownService } from '../platform/role';

export interface TriggerFunctionProps extends FunctionContext {
  readonly stateMachine: StateMachine;
  /** Receives requests of schedules that could not be delivered. */
  readonly deadLetters: DeadLetters;
}

/**
 * Wait after triggers that come alone: related events, such as the parameters of one stack deployment, come within
 * minutes.
 */
const SHORT: QuietPeriod = { quietMinutes: 1, maxWaitMinutes: 10 };

/**
 * The function behind every trigger, with the group of its schedules: the next run's schedule, which the function
 * creates, is deleted with the group when the stack is deleted.
 */
export class TriggerFunction extends Construct {
  readonly fn: NodeFunction;
  readonly group: CfnScheduleGroup;
  /** Role under which EventBridge Scheduler calls the function. */
  readonly schedulerRole: AppRole;

  constructor(
    scope: Construct,
    id: string,
    { config, stateMachine, network, deadLetters }: TriggerFunctionProps,
  ) {
    super(scope, id);
    this.group = new CfnScheduleGroup(this, 'Group');
    this.schedulerRole = new AppRole(this, 'SchedulerRole', {
      description: 'EventBridge Scheduler: calls the trigger function',
      assumedBy: ownService('scheduler.amazonaws.com', this.group.attrArn),
    });
    this.fn = new NodeFunction(this, 'Function', {
      context: { config, network },
      name: 'trigger',
      description: 'Triggers: combines requests into one run, and starts it when no run is active',
      // Six calls at most; a longer execution is a fault, and Lambda retries it.
      timeout: Duration.seconds(30),
      environment: {
        [LambdaVariable.StateMachineArn]: stateMachine.stateMachineArn,
        [LambdaVariable.ScheduleGroup]: this.group.ref,
        [LambdaVariable.SchedulerRoleArn]: this.schedulerRole.roleArn,
        [LambdaVariable.DeadLetterArn]: deadLetters.queue.queueArn,
      },
      settings: { quietPeriods: quietPeriods(config) },
    });
    this.schedulerRole.allow(['lambda:InvokeFunction'], [this.fn.functionArn]);
    deadLetters.grantSend(this.schedulerRole);
    this.grantNextRun();
    this.grantRuns(stateMachine);
  }

  /** Grants the only schedule that the function creates. */
  private grantNextRun(): void {
    const nextRun = Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.group.ref}/${NEXT_RUN}`,
    });
    const actions = ['CreateSchedule', 'DeleteSchedule', 'GetSchedule', 'UpdateSchedule'];
    this.fn.allow(
      actions.map((action) => `scheduler:${action}`),
      [nextRun],
    );
    this.fn.allow(['iam:PassRole'], [this.schedulerRole.roleArn], {
      conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
    });
  }

  private grantRuns(stateMachine: StateMachine): void {
    this.fn.allow(['states:ListExecutions', 'states:StartExecution'], [stateMachine.stateMachineArn]);
    this.fn.allow(['states:DescribeExecution'], [executionsArn(stateMachine, `${AUTOMATIC_RUNS}*`)], {
      because: 'it checks if the run that it requested has started; the id is created with the request',
    });
  }
}

function quietPeriods({ triggers }: PipelineConfig): Record<Exclude<TriggerKind, 'manual'>, QuietPeriod> {
  return { schedule: SHORT, newData: triggers.newData ?? SHORT, newCode: SHORT, drift: SHORT };
}
