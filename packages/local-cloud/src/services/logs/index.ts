import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';
import { eventOperations } from './event-operations';
import { registerEventTarget } from './event-target';
import { groupOperations } from './group-operations';
import { Groups } from './groups';

/** CloudWatch Logs: groups, streams and events. Retention is kept but deletes nothing. */
export function logs(cloud: Cloud): Service<'cloudwatchlogs'> {
  const groups = new Groups(cloud);
  registerEventTarget(cloud, groups);
  const onGroup = (action: string) => {
    return (input: { logGroupName?: string; logGroupIdentifier?: string; logStreamName?: string }) => {
      const group = cloud.arn('logs', `log-group:${input.logGroupName ?? input.logGroupIdentifier ?? '*'}`);
      return { action: `logs:${action}`, resources: [`${group}:log-stream:${input.logStreamName ?? ''}`] };
    };
  };
  return {
    id: 'cloudwatchlogs',
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
