import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { setTimeout as sleep } from 'node:timers/promises';

const LOG_GROUP = '/aws/sagemaker/TrainingJobs';
const POLL_MS = 200;

/** One line of a training job. */
export type OnLine = (line: string) => void;

/** Follows the output of training jobs, as `aws logs tail` would, from `since` on until it is told to stop. */
export class TrainingLog {
  private stopped = false;
  private next: number;
  private readonly seen = new Set<string>();
  private readonly following: Promise<void>;

  constructor(
    private readonly logs: CloudWatchLogsClient,
    since: number,
    private readonly onLine: OnLine,
  ) {
    this.next = since;
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
    let nextToken: string | undefined;
    do {
      try {
        const page = await this.logs.send(
          new FilterLogEventsCommand({ logGroupName: LOG_GROUP, startTime: this.next, nextToken }),
        );
        for (const { eventId, message, timestamp } of page.events ?? []) {
          if (this.seen.has(eventId!)) continue;
          this.seen.add(eventId!);
          this.next = Math.max(this.next, timestamp!);
          this.onLine(message!);
        }
        nextToken = page.nextToken;
      } catch (error) {
        // Before the first job there is no such group.
        if ((error as Error).name !== 'ResourceNotFoundException') throw error;
        return;
      }
    } while (nextToken);
  }
}
