import type { FlexibleTimeWindow, Tag, Target } from '@aws-sdk/client-scheduler';
import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

export const scheduleTypes: Record<string, ResourceType> = {
  'AWS::Scheduler::Schedule': {
    properties: [
      ...['Description', 'EndDate', 'FlexibleTimeWindow', 'GroupName', 'KmsKeyArn', 'Name'],
      ...['ScheduleExpression', 'ScheduleExpressionTimezone', 'StartDate', 'State', 'Target'],
    ],
    fixed: ['GroupName'],
    async create(properties, context) {
      const name = (properties.Name as string | undefined) ?? generatedName(context, 64);
      const { cloud, caller } = context;
      const request = requestFor(name, properties);
      const { ScheduleArn } = await cloud.call('scheduler', 'CreateSchedule', request, caller);
      return { physicalId: name, attributes: { Arn: ScheduleArn } };
    },
    async update(properties, { cloud, caller }, before) {
      await cloud.call('scheduler', 'UpdateSchedule', requestFor(before.physicalId, properties), caller);
      return before;
    },
    async delete({ physicalId: Name, properties }, { cloud, caller }) {
      const GroupName = properties.GroupName as string | undefined;
      await cloud.call('scheduler', 'DeleteSchedule', { Name, GroupName }, caller);
    },
  },

  'AWS::Scheduler::ScheduleGroup': {
    properties: ['Name', 'Tags'],
    async create(properties, context) {
      const name = (properties.Name as string | undefined) ?? generatedName(context, 64);
      const { cloud, caller } = context;
      const Tags = tagsOf(properties);
      await cloud.call('scheduler', 'CreateScheduleGroup', { Name: name, Tags }, caller);
      const { Arn, State, CreationDate } = await cloud.call(
        'scheduler',
        'GetScheduleGroup',
        { Name: name },
        caller,
      );
      const time = CreationDate!.toISOString();
      return {
        physicalId: name,
        attributes: { Arn, State, CreationDate: time, LastModificationDate: time },
      };
    },
    async update(properties, context, before) {
      await retag(String(before.attributes!.Arn), tagsOf(before.properties), tagsOf(properties), context);
      return before;
    },
    async delete({ physicalId: Name }, { cloud, caller }) {
      await cloud.call('scheduler', 'DeleteScheduleGroup', { Name }, caller);
    },
  },
};

function requestFor(Name: string, properties: Properties) {
  const text = (name: string) => properties[name] as string | undefined;
  const date = (name: string) => (properties[name] === undefined ? undefined : new Date(text(name)!));
  return {
    ...{ Name, GroupName: text('GroupName'), Description: text('Description') },
    ...{ ScheduleExpression: text('ScheduleExpression'), KmsKeyArn: text('KmsKeyArn') },
    ScheduleExpressionTimezone: text('ScheduleExpressionTimezone'),
    State: text('State') as 'ENABLED' | 'DISABLED' | undefined,
    ...{ StartDate: date('StartDate'), EndDate: date('EndDate') },
    FlexibleTimeWindow: properties.FlexibleTimeWindow as FlexibleTimeWindow,
    Target: properties.Target as Target,
  };
}

async function retag(
  ResourceArn: string,
  before: readonly Tag[],
  Tags: Tag[],
  { cloud, caller }: ResourceContext,
): Promise<void> {
  const TagKeys = before.map(({ Key }) => Key!).filter((key) => !Tags.some(({ Key }) => Key === key));
  if (TagKeys.length > 0) await cloud.call('scheduler', 'UntagResource', { ResourceArn, TagKeys }, caller);
  if (Tags.length > 0) await cloud.call('scheduler', 'TagResource', { ResourceArn, Tags }, caller);
}

function tagsOf({ Tags = [] }: Properties): Tag[] {
  return Tags as Tag[];
}
