import { isTimeZone, recurrenceProblem } from 'aws-schedules';
import type { PipelineConfig } from './schema';

type TriggerConfig = PipelineConfig['triggers'];

/** Runs by hand alone. */
export const NO_TRIGGERS: TriggerConfig = { schedule: null, newData: null, newCode: false, drift: null };

export function hasTriggers({ triggers }: PipelineConfig): boolean {
  return Object.values(triggers).some((trigger) => trigger !== null && trigger !== false);
}

/** What EventBridge Scheduler would refuse at deployment, and waits that contradict each other. */
export function triggerFaults({ schedule, newData }: TriggerConfig): string[] {
  const faults: string[] = [];
  if (schedule) {
    const problem = recurrenceProblem(schedule.expression);
    if (problem) {
      faults.push(`triggers.schedule.expression is ${JSON.stringify(schedule.expression)}; ${problem}`);
    }
    if (!isTimeZone(schedule.timeZone)) {
      faults.push(
        `triggers.schedule.timeZone is ${JSON.stringify(schedule.timeZone)}; allowed is a name of the IANA ` +
          'database such as Europe/Berlin or UTC',
      );
    }
  }
  if (newData && newData.maxWaitMinutes < newData.quietMinutes) {
    faults.push(
      `triggers.newData.maxWaitMinutes is ${newData.maxWaitMinutes}; allowed is at least ` +
        `triggers.newData.quietMinutes (${newData.quietMinutes})`,
    );
  }
  return faults;
}
