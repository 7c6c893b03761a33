import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { setTimeout as sleep } from 'node:timers/promises';
import { TRAINING_LOGS } from '../cli/run-tasks';
import { LogReader } from '../cli/log-reader';

const POLL_MS = 200;

/** One line of a training job. */
export type OnLine = (line: string) => void;

/** Follows the logs of training jobs from `since` until {@link stop}, as `aws logs tail --follow` does. */
export class TrainingLog {
  private stopped = false;
  private readonly reader: LogReader;
  private readonly following: Promise<void>;

  constructor(
    logs: CloudWatchLogsClient,
    since: number,
    private readonly onLine: OnLine,
  ) {
    this.reader = new LogReader(logs, { name: 'training', group: TRAINING_LOGS, from: since });
    this.following = this.follow();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.following;
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      await this.read();
      await sleep(POLL_MS);
    }
    await this.read();
  }

  private async read(): Promise<void> {
    for (const { text } of await this.reader.read()) this.onLine(text);
  }
}
