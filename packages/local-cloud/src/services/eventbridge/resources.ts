import type { Target } from '@aws-sdk/client-eventbridge';
import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

export const eventTypes: Record<string, ResourceType> = {
  'AWS::Events::Rule': {
    properties: [
      'Description',
      'EventPattern',
      'Name',
      'RoleArn',
      'ScheduleExpression',
      'State',
      'Tags',
      'Targets',
    ],
    async create(properties, context) {
      const name = (properties.Name as string | undefined) ?? generatedName(context, 64);
      return { physicalId: name, attributes: { Arn: await put(name, properties, context) } };
    },
    async update(properties, context, before) {
      const wanted = targets(properties).map(({ Id }) => Id);
      const gone = targets(before.properties).filter(({ Id }) => !wanted.includes(Id));
      await removeTargets(before.physicalId, gone, context);
      await put(before.physicalId, properties, context);
      return before;
    },
    async delete({ physicalId, properties }, context) {
      await removeTargets(physicalId, targets(properties), context);
      await context.cloud.call('eventbridge', 'DeleteRule', { Name: physicalId }, context.caller);
    },
  },
};

async function put(
  Name: string,
  properties: Properties,
  { cloud, caller, made }: ResourceContext,
): Promise<string> {
  const { EventPattern, ScheduleExpression, State, Description, RoleArn } = properties;
  const { RuleArn } = await cloud.call(
    'eventbridge',
    'PutRule',
    {
      Name,
      EventPattern: EventPattern === undefined ? undefined : JSON.stringify(EventPattern),
      ScheduleExpression: ScheduleExpression as string | undefined,
      State: State as 'ENABLED' | 'DISABLED' | undefined,
      Description: Description as string | undefined,
      RoleArn: RoleArn as string | undefined,
    },
    caller,
  );
  made({ physicalId: Name });
  const Targets = targets(properties);
  if (Targets.length > 0) await cloud.call('eventbridge', 'PutTargets', { Rule: Name, Targets }, caller);
  return RuleArn!;
}

function targets({ Targets = [] }: Properties): Target[] {
  return Targets as Target[];
}

async function removeTargets(
  Rule: string,
  gone: readonly Target[],
  { cloud, caller }: ResourceContext,
): Promise<void> {
  if (gone.length === 0) return;
  await cloud.call('eventbridge', 'RemoveTargets', { Rule, Ids: gone.map(({ Id }) => Id!) }, caller);
}
