import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';
import { notification, subject } from './alarm-events';
import { isScalingPolicy } from './alarm-limits';

/** Notifies a scaling policy of its alarm. */
export interface AlarmSignal {
  alarm: MetricAlarm;
  /** The newest value of the alarm's statistic; undefined if the metric has no data. */
  value: number | undefined;
}

/** The context that actions need from their alarms. */
interface AlarmBook {
  newestValue(alarm: MetricAlarm): number | undefined;
  /** Adds an item to the alarm's history. */
  note(alarmName: string, summary: string, data: object): void;
}

/** Runs the actions of alarms whose state changes, outside of the call or the timer that changed it. */
export class AlarmActions {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly book: AlarmBook,
  ) {}

  run(alarm: MetricAlarm, before: MetricAlarm): void {
    for (const action of actionsOf(alarm)) this.act(action, { ...alarm }, before);
  }

  /**
   * "If the alarm's state remains, actions of Auto Scaling are invoked again once per minute" (User Guide, "Alarm
   * actions"); topics are notified of changes only.
   */
  repeat(alarm: MetricAlarm): void {
    const due = this.cloud.clock.now() % 60_000 < 10_000;
    if (!due) return;
    for (const action of actionsOf(alarm).filter(isScalingPolicy)) this.act(action, { ...alarm }, alarm);
  }

  /** Resolves when every started action is finished. */
  async settled(): Promise<void> {
    while (this.running.size > 0) await Promise.all(this.running);
  }

  private act(action: string, alarm: MetricAlarm, before: MetricAlarm): void {
    const run = this.attempt(action, alarm, before);
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
  }

  private async attempt(action: string, alarm: MetricAlarm, before: MetricAlarm): Promise<void> {
    const { region, account } = this.cloud;
    const from = this.cloud.principals.service('cloudwatch.amazonaws.com');
    const sourceArn = alarm.AlarmArn!;
    const facts = {
      actionState: '',
      notificationResource: action,
      stateUpdateTimestamp: alarm.StateUpdatedTimestamp,
    };
    try {
      if (isScalingPolicy(action)) {
        const signal: AlarmSignal = { alarm, value: this.book.newestValue(alarm) };
        this.cloud.events.deliver({ targetArn: action, input: signal, from, sourceArn });
      } else {
        const message = notification(alarm, before, region, account);
        await this.cloud.call(
          'sns',
          'Publish',
          { TopicArn: action, Subject: subject(alarm, region), Message: message },
          { principal: from, sourceArn },
        );
      }
      this.book.note(alarm.AlarmName!, `Successfully executed action ${action}`, {
        ...facts,
        actionState: 'Succeeded',
      });
    } catch (error) {
      const failure = { ...facts, actionState: 'Failed', error: (error as Error).message };
      this.book.note(alarm.AlarmName!, `Failed to execute action ${action}`, failure);
    }
  }
}

function actionsOf(alarm: MetricAlarm): string[] {
  if (alarm.ActionsEnabled === false) return [];
  const { OKActions = [], AlarmActions = [], InsufficientDataActions = [] } = alarm;
  const byState = { OK: OKActions, ALARM: AlarmActions, INSUFFICIENT_DATA: InsufficientDataActions };
  return byState[alarm.StateValue!];
}
