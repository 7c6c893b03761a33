import {
  ConflictException,
  CreateScheduleCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { NEXT_RUN, NEXT_RUN_SOURCE, SCHEDULED_TIME } from '../../lib/contract/triggers';
import type { NextRun } from './decision';
import type { IncomingEvent } from './event';

/** Retries for as long as the function's own: later, another request has replaced the next run. */
const RETRIES = { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 20 };

/**
 * The next run, stored in a one-time schedule with a fixed name: the first request creates it, later ones join it.
 */
export class NextRunSchedule {
  /** Sets the schedule group and its target. @param target function and role of the schedule, and the queue of what they miss */
  constructor(
    private readonly group: string,
    private readonly target: {
      readonly functionArn: string;
      readonly roleArn: string;
      readonly deadLetterArn: string;
    },
    private readonly client = new SchedulerClient(),
  ) {}

  async get(): Promise<NextRun | undefined> {
    try {
      const { ScheduleExpression, Target } = await this.client.send(new GetScheduleCommand(this.name));
      const { nextRun } = JSON.parse(Target!.Input!) as IncomingEvent;
      return { ...nextRun!, at: Date.parse(`${/^at\((.*)\)$/.exec(ScheduleExpression!)![1]!}Z`) };
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return undefined;
      throw error;
    }
  }

  /** Creates the schedule. @returns false if there is one already */
  async create(nextRun: NextRun): Promise<boolean> {
    try {
      await this.client.send(new CreateScheduleCommand(this.schedule(nextRun)));
      return true;
    } catch (error) {
      if (error instanceof ConflictException) return false;
      throw error;
    }
  }

  /** Moves the schedule. @returns false if it no longer exists */
  async move(nextRun: NextRun): Promise<boolean> {
    try {
      await this.client.send(new UpdateScheduleCommand(this.schedule(nextRun)));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    }
  }

  /** Deletes the schedule of this next run, and keeps that of another one. */
  async remove(runId: string): Promise<void> {
    if ((await this.get())?.runId !== runId) return;
    try {
      await this.client.send(new DeleteScheduleCommand(this.name));
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }

  private get name() {
    return { Name: NEXT_RUN, GroupName: this.group };
  }

  private schedule({ at, ...nextRun }: NextRun) {
    const input: IncomingEvent = { source: NEXT_RUN_SOURCE, time: SCHEDULED_TIME, nextRun };
    return {
      ...this.name,
      ScheduleExpression: `at(${new Date(at).toISOString().slice(0, 19)})`,
      FlexibleTimeWindow: { Mode: 'OFF' as const },
      // Not DELETE: Scheduler deletes "shortly after" it fired, which may be after the same name is used again.
      ActionAfterCompletion: 'NONE' as const,
      Target: {
        Arn: this.target.functionArn,
        RoleArn: this.target.roleArn,
        Input: JSON.stringify(input),
        RetryPolicy: RETRIES,
        DeadLetterConfig: { Arn: this.target.deadLetterArn },
      },
    };
  }
}
