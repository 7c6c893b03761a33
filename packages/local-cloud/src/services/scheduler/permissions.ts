import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';
import { passTo } from '../../core/pass-role';
import { SCHEDULER } from './invocation';
import { DEFAULT_GROUP, groupArn, scheduleArn } from './state';

interface Named {
  Name?: string;
  GroupName?: string;
}

/** Returns the IAM actions and ARNs of the operations. Operations that list have no resources. */
export function permissions(cloud: Cloud): Service<'scheduler'>['permissions'] {
  const onSchedule =
    (action: string) =>
    ({ GroupName = DEFAULT_GROUP, Name = '' }: Named) => ({
      action: `scheduler:${action}`,
      resources: [scheduleArn(cloud, GroupName, Name)],
    });
  const onGroup =
    (action: string) =>
    ({ Name = '' }: Named) => ({ action: `scheduler:${action}`, resources: [groupArn(cloud, Name)] });
  const onArn =
    (action: string) =>
    ({ ResourceArn = '' }: { ResourceArn?: string }) => ({
      action: `scheduler:${action}`,
      resources: [ResourceArn],
    });
  return {
    CreateSchedule: (input) => [
      onSchedule('CreateSchedule')(input),
      passTo(input.Target?.RoleArn ?? '', SCHEDULER),
    ],
    UpdateSchedule: (input) => [
      onSchedule('UpdateSchedule')(input),
      passTo(input.Target?.RoleArn ?? '', SCHEDULER),
    ],
    GetSchedule: onSchedule('GetSchedule'),
    DeleteSchedule: onSchedule('DeleteSchedule'),
    CreateScheduleGroup: onGroup('CreateScheduleGroup'),
    GetScheduleGroup: onGroup('GetScheduleGroup'),
    DeleteScheduleGroup: onGroup('DeleteScheduleGroup'),
    ListTagsForResource: onArn('ListTagsForResource'),
    TagResource: onArn('TagResource'),
    UntagResource: onArn('UntagResource'),
  };
}
