import type { CreateScheduleInput, GetScheduleOutput } from '@aws-sdk/client-scheduler';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { Dispatcher } from './dispatcher';
import { SCHEDULER } from './invocation';
import { readSettings } from './limits';
import {
  DEFAULT_GROUP,
  groupArn,
  scheduleArn,
  scheduleKey,
  validation,
  type ScheduleStore,
  type Schedule,
} from './state';

const PAGE = 100;

/** Operations on schedules. */
export function scheduleOperations(
  cloud: Cloud,
  schedules: ScheduleStore,
  dispatcher: Dispatcher,
): Operations<'scheduler'> {
  /** Checks, as Scheduler does when a schedule is created or changed, that it may assume the role. */
  function checkRole({ Target }: CreateScheduleInput, group: string): void {
    try {
      cloud.assumeRole(SCHEDULER, Target!.RoleArn!, 'validation', groupArn(cloud, group));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      throw validation(
        'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.',
      );
    }
  }

  const show = ({ name, group, arn, created, modified, settings }: Schedule): GetScheduleOutput => ({
    ...{ Name: name, GroupName: group, Arn: arn, ScheduleExpression: settings.ScheduleExpression },
    ...{ ScheduleExpressionTimezone: settings.timeZone, State: settings.state },
    ...{ ActionAfterCompletion: settings.afterCompletion, Target: settings.Target },
    ...{ Description: settings.Description, FlexibleTimeWindow: settings.FlexibleTimeWindow },
    ...(settings.start !== undefined && { StartDate: new Date(settings.start) }),
    ...(settings.end !== undefined && { EndDate: new Date(settings.end) }),
    CreationDate: new Date(created),
    LastModificationDate: new Date(modified),
  });

  return {
    async CreateSchedule(request) {
      const { Name = '', GroupName = DEFAULT_GROUP, ClientToken } = request;
      const group = schedules.group(GroupName);
      const now = cloud.clock.now();
      const settings = readSettings(request, now);
      checkRole(request, group.name);
      const key = scheduleKey(group.name, Name);
      const before = schedules.schedules[key];
      if (before) {
        if (ClientToken !== undefined && before.token === ClientToken) return { ScheduleArn: before.arn };
        throw new ServiceError('ConflictException', `Schedule ${Name} already exists.`);
      }
      const arn = scheduleArn(cloud, group.name, Name);
      const schedule: Schedule = {
        ...{ name: Name, group: group.name, arn, created: now, modified: now, settings, next: null },
        ...(ClientToken !== undefined && { token: ClientToken }),
      };
      schedules.schedules[key] = schedule;
      dispatcher.reschedule(schedule);
      return { ScheduleArn: arn };
    },

    async GetSchedule({ Name = '', GroupName }) {
      return show(schedules.schedule(GroupName, Name));
    },

    // An update replaces everything: fields that the request leaves out return to their defaults (API Reference). AWS
    // does not document whether a one-time schedule that has fired fires again; in the local cloud it does.
    async UpdateSchedule(request) {
      const schedule = schedules.schedule(request.GroupName, request.Name!);
      const now = cloud.clock.now();
      const settings = readSettings(request, now);
      checkRole(request, schedule.group);
      Object.assign(schedule, { settings, modified: now });
      dispatcher.reschedule(schedule);
      return { ScheduleArn: schedule.arn };
    },

    async DeleteSchedule({ Name = '', GroupName }) {
      const schedule = schedules.schedule(GroupName, Name);
      dispatcher.forget(schedule);
      delete schedules.schedules[scheduleKey(schedule.group, Name)];
      schedules.store.changed();
      return {};
    },

    async ListSchedules({ GroupName, NamePrefix = '', State, MaxResults = PAGE, NextToken }) {
      if (GroupName !== undefined) schedules.group(GroupName);
      const found = Object.values(schedules.schedules).filter(
        ({ group, name, settings }) =>
          (GroupName === undefined || group === GroupName) &&
          name.startsWith(NamePrefix) &&
          (State === undefined || settings.state === State),
      );
      const keyOf = ({ group, name }: Schedule) => scheduleKey(group, name);
      const { items, nextToken } = page(found, keyOf, MaxResults, NextToken, validation);
      const Schedules = items.map(show).map(({ Target, ...schedule }) => ({
        ...{ Arn: schedule.Arn, Name: schedule.Name, GroupName: schedule.GroupName, State: schedule.State },
        CreationDate: schedule.CreationDate,
        LastModificationDate: schedule.LastModificationDate,
        Target: { Arn: Target!.Arn },
      }));
      return { Schedules, NextToken: nextToken };
    },
  };
}
