import type { Tag } from '@aws-sdk/client-scheduler';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import type { Dispatcher } from './dispatcher';
import { checkName } from './limits';
import { DEFAULT_GROUP, groupArn, scheduleKey, validation, type Book, type Group } from './state';

const PAGE = 100;
const MAX_TAGS = 200;

/** Groups of schedules, which are deleted with their schedules. */
export function groupOperations(cloud: Cloud, book: Book, dispatcher: Dispatcher): Operations<'scheduler'> {
  const show = ({ name, arn, created }: Group) => ({
    ...{ Name: name, Arn: arn, State: 'ACTIVE' as const },
    CreationDate: new Date(created),
    LastModificationDate: new Date(created),
  });

  function byArn(arn: string): Group {
    const group = Object.values(book.groups).find((each) => each.arn === arn);
    if (group) return group;
    throw new ServiceError('ResourceNotFoundException', `No schedule group has the ARN ${arn}.`);
  }

  function setTags(group: Group, tags: Tag[]): void {
    if (tags.length > MAX_TAGS) throw validation(`A schedule group has at most ${MAX_TAGS} tags.`);
    group.tags = tags;
    book.store.changed();
  }

  return {
    async CreateScheduleGroup({ Name = '', Tags = [] }) {
      checkName(Name, 'name');
      if (Object.hasOwn(book.groups, Name)) {
        throw new ServiceError('ConflictException', `Schedule group ${Name} already exists.`);
      }
      const arn = groupArn(cloud, Name);
      const group: Group = { name: Name, arn, created: cloud.clock.now(), tags: [] };
      setTags(group, Tags);
      book.groups[Name] = group;
      book.store.changed();
      return { ScheduleGroupArn: arn };
    },

    async GetScheduleGroup({ Name }) {
      return show(book.group(Name));
    },

    async ListScheduleGroups({ NamePrefix = '', MaxResults = PAGE, NextToken }) {
      const found = Object.values(book.groups).filter(({ name }) => name.startsWith(NamePrefix));
      const { items, nextToken } = page(found, ({ name }) => name, MaxResults, NextToken, validation);
      return { ScheduleGroups: items.map(show), NextToken: nextToken };
    },

    async DeleteScheduleGroup({ Name }) {
      const group = book.group(Name);
      if (group.name === DEFAULT_GROUP) throw validation('The default schedule group cannot be deleted.');
      for (const schedule of Object.values(book.schedules).filter((each) => each.group === group.name)) {
        dispatcher.forget(schedule);
        delete book.schedules[scheduleKey(schedule.group, schedule.name)];
      }
      delete book.groups[group.name];
      book.store.changed();
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
