import { mkdirSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Cloud } from '../../core/cloud';
import { appendWhole, parseLines } from '../../core/files';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';

export interface Stream {
  name: string;
  arn: string;
  /** Milliseconds since the epoch, as all times below. */
  created: number;
  firstEvent?: number;
  lastEvent?: number;
  lastIngestion?: number;
}

export interface Group {
  name: string;
  arn: string;
  created: number;
  retentionDays?: number;
  kmsKeyId?: string;
  streams: Record<string, Stream>;
}

export interface LogEvent {
  timestamp: number;
  message: string;
  ingestionTime: number;
}

/** Log groups and streams; a stream's events are lines of JSON in its own file. */
export class Groups {
  private readonly store: Store<{ groups: Record<string, Group> }>;

  constructor(private readonly cloud: Cloud) {
    this.store = cloud.stores.store('logs', () => ({ groups: {} }));
  }

  list(): Group[] {
    return Object.values(this.store.data.groups);
  }

  /** Finds a group by its name or its ARN. */
  get(nameOrArn: string | undefined): Group {
    const arn = /^arn:[^:]*:logs:[^:]*:\d*:log-group:([^:]+)/.exec(nameOrArn ?? '');
    const name = arn?.[1] ?? nameOrArn ?? '';
    if (Object.hasOwn(this.store.data.groups, name)) return this.store.data.groups[name]!;
    throw new ServiceError('ResourceNotFoundException', `The specified log group does not exist: ${name}.`);
  }

  stream(group: Group, name: string): Stream {
    if (Object.hasOwn(group.streams, name)) return group.streams[name]!;
    throw new ServiceError('ResourceNotFoundException', `The specified log stream does not exist: ${name}.`);
  }

  create(name: string, kmsKeyId: string | undefined): void {
    if (Object.hasOwn(this.store.data.groups, name)) {
      throw new ServiceError(
        'ResourceAlreadyExistsException',
        `The specified log group already exists: ${name}.`,
      );
    }
    const created = this.cloud.clock.now();
    const arn = this.cloud.arn('logs', `log-group:${name}`);
    this.store.data.groups[name] = { name, arn, created, ...(kmsKeyId && { kmsKeyId }), streams: {} };
    this.store.changed();
  }

  createStream(group: Group, name: string): void {
    if (Object.hasOwn(group.streams, name)) {
      throw new ServiceError(
        'ResourceAlreadyExistsException',
        `The specified log stream already exists: ${name}.`,
      );
    }
    group.streams[name] = { name, arn: `${group.arn}:log-stream:${name}`, created: this.cloud.clock.now() };
    this.store.changed();
  }

  async delete(group: Group): Promise<void> {
    delete this.store.data.groups[group.name];
    this.store.changed();
    await rm(this.directory(group), { recursive: true, force: true });
  }

  async deleteStream(group: Group, stream: Stream): Promise<void> {
    delete group.streams[stream.name];
    this.store.changed();
    await rm(this.file(group, stream), { force: true });
  }

  setRetention(group: Group, days: number | undefined): void {
    if (days === undefined) delete group.retentionDays;
    else group.retentionDays = days;
    this.store.changed();
  }

  async append(group: Group, stream: Stream, events: readonly LogEvent[]): Promise<void> {
    const file = this.file(group, stream);
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    mkdirSync(dirname(file), { recursive: true });
    appendWhole(file, text);
    const times = events.map(({ timestamp }) => timestamp);
    stream.firstEvent = Math.min(stream.firstEvent ?? Infinity, ...times);
    stream.lastEvent = Math.max(stream.lastEvent ?? 0, ...times);
    stream.lastIngestion = this.cloud.clock.now();
    this.store.changedSlightly();
  }

  /** Returns a stream's events by timestamp; events with equal timestamps keep the order of their arrival. */
  async events(group: Group, stream: Stream): Promise<LogEvent[]> {
    const text = await readFile(this.file(group, stream), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return parseLines<LogEvent>(text).sort((a, b) => a.timestamp - b.timestamp);
  }

  private directory(group: Group): string {
    return join(this.cloud.stateDirectory, 'logs', encodeURIComponent(group.name));
  }

  private file(group: Group, stream: Stream): string {
    return join(this.directory(group), `${encodeURIComponent(stream.name)}.jsonl`);
  }
}
