import type { Cloud } from '../../core/cloud';
import { notSupported, ServiceError } from '../../core/errors';
import { page } from '../../core/paging';
import type { Input, Service } from '../../core/service';
import { keyArn } from '../kms/key-arn';
import { embeddedMetrics } from './embedded-metrics';
import { messageFilter } from './filter';
import { Groups, type Group, type LogEvent, type Stream } from './groups';

const PAGE = 50;
const MAX_EVENTS = 10_000;
const MAX_BATCH_BYTES = 1_048_576;
/** What each event counts beside its message (PutLogEvents reference). */
const EVENT_OVERHEAD_BYTES = 26;
const HOUR_MS = 3_600_000;
const OLDEST_MS = 14 * 24 * HOUR_MS;
const NEWEST_MS = 2 * HOUR_MS;

/** CloudWatch Logs: groups, streams and events. Retention is kept but deletes nothing. */
export function logs(cloud: Cloud): Service<'cloudwatchlogs'> {
  const groups = new Groups(cloud);
  const invalid = (message: string) => new ServiceError('InvalidParameterException', message);

  /** A rule's target that is a log group gets each event as a line in a stream of its own time. */
  cloud.events.registerTarget(
    (arn) => /^arn:aws[a-z-]*:logs:[^:]*:\d*:log-group:/.test(arn),
    async ({ targetArn, input, from, sourceArn }) => {
      // Only a resource policy of CloudWatch Logs could allow it, and there are none here.
      cloud.authorize(
        { principal: from, sourceArn },
        { action: 'logs:PutLogEvents', resources: [targetArn] },
        'cloudwatchlogs',
      );
      const group = groups.get(targetArn);
      const name = `events/${new Date(cloud.clock.now()).toISOString().slice(0, 10)}`;
      if (!group.streams[name]) groups.createStream(group, name);
      const now = cloud.clock.now();
      const message = typeof input === 'string' ? input : JSON.stringify(input);
      await groups.append(group, groups.stream(group, name), [
        { timestamp: now, message, ingestionTime: now },
      ]);
    },
  );

  const onGroup = (action: string) => {
    return (input: { logGroupName?: string; logGroupIdentifier?: string; logStreamName?: string }) => {
      const group = cloud.arn('logs', `log-group:${input.logGroupName ?? input.logGroupIdentifier ?? '*'}`);
      return { action: `logs:${action}`, resources: [`${group}:log-stream:${input.logStreamName ?? ''}`] };
    };
  };

  /** The key's policy has to let CloudWatch Logs itself use it (User Guide, "Encrypt log data"). */
  function assertKeyUsable(logGroupName: string, keyId: string): void {
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
      throw new ServiceError('InvalidParameterException', message);
    }
  }

  /** What events hold in the embedded metric format becomes metrics, in the service's own name. */
  async function publishMetrics(events: readonly LogEvent[]): Promise<void> {
    // A cloud without CloudWatch has nowhere to put them.
    if (!cloud.serviceIds.includes('cloudwatch')) return;
    const caller = { principal: cloud.principals.service('logs.amazonaws.com') };
    for (const { namespace, data } of events.flatMap(embeddedMetrics)) {
      try {
        const request = { Namespace: namespace, MetricData: data };
        await cloud.call('cloudwatch', 'PutMetricData', request, caller);
      } catch (error) {
        // A reserved namespace, an unknown unit, a time that is too old: no metric, and the event stays.
        if (!(error instanceof ServiceError)) throw error;
      }
    }
  }

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
    operations: {
      async CreateLogGroup({ logGroupName = '', kmsKeyId, logGroupClass }) {
        if (logGroupClass !== undefined && logGroupClass !== 'STANDARD') {
          throw notSupported(`the log group class ${logGroupClass}`, 'Use STANDARD.');
        }
        if (kmsKeyId !== undefined) assertKeyUsable(logGroupName, kmsKeyId);
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
        if (input.nextToken !== undefined)
          throw notSupported('paging in descending order', 'Raise the limit.');
        const { items } = page(found, keyOf, found.length, undefined, invalid);
        return { logStreams: items.reverse().slice(0, limit).map(describeStream) };
      },

      async PutLogEvents({ logGroupName, logStreamName = '', logEvents = [] }) {
        const group = groups.get(logGroupName);
        const stream = groups.stream(group, logStreamName);
        checkBatch(logEvents);
        const now = cloud.clock.now();
        const tooOld = logEvents.filter(({ timestamp = 0 }) => timestamp < now - OLDEST_MS).length;
        const end = logEvents.findIndex(({ timestamp = 0 }) => timestamp > now + NEWEST_MS);
        const accepted = logEvents.slice(tooOld, end < 0 ? undefined : end);
        const events = accepted.map(({ timestamp, message }) => ({
          ...{ timestamp: timestamp!, message: message!, ingestionTime: now },
        }));
        if (events.length > 0) await groups.append(group, stream, events);
        await publishMetrics(events);
        const rejected = {
          ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
          ...(end >= 0 && { tooNewLogEventStartIndex: end }),
        };
        return Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {};
      },

      async GetLogEvents(input) {
        const {
          logStreamName = '',
          startTime = 0,
          endTime = Infinity,
          limit = MAX_EVENTS,
          nextToken,
        } = input;
        const group = groups.get(input.logGroupName ?? input.logGroupIdentifier);
        const all = await groups.events(group, groups.stream(group, logStreamName));
        const events = all.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
        const [start, end] = window(events.length, limit, input.startFromHead ?? false, nextToken, invalid);
        return {
          events: events.slice(start, end),
          // At an end of the stream, the token comes back as it was: that is how clients see it.
          nextForwardToken: `f/${String(end).padStart(12, '0')}`,
          nextBackwardToken: `b/${String(start).padStart(12, '0')}`,
        };
      },

      async FilterLogEvents(input) {
        const group = groups.get(input.logGroupName ?? input.logGroupIdentifier);
        const passes = messageFilter(input.filterPattern);
        const {
          startTime = 0,
          endTime = Infinity,
          logStreamNames,
          logStreamNamePrefix = '',
          limit = MAX_EVENTS,
        } = input;
        const streams =
          logStreamNames?.map((name) => groups.stream(group, name)) ?? Object.values(group.streams);
        const wanted = streams.filter(({ name }) => name.startsWith(logStreamNamePrefix));
        const found = await Promise.all(
          wanted.map(async (stream) =>
            (await groups.events(group, stream)).map((event, i) => ({ stream, event, i })),
          ),
        );
        const events = found
          .flat()
          .filter(({ event: { timestamp } }) => timestamp >= startTime && timestamp <= endTime)
          .filter(({ event }) => passes(event.message));
        const keyOf = ({ stream, event, i }: (typeof events)[number]) =>
          `${pad(event.timestamp)} ${stream.name} ${pad(i)}`;
        const { items, nextToken } = page(events, keyOf, limit, input.nextToken, invalid);
        const show = (entry: (typeof items)[number]) => ({
          ...entry.event,
          logStreamName: entry.stream.name,
          eventId: Buffer.from(keyOf(entry)).toString('hex'),
        });
        return { events: items.map(show), nextToken };
      },
    },
  };
}

