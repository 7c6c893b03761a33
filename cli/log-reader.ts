import { FilterLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { logText } from './log-text';

/** Where lines come from. Times are in milliseconds since 1970. */
export interface LogSource {
  /** As a person reads it. */
  readonly name: string;
  readonly group: string;
  /** First characters of the streams' names; absent for every stream of the group. */
  readonly streamPrefix?: string;
  readonly from: number;
  /** Absent while lines may still come. */
  readonly until?: number;
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly source: string;
  /** As it was logged. */
  readonly message: string;
  /** As a person reads it. */
  readonly text: string;
}

/** Reads a growing log, each line once. */
export class LogReader {
  private from: number;
  private readonly seen = new Set<string>();

  constructor(
    private readonly logs: CloudWatchLogsClient,
    private readonly source: LogSource,
  ) {
    this.from = source.from;
  }

  /** @param until overrides the source's: it may have ended since */
  async read(until = this.source.until): Promise<LogLine[]> {
    const { group, streamPrefix, name } = this.source;
    const lines: LogLine[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.page({
        logGroupName: group,
        logStreamNamePrefix: streamPrefix,
        startTime: this.from,
        endTime: until,
        nextToken,
      });
      for (const { eventId, message, timestamp } of page?.events ?? []) {
        if (this.seen.has(eventId!)) continue;
        this.seen.add(eventId!);
        const line = message!.trimEnd();
        lines.push({ time: timestamp!, source: name, message: line, text: logText(line) });
      }
      nextToken = page?.nextToken;
    } while (nextToken);
    this.from = lines.reduce((latest, { time }) => Math.max(latest, time), this.from);
    return lines;
  }

  private async page(request: FilterLogEventsCommand['input']) {
    try {
      return await this.logs.send(new FilterLogEventsCommand(request));
    } catch (error) {
      // A group is made by the first job that writes into it.
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}
