import { ArnFormat, Aws, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acknowledgeWildcard } from '../platform/acknowledgements';
import type { PipelineConfig } from '../config';
import { LambdaVariable } from '../contract/environment';
import { NEXT_RUN, type QuietPeriod, type TriggerKind } from '../contract/triggers';
import { NodeFunction } from '../platform/node-function';
import type { PrivateNetwork } from '../platform/private-network';

export interface TriggerFunctionProps {
  readonly config: PipelineConfig;
  readonly stateMachine: StateMachine;
  readonly network: PrivateNetwork | undefined;
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
  readonly schedulerRole: iam.Role;

  constructor(scope: Construct, id: string, { config, stateMachine, network }: TriggerFunctionProps) {
    super(scope, id);
    this.group = new CfnScheduleGroup(this, 'Group');
    this.schedulerRole = new iam.Role(this, 'SchedulerRole', {
      description: 'EventBridge Scheduler: calls the trigger function',
      assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID, 'aws:SourceArn': this.group.attrArn },
        },
      }),
    });
    this.fn = new NodeFunction(this, 'Function', {
      name: 'trigger',
      description: 'Triggers: combines requests into one run, and starts it when no run is active',
      // Six calls at most; a longer execution is a fault, and Lambda retries it.
      timeout: Duration.seconds(30),
      environment: {
        [LambdaVariable.StateMachineArn]: stateMachine.stateMachineArn,
        [LambdaVariable.ScheduleGroup]: this.group.ref,
        [LambdaVariable.SchedulerRoleArn]: this.schedulerRole.roleArn,
        [LambdaVariable.QuietPeriods]: JSON.stringify(quietPeriods(config)),
      },
      logRetention: config.logRetentionDays,
      network,
      calls: ['scheduler', 'states'],
    });
    this.schedulerRole.addToPolicy(
      new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.fn.functionArn] }),
    );
    this.grantNextRun();
    this.grantRuns(stateMachine);
  }

  /** ARN of the only schedule that the function creates. */
  get nextRunArn(): string {
    return Stack.of(this).formatArn({
      service: 'scheduler',
      resource: 'schedule',
      resourceName: `${this.group.ref}/${NEXT_RUN}`,
    });
  }

  private grantNextRun(): void {
    this.fn.addToRolePolicy(
      new iam.PolicyStatement({
        actions: [
          'scheduler:CreateSchedule',
          'scheduler:DeleteSchedule',
          'scheduler:GetSchedule',
          'scheduler:UpdateSchedule',
        ],
        resources: [this.nextRunArn],
      }),
    );
    this.fn.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.schedulerRole.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
  }

  private grantRuns(stateMachine: StateMachine): void {
    this.fn.addToRolePolicy(
      new iam.PolicyStatement({
        actions: ['states:ListExecutions', 'states:StartExecution'],
        resources: [stateMachine.stateMachineArn],
      }),
    );
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      resourceName: `${stateMachine.stateMachineName}:auto-*`,
    });
    this.fn.addToRolePolicy(
      new iam.PolicyStatement({ actions: ['states:DescribeExecution'], resources: [executions] }),
    );
    acknowledgeWildcard(
      this.fn.role,
      executions,
      'it checks if the run that it requested has started; the id is created with the request',
    );
  }
}

function quietPeriods({ triggers }: PipelineConfig): Record<Exclude<TriggerKind, 'manual'>, QuietPeriod> {
  return { schedule: SHORT, newData: triggers.newData ?? SHORT, newCode: SHORT, drift: SHORT };
}
