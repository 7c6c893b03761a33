import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../model/errors';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import { keyArn } from '../kms/key-arn';
import { invalid } from './faults';
import type { Group, Groups, Stream } from './groups';

const PAGE = 50;

/** Log groups and their streams. Retention is stored but deletes nothing. */
export function groupOperations(cloud: Cloud, groups: Groups): Operations<'cloudwatchlogs'> {
  return {
    async CreateLogGroup({ logGroupName = '', kmsKeyId, logGroupClass }) {
      if (logGroupClass !== undefined && logGroupClass !== 'STANDARD') {
        throw notSupported(`the log group class ${logGroupClass}`, 'Use STANDARD.');
      }
      if (kmsKeyId !== undefined) assertKeyUsable(cloud, logGroupName, kmsKeyId);
      groups.create(logGroupName, kmsKeyId);
      return {};
    },

    async DeleteLogGroup({ logGroupName }) {
      await groups.delete(groups.get(logGroupName));
      return {};
    },

    async PutRetentionPolicy({ logGroupName, retentionInDays }) {
      groups.setRetention(groups.get(logGroupName), retentionInDays);
      return {};
    },

    async DeleteRetentionPolicy({ logGroupName }) {
      groups.setRetention(groups.get(logGroupName), undefined);
      return {};
    },

    async DescribeLogGroups({ logGroupNamePrefix = '', limit = PAGE, nextToken: token }) {
      const found = groups.list().filter(({ name }) => name.startsWith(logGroupNamePrefix));
      const { items, nextToken } = page(found, ({ name }) => name, limit, token, invalid);
      return { logGroups: items.map(describeGroup), nextToken };
    },

    async CreateLogStream({ logGroupName, logStreamName = '' }) {
      groups.createStream(groups.get(logGroupName), logStreamName);
      return {};
    },

    async DeleteLogStream({ logGroupName, logStreamName = '' }) {
      const group = groups.get(logGroupName);
      await groups.deleteStream(group, groups.stream(group, logStreamName));
      return {};
    },

    async DescribeLogStreams(input) {
      const { logStreamNamePrefix = '', orderBy = 'LogStreamName', descending, limit = PAGE } = input;
      const group = groups.get(input.logGroupName ?? input.logGroupIdentifier);
      const byTime = orderBy === 'LastEventTime';
      if (byTime && logStreamNamePrefix) {
        throw invalid('Cannot order by LastEventTime with a logStreamNamePrefix; leave one of them out.');
      }
      const found = Object.values(group.streams).filter(({ name }) => name.startsWith(logStreamNamePrefix));
      const keyOf = ({ name, lastEvent = 0 }: Stream) => {
        return byTime ? `${String(lastEvent).padStart(16, '0')} ${name}` : name;
      };
      if (!descending) {
        const { items, nextToken } = page(found, keyOf, limit, input.nextToken, invalid);
        return { logStreams: items.map(describeStream), nextToken };
      }
      if (input.nextToken !== undefined) throw notSupported('paging in descending order', 'Raise the limit.');
      const { items } = page(found, keyOf, found.length, undefined, invalid);
      return { logStreams: items.reverse().slice(0, limit).map(describeStream) };
    },
  };
}

/** The key's policy must allow CloudWatch Logs to use it (User Guide, "Encrypt log data"). */
function assertKeyUsable(cloud: Cloud, logGroupName: string, keyId: string): void {
  const arn = cloud.arn('logs', `log-group:${logGroupName}`);
  const principal = cloud.principals.service(`logs.${cloud.region}.amazonaws.com`);
  const context = { 'kms:EncryptionContext:aws:logs:arn': arn };
  try {
    for (const action of ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey']) {
      cloud.authorize({ principal }, { action, resources: [keyArn(cloud, keyId)], context });
    }
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const message = `The specified KMS key does not exist or is not allowed to be used with LogGroup '${arn}'`;
    throw invalid(message);
  }
}

function describeGroup({ name, arn, created, retentionDays, kmsKeyId }: Group) {
  return {
    logGroupName: name,
    arn: `${arn}:*`,
    logGroupArn: arn,
    creationTime: created,
    retentionInDays: retentionDays,
    kmsKeyId,
    logGroupClass: 'STANDARD' as const,
  };
}

function describeStream({ name, arn, created, firstEvent, lastEvent, lastIngestion }: Stream) {
  return {
    logStreamName: name,
    arn,
    creationTime: created,
    firstEventTimestamp: firstEvent,
    lastEventTimestamp: lastEvent,
    lastIngestionTime: lastIngestion,
  };
}
