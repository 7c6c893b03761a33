import type { Scheduler } from '@aws-sdk/client-scheduler';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { Dispatcher } from './dispatcher';
import { groupOperations } from './group-operations';
import { permissions } from './permissions';
import { scheduleOperations } from './schedule-operations';
import { ScheduleStore, DEFAULT_GROUP, groupArn, type SchedulerState } from './state';
import { scheduleTypes } from './resources';

/**
 * EventBridge Scheduler: one-time, rate and cron schedules in time zones, for functions and state machines. It fires at
 * the exact time; AWS fires within the minute.
 */
function create(cloud: Cloud): Service<'scheduler'> {
  const store = cloud.stores.store<SchedulerState>('scheduler', () => ({ groups: {}, schedules: {} }));
  store.data.groups[DEFAULT_GROUP] ??= {
    ...{ name: DEFAULT_GROUP, arn: groupArn(cloud, DEFAULT_GROUP), created: cloud.clock.now(), tags: [] },
  };
  const schedules = new ScheduleStore(store);
  const dispatcher = new Dispatcher(cloud, schedules);
  return {
    permissions: permissions(cloud),
    start: async () => dispatcher.resume(),
    stop: () => dispatcher.stop(),
    operations: {
      ...scheduleOperations(cloud, schedules, dispatcher),
      ...groupOperations(cloud, schedules, dispatcher),
    },
  };
}

export const scheduler: ServiceDefinition<'scheduler'> = {
  id: 'scheduler',
  facts: {
    package: '@aws-sdk/client-scheduler',
    signingName: 'scheduler',
    iamPrefix: 'scheduler',
    protocol: 'restJson1',
    invalidInput: 'ValidationException',
  },
  resourceTypes: scheduleTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    scheduler: Scheduler;
  }
}
