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

/** As long as the function's own retries: later, another request has replaced the run to come. */
const RETRIES = { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 20 };

/** The run to come, kept in a one-time schedule of a fixed name: whoever creates it decides, all others join. */
export class NextRunSchedule {
  /** @param target what it calls, and as whom */
  constructor(
    private readonly group: string,
    private readonly target: { readonly functionArn: string; readonly roleArn: string },
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

  /** @returns false where there is one already */
  async create(nextRun: NextRun): Promise<boolean> {
    try {
      await this.client.send(new CreateScheduleCommand(this.schedule(nextRun)));
      return true;
    } catch (error) {
      if (error instanceof ConflictException) return false;
      throw error;
    }
  }

  /** @returns false where it is gone */
  async move(nextRun: NextRun): Promise<boolean> {
    try {
      await this.client.send(new UpdateScheduleCommand(this.schedule(nextRun)));
      return true;
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return false;
      throw error;
    }
  }

  /** Takes this next run away, and leaves another one alone. */
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
      },
    };
  }
}
