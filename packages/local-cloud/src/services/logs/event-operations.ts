import type { Cloud } from '../../core/cloud';
import { page } from '../../core/paging';
import type { Operations } from '../../core/service';
import { checkBatch } from './batch';
import { publishMetrics } from './embedded-metrics';
import { invalid } from './faults';
import { messageFilter } from './filter';
import type { Groups } from './groups';

/** Events of a page, by default. */
const PAGE = 10_000;
const HOUR_MS = 3_600_000;
const OLDEST_MS = 14 * 24 * HOUR_MS;
const NEWEST_MS = 2 * HOUR_MS;

/** Log events: written to a stream, read from a stream, filtered in a group. */
export function eventOperations(cloud: Cloud, groups: Groups): Operations<'cloudwatchlogs'> {
  return {
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
      await publishMetrics(cloud, events);
      const rejected = {
        ...(tooOld > 0 && { tooOldLogEventEndIndex: tooOld }),
        ...(end >= 0 && { tooNewLogEventStartIndex: end }),
      };
      return Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {};
    },

    async GetLogEvents(input) {
      const { logStreamName = '', startTime = 0, endTime = Infinity, limit = PAGE, nextToken } = input;
      const group = groups.get(input.logGroupName ?? input.logGroupIdentifier);
      const all = await groups.events(group, groups.stream(group, logStreamName));
      const events = all.filter(({ timestamp }) => timestamp >= startTime && timestamp < endTime);
      const [start, end] = window(events.length, limit, input.startFromHead ?? false, nextToken);
      return {
        events: events.slice(start, end),
        // At an end of the stream, the same token is returned: this is how clients detect the end.
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
        limit = PAGE,
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
  };
}

const pad = (value: number) => String(value).padStart(16, '0');

/**
 * Returns the range of `length` events that a page shows: from a token, or else the first or the last `limit` of them.
 */
function window(
  length: number,
  limit: number,
  fromHead: boolean,
  token: string | undefined,
): [start: number, end: number] {
  if (token === undefined)
    return fromHead ? [0, Math.min(limit, length)] : [Math.max(0, length - limit), length];
  const [, direction, index] = /^([fb])\/(\d+)$/.exec(token) ?? [];
  if (direction === undefined) throw invalid(`The specified nextToken '${token}' is invalid.`);
  const at = Math.min(Number(index), length);
  return direction === 'f' ? [at, Math.min(at + limit, length)] : [Math.max(0, at - limit), at];
}
