import type { CreateScheduleInput, GetScheduleOutput } from '@aws-sdk/client-scheduler';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { Dispatcher } from './dispatcher';
import { SCHEDULER } from './invocation';
import { checkName, readSettings } from './limits';
import {
  DEFAULT_GROUP,
  groupArn,
  scheduleArn,
  scheduleKey,
  validation,
  type Book,
  type Schedule,
} from './state';

const PAGE = 100;

/** Schedules: when to call which target as whom. */
export function scheduleOperations(
  cloud: Cloud,
  book: Book,
  dispatcher: Dispatcher,
): Operations<'scheduler'> {
  /** Scheduler looks whether it will be able to, when a schedule is made or changed. */
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
      checkName(Name, 'name');
      const group = book.group(GroupName);
      const now = cloud.clock.now();
      const settings = readSettings(request, now);
      checkRole(request, group.name);
      const key = scheduleKey(group.name, Name);
      const before = book.schedules[key];
      if (before) {
        if (ClientToken !== undefined && before.token === ClientToken) return { ScheduleArn: before.arn };
        throw new ServiceError('ConflictException', `Schedule ${Name} already exists.`);
      }
      const arn = scheduleArn(cloud, group.name, Name);
      const schedule: Schedule = {
        ...{ name: Name, group: group.name, arn, created: now, modified: now, settings, next: null },
        ...(ClientToken !== undefined && { token: ClientToken }),
      };
      book.schedules[key] = schedule;
      dispatcher.plan(schedule);
      return { ScheduleArn: arn };
    },

    async GetSchedule({ Name = '', GroupName }) {
      return show(book.schedule(GroupName, Name));
    },

    // Everything is replaced: what the request leaves out goes back to its default (API Reference). Whether a one-time
    // schedule that has fired fires again is not documented; here it does.
    async UpdateSchedule(request) {
      const schedule = book.schedule(request.GroupName, request.Name!);
      const now = cloud.clock.now();
      const settings = readSettings(request, now);
      checkRole(request, schedule.group);
      Object.assign(schedule, { settings, modified: now });
      dispatcher.plan(schedule);
      return { ScheduleArn: schedule.arn };
    },

    async DeleteSchedule({ Name = '', GroupName }) {
      const schedule = book.schedule(GroupName, Name);
      dispatcher.forget(schedule);
      delete book.schedules[scheduleKey(schedule.group, Name)];
      book.store.changed();
      return {};
    },

    async ListSchedules({ GroupName, NamePrefix = '', State, MaxResults = PAGE, NextToken }) {
      if (GroupName !== undefined) book.group(GroupName);
      const found = Object.values(book.schedules).filter(
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