const pad = (value: number) => String(value).padStart(16, '0');

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

function checkBatch(events: NonNullable<Input<'cloudwatchlogs', 'PutLogEvents'>['logEvents']>): void {
  const bytes = events.reduce(
    (sum, { message = '' }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES,
    0,
  );
  const times = events.map(({ timestamp }) => timestamp ?? 0);
  const problem =
    events.length < 1 || events.length > MAX_EVENTS
      ? `A batch has 1 to ${MAX_EVENTS} log events, not ${events.length}.`
      : bytes > MAX_BATCH_BYTES
        ? `Upload too large: ${bytes} bytes exceeds limit of ${MAX_BATCH_BYTES}`
        : events.some(({ message }) => message === '')
          ? 'Log event message must not be empty.'
          : times.some((time, i) => i > 0 && time < times[i - 1]!)
            ? 'Log events in a single PutLogEvents request must be in chronological order.'
            : undefined;
  if (problem) throw new ServiceError('InvalidParameterException', problem);
}

/** Which of `length` events a page shows: from a token on, or else the first or the last `limit` of them. */
function window(
  length: number,
  limit: number,
  fromHead: boolean,
  token: string | undefined,
  invalid: (message: string) => Error,
): [start: number, end: number] {
  if (token === undefined)
    return fromHead ? [0, Math.min(limit, length)] : [Math.max(0, length - limit), length];
  const [, direction, index] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (direction === undefined) throw invalid(`The specified nextToken '${token}' is invalid.`);
  const at = Math.min(Number(index), length);
  return direction === 'f' ? [at, Math.min(at + limit, length)] : [Math.max(0, at - limit), at];
}

export type { LogEvent };
