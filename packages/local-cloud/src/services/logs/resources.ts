import {
  generatedName,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from '../../core/resource-type';

export const logTypes: Record<string, ResourceType> = {
  'AWS::Logs::LogGroup': {
    properties: ['KmsKeyId', 'LogGroupClass', 'LogGroupName', 'RetentionInDays', 'Tags'],
    fixed: ['KmsKeyId', 'LogGroupClass'],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.LogGroupName as string | undefined) ?? generatedName(context, 512);
      const { KmsKeyId, LogGroupClass } = properties as { KmsKeyId?: string; LogGroupClass?: 'STANDARD' };
      const group = { logGroupName: name, kmsKeyId: KmsKeyId, logGroupClass: LogGroupClass };
      await cloud.call('cloudwatchlogs', 'CreateLogGroup', group, caller);
      if (properties.RetentionInDays !== undefined) await limit(name, properties, context);
      return { physicalId: name, attributes: { Arn: `${cloud.arn('logs', `log-group:${name}`)}:*` } };
    },
    async update(properties, context, before) {
      if (properties.RetentionInDays !== before.properties.RetentionInDays)
        await limit(before.physicalId, properties, context);
      return before;
    },
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('cloudwatchlogs', 'DeleteLogGroup', { logGroupName: physicalId }, caller);
    },
  },
};

/** Stored and returned; nothing expires on this machine. */
async function limit(
  logGroupName: string,
  { RetentionInDays }: Properties,
  { cloud, caller }: ResourceContext,
): Promise<void> {
  if (RetentionInDays === undefined) {
    await cloud.call('cloudwatchlogs', 'DeleteRetentionPolicy', { logGroupName }, caller);
    return;
  }
  const retentionInDays = Number(RetentionInDays);
  await cloud.call('cloudwatchlogs', 'PutRetentionPolicy', { logGroupName, retentionInDays }, caller);
}
