import {
  GetScheduleCommand,
  ResourceNotFoundException,
  SchedulerClient,
  type GetScheduleCommandOutput,
} from '@aws-sdk/client-scheduler';
import { ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { NEXT_RUN, triggerText, type RunTrigger } from '../lib/contract/triggers';
import { moment } from './output';

/** The run that automatic triggers have requested. */
export interface NextRun {
  readonly trigger: RunTrigger;
  /** ISO 8601: time of the first request. */
  readonly since: string;
  /** Run that must end first; null if none is active. */
  readonly waitsFor: string | null;
}

/**
 * Finds the next run.
 *
 * @param group of EventBridge Scheduler; undefined: the pipeline has no automatic triggers
 * @returns null if there is none, or if the caller may not read it: the rest of the status is shown all the same
 */
export async function findNextRun(
  sfn: SFNClient,
  stateMachineArn: string,
  group: string | undefined,
  scheduler = new SchedulerClient(),
): Promise<NextRun | null> {
  if (group === undefined) return null;
  let schedule: GetScheduleCommandOutput;
  try {
    schedule = await scheduler.send(new GetScheduleCommand({ Name: NEXT_RUN, GroupName: group }));
  } catch (error) {
    if (error instanceof ResourceNotFoundException || (error as Error).name === 'AccessDeniedException') {
      return null;
    }
    throw error;
  }
  const { nextRun } = JSON.parse(schedule.Target!.Input!) as {
    nextRun: { trigger: RunTrigger; since: number };
  };
  const { executions = [] } = await sfn.send(
    new ListExecutionsCommand({ stateMachineArn, statusFilter: 'RUNNING', maxResults: 1 }),
  );
  return {
    trigger: nextRun.trigger,
    since: new Date(nextRun.since).toISOString(),
    waitsFor: executions[0]?.name ?? null,
  };
}

export function nextRunText({ trigger, since, waitsFor }: NextRun): string {
  const when = waitsFor === null ? 'starts within minutes' : `waits for the end of ${waitsFor}`;
  return `${triggerText(trigger)}, requested ${moment(since)} UTC; ${when}`;
}
