import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { eventOperations } from './event-operations';
import { registerEventTarget } from './event-target';
import { groupOperations } from './group-operations';
import { Groups } from './groups';
import { logTypes } from './resources';

/** CloudWatch Logs: groups, streams and events. Retention is stored but deletes nothing. */
function create(cloud: Cloud): Service<'cloudwatchlogs'> {
  const groups = new Groups(cloud);
  registerEventTarget(cloud, groups);
  const onGroup = (action: string) => {
    return (input: { logGroupName?: string; logGroupIdentifier?: string; logStreamName?: string }) => {
      const group = cloud.arn('logs', `log-group:${input.logGroupName ?? input.logGroupIdentifier ?? '*'}`);
      return { action: `logs:${action}`, resources: [`${group}:log-stream:${input.logStreamName ?? ''}`] };
    };
  };
  return {
    permissions: {
      CreateLogGroup: onGroup('CreateLogGroup'),
      DeleteLogGroup: onGroup('DeleteLogGroup'),
      CreateLogStream: onGroup('CreateLogStream'),
      DeleteLogStream: onGroup('DeleteLogStream'),
      PutLogEvents: onGroup('PutLogEvents'),
      GetLogEvents: onGroup('GetLogEvents'),
      FilterLogEvents: onGroup('FilterLogEvents'),
      DescribeLogStreams: onGroup('DescribeLogStreams'),
      DescribeLogGroups: () => ({
        action: 'logs:DescribeLogGroups',
        resources: [cloud.arn('logs', 'log-group:*')],
      }),
      PutRetentionPolicy: onGroup('PutRetentionPolicy'),
      DeleteRetentionPolicy: onGroup('DeleteRetentionPolicy'),
    },
    operations: { ...groupOperations(cloud, groups), ...eventOperations(cloud, groups) },
  };
}

export const logs: ServiceDefinition<'cloudwatchlogs'> = {
  id: 'cloudwatchlogs',
  facts: {
    package: '@aws-sdk/client-cloudwatch-logs',
    signingName: 'logs',
    iamPrefix: 'logs',
    protocol: 'awsJson1_1',
    target: 'Logs_20140328',
    invalidInput: 'InvalidParameterException',
  },
  resourceTypes: logTypes,
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    cloudwatchlogs: CloudWatchLogs;
  }
}
