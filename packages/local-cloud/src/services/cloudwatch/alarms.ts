import type {
  AlarmHistoryItem,
  HistoryItemType,
  MetricAlarm,
  StateValue,
  Tag,
} from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import type { Store } from '../../core/store';
import { AlarmActions } from './alarm-actions';
import { alarmConfiguration, stateChange } from './alarm-events';
import { evaluationRange, evaluateAlarm, type AlarmPoint } from './alarm-evaluation';
import { reasonData, stateReason, UNCHECKED } from './alarm-reasons';
import { AlarmTimers } from './alarm-timers';
import { metricId, metricKey, type MetricId, type Metrics } from './metrics';
import { statisticOf } from './statistics';

/** Maximum of stored items in an alarm's history. */
const HISTORY = 100;

interface AlarmState {
  alarms: Record<string, MetricAlarm>;
  /** Newest first. */
  history: Record<string, AlarmHistoryItem[]>;
  /** By ARN. */
  tags: Record<string, Tag[]>;
}

/** The account's alarms: their settings, their states and their evaluation. */
export class Alarms {
  private readonly store: Store<AlarmState>;
  private readonly timers: AlarmTimers;
  private readonly actions: AlarmActions;

  constructor(
    private readonly cloud: Cloud,
    private readonly metrics: Metrics,
  ) {
    this.store = cloud.stores.store('cloudwatch-alarms', () => ({ alarms: {}, history: {}, tags: {} }));
    this.timers = new AlarmTimers(cloud.clock, (name) => this.tick(name));
    this.actions = new AlarmActions(cloud, {
      newestValue: (alarm) => this.points(alarm).find(({ value }) => value !== undefined)?.value,
      note: (name, summary, data) => this.note(name, 'Action', summary, data),
    });
    metrics.onData((changes) => this.onNewData(changes));
  }

  arn(name: string): string {
    return this.cloud.arn('cloudwatch', `alarm:${name}`);
  }

  list(): MetricAlarm[] {
    return Object.values(this.store.data.alarms);
  }

  find(name: string): MetricAlarm | undefined {
    return Object.hasOwn(this.store.data.alarms, name) ? this.store.data.alarms[name] : undefined;
  }

  get(name: string): MetricAlarm {
    const alarm = this.find(name);
    if (alarm) return alarm;
    throw new ServiceError('ResourceNotFound', `The alarm ${name} does not exist.`);
  }

  get tags(): Record<string, Tag[]> {
    return this.store.data.tags;
  }

  history(name: string): readonly AlarmHistoryItem[] {
    return this.store.data.history[name] ?? [];
  }

  /** A new alarm begins without data; an existing one keeps its state. */
  put(configuration: MetricAlarm, tags: readonly Tag[]): void {
    const name = configuration.AlarmName!;
    const now = new Date(this.cloud.clock.now());
    const before = this.find(name);
    const state = before ?? {
      StateValue: 'INSUFFICIENT_DATA',
      StateReason: UNCHECKED,
      StateUpdatedTimestamp: now,
      StateTransitionedTimestamp: now,
    };
    const alarm: MetricAlarm = {
      ...configuration,
      AlarmArn: this.arn(name),
      AlarmConfigurationUpdatedTimestamp: now,
      StateValue: state.StateValue,
      StateReason: state.StateReason,
      ...(state.StateReasonData && { StateReasonData: state.StateReasonData }),
      StateUpdatedTimestamp: state.StateUpdatedTimestamp,
      StateTransitionedTimestamp: state.StateTransitionedTimestamp,
    };
    this.store.data.alarms[name] = alarm;
    if (!before && tags.length > 0) this.tags[this.arn(name)] = [...tags];
    const verb = before ? 'updated' : 'created';
    this.note(name, 'ConfigurationUpdate', `Alarm "${name}" ${verb}`, {
      version: '1.0',
      type: before ? 'Update' : 'Create',
    });
    this.evaluate(alarm);
    this.timers.set(name, alarm.Period!);
  }

  delete(name: string): void {
    this.timers.remove(name);
    delete this.store.data.alarms[name];
    delete this.store.data.history[name];
    delete this.tags[this.arn(name)];
    this.store.changed();
  }

