import type { CreateScheduleInput, Tag } from '@aws-sdk/client-scheduler';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';
import { nextTime, parseSchedule } from 'aws-schedules';

/** A group. Times are milliseconds since the epoch. */
export interface Group {
  name: string;
  arn: string;
  created: number;
  tags: Tag[];
}

export interface Schedule {
  name: string;
  group: string;
  arn: string;
  created: number;
  modified: number;
  /** The token of the request that created it. */
  token?: string;
  settings: Settings;
  /** The next time at which it fires; null after it has fired for the last time. */
  next: number | null;
}

/** The settings of a schedule in a request, besides its name. */
export interface Settings
  extends Pick<CreateScheduleInput, 'ScheduleExpression' | 'Description' | 'Target' | 'FlexibleTimeWindow'> {
  timeZone: string;
  state: 'ENABLED' | 'DISABLED';
  start?: number;
  end?: number;
  afterCompletion: 'NONE' | 'DELETE';
}

export interface SchedulerState {
  groups: Record<string, Group>;
  /** Schedules by group and name, see {@link scheduleKey}. */
  schedules: Record<string, Schedule>;
}

/** The group that every account has. */
export const DEFAULT_GROUP = 'default';

export function scheduleKey(group: string, name: string): string {
  return `${group}/${name}`;
}

export function groupArn(cloud: Cloud, name: string): string {
  return cloud.arn('scheduler', `schedule-group/${name}`);
}

export function scheduleArn(cloud: Cloud, group: string, name: string): string {
  return cloud.arn('scheduler', `schedule/${group}/${name}`);
}

export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** Finds groups and schedules. */
export class ScheduleStore {
  constructor(readonly store: Store<SchedulerState>) {}

  get groups(): Record<string, Group> {
    return this.store.data.groups;
  }

  get schedules(): Record<string, Schedule> {
    return this.store.data.schedules;
  }

  /**
   * Returns a group. @throws ServiceError ResourceNotFoundException
   *
   * @throws ServiceError ResourceNotFoundException
   */
  group(name: string = DEFAULT_GROUP): Group {
    if (Object.hasOwn(this.groups, name)) return this.groups[name]!;
    throw new ServiceError('ResourceNotFoundException', `Schedule group ${name} does not exist.`);
  }

  /**
   * Returns a schedule. @throws ServiceError ResourceNotFoundException
   *
   * @throws ServiceError ResourceNotFoundException
   */
  schedule(group: string = DEFAULT_GROUP, name: string): Schedule {
    const key = scheduleKey(this.group(group).name, name);
    if (Object.hasOwn(this.schedules, key)) return this.schedules[key]!;
    throw new ServiceError('ResourceNotFoundException', `Schedule ${name} does not exist.`);
  }
}

/** Returns the first time. A rate without a start date fires at once (User Guide, "Rate-based schedules"). */
export function firstFiring(settings: Settings, now: number): number | null {
  const atOnce = settings.start === undefined && settings.ScheduleExpression!.startsWith('rate');
  return atOnce ? now : nextFiring(settings, now, now);
}

/**
 * Returns the first time after `after`, within start and end date. A rate counts from its start date, otherwise from
 * its creation.
 */
export function nextFiring(
  { ScheduleExpression, timeZone, start, end }: Settings,
  after: number,
  created: number,
): number | null {
  const course = { timeZone, anchor: start ?? created };
  const earliest = start === undefined ? after : Math.max(after, start - 1);
  const next = nextTime(parseSchedule(ScheduleExpression!), earliest, course);
  return next === undefined || (end !== undefined && next > end) ? null : next;
}
