import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import type { EventEnvelope } from '../../core/events';
import { Timetable } from '../../core/timetable';
import { nextTime, parseSchedule } from 'aws-schedules';
import type { Rule } from './rule';

/**
 * Fires rules that have a schedule, in UTC, at the exact time. A rate counts from the rule's last change, and fires
 * first after one period. Times that passed while the cloud was closed are skipped.
 */
export class ScheduledRules {
  private readonly timetable: Timetable;

  constructor(
    private readonly cloud: Cloud,
    private readonly rules: Readonly<Record<string, Rule>>,
    private readonly send: (rule: Rule, event: EventEnvelope) => void,
  ) {
    this.timetable = new Timetable(cloud.clock, (name, time) => this.fire(name, time));
  }

  start(): void {
    for (const name of Object.keys(this.rules)) this.reschedule(name);
  }

  stop(): void {
    this.timetable.stop();
  }

  /** Sets the rule's next time. Called after each change of a rule. */
  reschedule(name: string, after = this.cloud.clock.now()): void {
    this.timetable.remove(name);
    const rule = this.rules[name];
    if (rule?.schedule === undefined || rule.state !== 'ENABLED') return;
    const schedule = parseSchedule(rule.schedule);
    const since = rule.scheduled ?? after;
    const anchor = schedule.kind === 'rate' ? since + schedule.ms : since;
    const next = nextTime(schedule, after, { timeZone: 'UTC', anchor });
    if (next !== undefined) this.timetable.set(name, next);
  }

  /** Sends the event to this rule's targets, and to no other rule. */
  private fire(name: string, time: number): void {
    const rule = this.rules[name];
    if (!rule) return;
    this.reschedule(name, time);
    this.send(rule, {
      ...{ version: '0', id: randomUUID(), 'detail-type': 'Scheduled Event', source: 'aws.events' },
      ...{ account: this.cloud.account, region: this.cloud.region, resources: [rule.arn], detail: {} },
      time: new Date(time).toISOString().replace(/\.\d+Z$/, 'Z'),
    });
  }
}
