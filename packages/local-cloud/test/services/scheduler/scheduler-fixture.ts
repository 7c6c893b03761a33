import { Scheduler, type CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { policyAuthorizer } from '../../../src/access/authorizer';
import type { ServiceError } from '../../../src/model/errors';
import type { Call } from '../../../src/core/service';
import { lambda } from '../../../src/services/lambda';
import { stepfunctions } from '../../../src/services/stepfunctions';
import { fake } from '../../support/fake';
import { scheduler } from '../../../src/services/scheduler';
import { allow, roleArn } from '../../access/actors';
import { putRole } from '../../access/roles';
import { ManualClock } from '../../../src/testing/manual-clock';
import { testCloud, type TestCloud } from '../../support/test-cloud';

export const MINUTE = 60;
export const HOUR = 3_600;
export const START = Date.parse('2026-03-28T12:00:00Z');
export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:f';
export const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:m';
export const ROLE = roleArn('scheduler');
export const GROUP_ARN = 'arn:aws:scheduler:us-east-1:123456789012:schedule-group/g';

/** A cloud with Scheduler, a group `g`, and a role that trusts Scheduler for that group. */
export class SchedulerFixture {
  readonly clock = new ManualClock(START);
  here!: TestCloud;
  client!: Scheduler;
  /** Every call of a target: time, operation, role and payload. */
  readonly calls: { time: string; operation: string; as: string; payload: any }[] = [];
  /** The errors of the next calls. */
  failures: ServiceError[] = [];

  static async open(): Promise<SchedulerFixture> {
    const fixture = new SchedulerFixture();
    const { clock, functions, machines } = fixture;
    fixture.here = await testCloud([functions, machines, scheduler], {
      clock,
      authorizer: policyAuthorizer,
    });
    fixture.client = new Scheduler(fixture.here.client);
    const principal = { Service: 'scheduler.amazonaws.com' };
    const condition = { StringEquals: { 'aws:SourceArn': GROUP_ARN } };
    const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal, Condition: condition };
    putRole(fixture.here.cloud, ROLE, {
      trustPolicy: { Version: '2012-10-17', Statement: [trust] },
      statements: [allow('lambda:InvokeFunction', FUNCTION), allow('states:StartExecution', '*')],
    });
    await fixture.client.createScheduleGroup({ Name: 'g', Tags: [{ Key: 'app', Value: 'x' }] });
    return fixture;
  }

  create(ScheduleExpression: string, more: Partial<CreateScheduleCommandInput> = {}, client = this.client) {
    return client.createSchedule({
      ...{ Name: 's', GroupName: 'g', ScheduleExpression, FlexibleTimeWindow: { Mode: 'OFF' } },
      ...{ Target: { Arn: FUNCTION, RoleArn: ROLE, Input: '{"a":1}' }, ...more },
    });
  }

  times(): string[] {
    return this.calls.map(({ time }) => time);
  }

  /** Fake functions and state machines that record their calls. */
  private readonly functions = fake(lambda, () => ({
    permissions: {
      Invoke: ({ FunctionName }) => ({ action: 'lambda:InvokeFunction', resources: [FunctionName!] }),
    },
    operations: {
      Invoke: async ({ InvocationType, Payload }, call) => {
        this.called(`Invoke ${InvocationType}`, String(Payload), call);
        return { StatusCode: 202 };
      },
    },
  }));
  private readonly machines = fake(stepfunctions, (cloud) => ({
    operations: {
      StartExecution: async ({ input }, call) => {
        this.called('StartExecution', input!, call);
        return { executionArn: MACHINE, startDate: new Date(cloud.clock.now()) };
      },
    },
  }));

  private called(operation: string, payload: string, { principal }: Call): void {
    const time = new Date(this.clock.now()).toISOString().slice(0, 19);
    this.calls.push({ time, operation, as: principal.roleArn!, payload: JSON.parse(payload) });
    const failure = this.failures.shift();
    if (failure) throw failure;
  }
}
