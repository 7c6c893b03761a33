import { generatedName, type ResourceType } from '../resource-type';

export const logTypes: Record<string, ResourceType> = {
  'AWS::Logs::LogGroup': {
    properties: ['KmsKeyId', 'LogGroupClass', 'LogGroupName', 'RetentionInDays', 'Tags'],
    replacedBy: ['LogGroupName'],
    async create(properties, context) {
      const { cloud, caller } = context;
      const name = (properties.LogGroupName as string | undefined) ?? generatedName(context, 512);
      await cloud.call('cloudwatchlogs', 'CreateLogGroup', { logGroupName: name }, caller);
      return { physicalId: name, attributes: { Arn: `${cloud.arn('logs', `log-group:${name}`)}:*` } };
    },
    // Nothing expires on this machine, so a changed retention changes nothing here.
    update: async (_properties, _context, before) => before,
    async delete({ physicalId }, { cloud, caller }) {
      await cloud.call('cloudwatchlogs', 'DeleteLogGroup', { logGroupName: physicalId }, caller);
    },
  },
};
