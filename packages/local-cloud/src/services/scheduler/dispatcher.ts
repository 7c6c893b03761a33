import type { Cloud } from '../../core/cloud';
import { Timetable } from '../../core/timetable';
import { invokeTarget } from './invocation';
import { DEFAULT_RETRIES } from './limits';
import { firstFiring, nextFiring, scheduleKey, type ScheduleStore, type Schedule } from './state';

/** Fires schedules at their times, and updates them afterwards. */
export class Dispatcher {
  private readonly timetable: Timetable;
  private readonly running = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly cloud: Cloud,
    private readonly schedules: ScheduleStore,
  ) {
    this.timetable = new Timetable(cloud.clock, (key, time) => this.fire(key, time));
  }

  /** Sets the next time of a schedule that is new or was changed. */
  reschedule(schedule: Schedule): void {
    const key = scheduleKey(schedule.group, schedule.name);
    schedule.next = firstFiring(schedule.settings, this.cloud.clock.now());
    this.schedules.store.changed();
    this.timetable.remove(key);
    if (schedule.settings.state === 'ENABLED' && schedule.next !== null)
      this.timetable.set(key, schedule.next);
  }

  forget({ group, name }: Schedule): void {
    this.timetable.remove(scheduleKey(group, name));
  }

  /**
   * Resumes after the cloud was closed: a time that passed meanwhile fires now, as a delivery that took so long, if the
   * retry policy's age allows; a recurring schedule fires for the last missed time only.
   */
  resume(): void {
    for (const [key, schedule] of Object.entries(this.schedules.schedules)) {
      if (schedule.settings.state !== 'ENABLED' || schedule.next === null) continue;
      const now = this.cloud.clock.now();
      const missed = lastMissed(schedule, now);
      if (missed !== undefined) schedule.next = missed;
      const age =
        schedule.settings.Target!.RetryPolicy?.MaximumEventAgeInSeconds ??
        DEFAULT_RETRIES.MaximumEventAgeInSeconds;
      if (missed !== undefined && now - missed > age * 1000) this.completed(key, schedule, missed);
      else this.timetable.set(key, schedule.next);
    }
  }

  async stop(): Promise<void> {
    this.timetable.stop();
    this.stopping.abort();
    await Promise.all(this.running);
  }

  private fire(key: string, time: number): void {
    const schedule = this.schedules.schedules[key];
    if (!schedule) return;
    const copy = structuredClone(schedule);
    const isLast = nextFiring(schedule.settings, time, schedule.modified) === null;
    if (!isLast) this.completed(key, schedule, time);
    const run = invokeTarget(this.cloud, copy, time, this.stopping.signal).then(() => {
      // It may have been changed or deleted while its target was called.
      if (isLast && this.schedules.schedules[key]?.next === time) this.completed(key, schedule, time);
    });
    this.running.add(run);
    void run.finally(() => this.running.delete(run));
  }

  private completed(key: string, schedule: Schedule, time: number): void {
    schedule.next = nextFiring(schedule.settings, time, schedule.modified);
    if (schedule.next !== null) this.timetable.set(key, schedule.next);
    else if (schedule.settings.afterCompletion === 'DELETE') delete this.schedules.schedules[key];
    this.schedules.store.changed();
  }
}

/** Returns the last time that has passed; undefined if none has. */
function lastMissed({ settings, next, modified }: Schedule, now: number): number | undefined {
  if (next === null || next > now) return undefined;
  let missed = next;
  for (;;) {
    const following = nextFiring(settings, missed, modified);
    if (following === null || following > now) return missed;
    missed = following;
  }
}
