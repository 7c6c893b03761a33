import type { Cloud } from '../core/cloud';
import type { Caller } from '../core/service';

/** Milliseconds between writes: long enough to collect many lines, short enough to look live. */
const FLUSH_AFTER_MS = 100;

/** Limits of PutLogEvents: events in a call, and bytes, where each event counts 26 bytes in addition to its text. */
const MAX_EVENTS = 10_000;
const MAX_BYTES = 1_048_576;
const EVENT_BYTES = 26;

/** Characters of a line that are kept: with four bytes each, they still fit into an event. */
const MAX_LINE = 250_000;

interface LogEvent {
  timestamp: number;
  message: string;
}

/** Writes a program's output to a CloudWatch log stream with the permissions of the program's role. */
export class LogStream {
  private pending: LogEvent[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void>;

  constructor(
    private readonly cloud: Cloud,
    private readonly caller: Caller,
    private readonly group: string,
    private readonly stream: string,
  ) {
    this.writing = this.create();
  }

  write(line: string): void {
    // CloudWatch refuses empty messages.
    if (line === '') return;
    this.pending.push({ timestamp: this.cloud.clock.now(), message: line.slice(0, MAX_LINE) });
    this.timer ??= setTimeout(() => this.flush(), FLUSH_AFTER_MS);
  }

  /** Resolves when every line is written. */
  async end(): Promise<void> {
    this.flush();
    await this.writing;
  }

  private flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const batches = batchesOf(this.pending);
    this.pending = [];
    for (const logEvents of batches) {
      this.writing = this.writing.then(async () => {
        await this.ignoreDenied(() =>
          this.cloud.call(
            'cloudwatchlogs',
            'PutLogEvents',
            { logGroupName: this.group, logStreamName: this.stream, logEvents },
            this.caller,
          ),
        );
      });
    }
  }

  /** Creates the group only if it does not exist, so a role whose group exists needs no permission to create it. */
  private async create(): Promise<void> {
    const names = { logGroupName: this.group, logStreamName: this.stream };
    const createStream = () => this.cloud.call('cloudwatchlogs', 'CreateLogStream', names, this.caller);
    if ((await this.ignoreDenied(createStream)) !== 'ResourceNotFoundException') return;
    await this.ignoreDenied(() =>
      this.cloud.call('cloudwatchlogs', 'CreateLogGroup', { logGroupName: this.group }, this.caller),
    );
    await this.ignoreDenied(createStream);
  }

  /**
   * Ignores an AccessDenied error: as in AWS, a job continues without logs if its role may not write them; here also if
   * the disk is full.
   *
   * @returns the name of the error that is ignored
   */
  private async ignoreDenied(call: () => Promise<unknown>): Promise<string | undefined> {
    try {
      await call();
      return undefined;
    } catch (error) {
      const { name } = error as Error;
      const ignored = [
        'ResourceAlreadyExistsException',
        'AccessDeniedException',
        'ResourceNotFoundException',
        'InsufficientStorage',
      ];
      if (!ignored.includes(name)) throw error;
      return name;
    }
  }
}

function batchesOf(events: readonly LogEvent[]): LogEvent[][] {
  const batches: LogEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(event.message) + EVENT_BYTES;
    if (bytes > room || batches.at(-1)!.length === MAX_EVENTS) {
      batches.push([]);
      room = MAX_BYTES;
    }
    batches.at(-1)!.push(event);
    room -= bytes;
  }
  return batches;
}
