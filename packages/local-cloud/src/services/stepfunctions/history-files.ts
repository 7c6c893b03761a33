import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { appendWhole, parseLines, readIfPresent, replaceFile } from '../../core/files';
import type { HistoryEntry, HistoryEvent, Trace } from '../../states';

/** The part of a state machine that all attempts of an execution use. */
export interface Snapshot {
  readonly definition: string;
  readonly roleArn: string;
}

/** Files of executions: a history with one line for each event, and a snapshot of each revision that was started. */
export class HistoryFiles {
  constructor(private readonly stateDirectory: string) {}

  /** @param arn of an execution whose snapshot is saved */
  append(arn: string, event: HistoryEvent, trace?: Trace): void {
    appendWhole(this.history(arn), `${JSON.stringify({ ...event, trace })}\n`);
  }

  read(arn: string): HistoryEntry[] {
    const lines = parseLines<HistoryEvent & { trace?: Trace }>(readIfPresent(this.history(arn)) ?? '');
    return lines.map(({ trace = { path: [] }, ...event }) => {
      return { event: { ...event, timestamp: new Date(event.timestamp!) }, trace };
    });
  }

  saveSnapshot(executionArn: string, revision: string, { definition, roleArn }: Snapshot): void {
    const file = this.snapshotFile(executionArn, revision);
    if (existsSync(file)) return;
    mkdirSync(dirname(file), { recursive: true });
    replaceFile(file, JSON.stringify({ definition, roleArn }));
  }

  snapshot(executionArn: string, revision: string): Snapshot {
    return JSON.parse(readFileSync(this.snapshotFile(executionArn, revision), 'utf8')) as Snapshot;
  }

  private history(arn: string): string {
    return this.file(arn, `${arn.split(':').at(-1)}.jsonl`);
  }

  private snapshotFile(arn: string, revision: string): string {
    return this.file(arn, `${revision}.json`);
  }

  private file(arn: string, name: string): string {
    return join(this.stateDirectory, 'executions', arn.split(':').at(-2) ?? '', name);
  }
}
