import { FilterLogEventsCommand, type CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { logText } from './log-text';

/** A source of log lines. Times are in milliseconds since 1970. */
export interface LogSource {
  /** Name that is shown. */
  readonly name: string;
  readonly group: string;
  /** Prefix of the streams' names; absent: every stream of the group. */
  readonly streamPrefix?: string;
  readonly from: number;
  /** Absent while lines may still be added. */
  readonly until?: number;
}

export interface LogLine {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly source: string;
  /** The line as it was logged. */
  readonly message: string;
  /** The line in readable form. */
  readonly text: string;
}

/** Reads a growing log; returns each line once. */
export class LogReader {
  private from: number;
  private readonly seen = new Set<string>();

  constructor(
    private readonly logs: CloudWatchLogsClient,
    private readonly source: LogSource,
  ) {
    this.from = source.from;
  }

  /** Returns the new lines. @param until overrides the source's, which may have ended since */
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
      // The first job that writes to a group creates it.
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }
}