  /** Saves a changed alarm, or its changed tags. */
  changed(): void {
    this.store.changed();
  }

  /** Sets an alarm's state; the next evaluation decides again. */
  setState(alarm: MetricAlarm, state: StateValue, reason: string, data?: string): void {
    const name = alarm.AlarmName!;
    const before = { ...alarm };
    const now = new Date(this.cloud.clock.now());
    Object.assign(alarm, { StateValue: state, StateReason: reason, StateUpdatedTimestamp: now });
    if (data === undefined) delete alarm.StateReasonData;
    else alarm.StateReasonData = data;
    this.store.changed();
    if (before.StateValue === state) return;
    alarm.StateTransitionedTimestamp = now;
    this.note(name, 'StateUpdate', `Alarm updated from ${before.StateValue} to ${state}`, {
      version: '1.0',
      oldState: { stateValue: before.StateValue, stateReason: before.StateReason },
      newState: { stateValue: state, stateReason: reason },
    });
    this.cloud.events.publish({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [alarm.AlarmArn!],
      detail: { alarmName: name, ...stateChange(alarm, before), configuration: alarmConfiguration(alarm) },
    });
    this.actions.run(alarm, before);
  }

  start(): void {
    for (const { AlarmName, Period } of this.list()) this.timers.set(AlarmName!, Period!);
  }

  async stop(): Promise<void> {
    this.timers.stop();
    await this.actions.settled();
  }

  private tick(name: string): void {
    const alarm = this.get(name);
    const before = alarm.StateValue;
    this.evaluate(alarm);
    if (alarm.StateValue === before) this.actions.repeat(alarm);
  }

  /** Late data change past periods: their alarms are evaluated at once. */
  private onNewData(changes: ReadonlyMap<string, number>): void {
    for (const alarm of this.list()) {
      const time = changes.get(metricKey(metricOf(alarm)));
      if (time !== undefined && time < this.lastEvaluation(alarm)) this.evaluate(alarm);
    }
  }

  private evaluate(alarm: MetricAlarm): void {
    const evaluation = evaluateAlarm(alarm, this.points(alarm));
    const { state } = evaluation;
    if (state === undefined || state === alarm.StateValue) return;
    const data = reasonData(alarm, this.cloud.clock.now(), evaluation);
    this.setState(alarm, state, stateReason(alarm, state, evaluation), data);
  }

  /** Returns the time of the alarm's last scheduled evaluation: periods that end later do not count yet. */
  private lastEvaluation(alarm: MetricAlarm): number {
    const stepMs = AlarmTimers.stepMs(alarm.Period!);
    return Math.floor(this.cloud.clock.now() / stepMs) * stepMs;
  }

  /** Returns the past periods, newest first. */
  private points(alarm: MetricAlarm): AlarmPoint[] {
    const periodMs = alarm.Period! * 1000;
    const end = this.lastEvaluation(alarm);
    const length = evaluationRange(alarm);
    const start = end - length * periodMs;
    const query = { metric: metricOf(alarm), unit: alarm.Unit, start, end, periodMs, origin: end };
    const found = new Map(this.metrics.periods(query).map(({ time, sample }) => [time, sample]));
    return Array.from({ length }, (_, i) => {
      const time = end - (i + 1) * periodMs;
      const sample = found.get(time);
      const value = sample && statisticOf(sample, alarm.Statistic ?? alarm.ExtendedStatistic!);
      return { time, value, samples: sample?.count ?? 0 };
    });
  }

  private note(name: string, kind: HistoryItemType, summary: string, data: object): void {
    const item: AlarmHistoryItem = {
      AlarmName: name,
      AlarmType: 'MetricAlarm',
      Timestamp: new Date(this.cloud.clock.now()),
      HistoryItemType: kind,
      HistorySummary: summary,
      HistoryData: JSON.stringify(data),
    };
    this.store.data.history[name] = [item, ...this.history(name)].slice(0, HISTORY);
    this.store.changed();
  }
}

function metricOf({ Namespace, MetricName, Dimensions }: MetricAlarm): MetricId {
  return metricId(Namespace, MetricName, Dimensions);
}
