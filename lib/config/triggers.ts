import { isTimeZone, recurrenceProblem } from 'aws-schedules';
import type { PipelineConfig } from './schema';

type TriggerConfig = PipelineConfig['triggers'];

/** No automatic triggers: runs are started by hand only. */
export const NO_TRIGGERS: TriggerConfig = { schedule: null, newData: null, newCode: false, drift: null };

export function hasTriggers({ triggers }: PipelineConfig): boolean {
  return Object.values(triggers).some((trigger) => trigger !== null && trigger !== false);
}

/** Returns faults that EventBridge Scheduler would report when the stack is deployed, and waits that contradict each other. */
export function triggerFaults({ schedule, newData }: TriggerConfig): string[] {
  const faults: string[] = [];
  if (schedule) {
    const problem = recurrenceProblem(schedule.expression);
    if (problem) {
      faults.push(`triggers.schedule.expression is ${JSON.stringify(schedule.expression)}; ${problem}`);
    }
    if (!isTimeZone(schedule.timeZone)) {
      faults.push(
        `triggers.schedule.timeZone is ${JSON.stringify(schedule.timeZone)}; must be a name of the IANA ` +
          'database such as Europe/Berlin or UTC',
      );
    }
  }
  if (newData && newData.maxWaitMinutes < newData.quietMinutes) {
    faults.push(
      `triggers.newData.maxWaitMinutes is ${newData.maxWaitMinutes}; must be at least ` +
        `triggers.newData.quietMinutes (${newData.quietMinutes})`,
    );
  }
  return faults;
}
