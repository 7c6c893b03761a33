import type { Tag } from '@aws-sdk/client-scheduler';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { Dispatcher } from './dispatcher';
import { DEFAULT_GROUP, groupArn, scheduleKey, validation, type ScheduleStore, type Group } from './state';

const PAGE = 100;
const MAX_TAGS = 200;

/** Operations on groups of schedules. A group is deleted with its schedules. */
export function groupOperations(
  cloud: Cloud,
  schedules: ScheduleStore,
  dispatcher: Dispatcher,
): Operations<'scheduler'> {
  const show = ({ name, arn, created }: Group) => ({
    ...{ Name: name, Arn: arn, State: 'ACTIVE' as const },
    CreationDate: new Date(created),
    LastModificationDate: new Date(created),
  });

  function byArn(arn: string): Group {
    const group = Object.values(schedules.groups).find((each) => each.arn === arn);
    if (group) return group;
    throw new ServiceError('ResourceNotFoundException', `No schedule group has the ARN ${arn}.`);
  }

  function setTags(group: Group, tags: Tag[]): void {
    if (tags.length > MAX_TAGS) throw validation(`A schedule group has at most ${MAX_TAGS} tags.`);
    group.tags = tags;
    schedules.store.changed();
  }

  return {
    async CreateScheduleGroup({ Name = '', Tags = [] }) {
      if (Object.hasOwn(schedules.groups, Name)) {
        throw new ServiceError('ConflictException', `Schedule group ${Name} already exists.`);
      }
      const arn = groupArn(cloud, Name);
      const group: Group = { name: Name, arn, created: cloud.clock.now(), tags: [] };
      setTags(group, Tags);
      schedules.groups[Name] = group;
      schedules.store.changed();
      return { ScheduleGroupArn: arn };
    },

    async GetScheduleGroup({ Name }) {
      return show(schedules.group(Name));
    },

    async ListScheduleGroups({ NamePrefix = '', MaxResults = PAGE, NextToken }) {
      const found = Object.values(schedules.groups).filter(({ name }) => name.startsWith(NamePrefix));
      const { items, nextToken } = page(found, ({ name }) => name, MaxResults, NextToken, validation);
      return { ScheduleGroups: items.map(show), NextToken: nextToken };
    },

    async DeleteScheduleGroup({ Name }) {
      const group = schedules.group(Name);
      if (group.name === DEFAULT_GROUP) throw validation('The default schedule group cannot be deleted.');
      for (const schedule of Object.values(schedules.schedules).filter((each) => each.group === group.name)) {
        dispatcher.forget(schedule);
        delete schedules.schedules[scheduleKey(schedule.group, schedule.name)];
      }
      delete schedules.groups[group.name];
      schedules.store.changed();
      return {};
    },

    async ListTagsForResource({ ResourceArn = '' }) {
      return { Tags: byArn(ResourceArn).tags };
    },

    async TagResource({ ResourceArn = '', Tags = [] }) {
      const group = byArn(ResourceArn);
      const kept = group.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key));
      setTags(group, [...kept, ...Tags]);
      return {};
    },

    async UntagResource({ ResourceArn = '', TagKeys = [] }) {
      const group = byArn(ResourceArn);
      setTags(
        group,
        group.tags.filter(({ Key }) => !TagKeys.includes(Key!)),
      );
      return {};
    },
  };
}
