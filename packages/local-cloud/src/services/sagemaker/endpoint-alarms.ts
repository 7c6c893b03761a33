import type { DeploymentConfig } from '@aws-sdk/client-sagemaker';
import type { Cloud } from '../../core/cloud';
import type { Caller } from '../../core/service';
import { validation } from './limits';

/** Milliseconds between two checks of the alarms. */
const LOOK_EVERY_MS = 1_000;

/** A deployment's alarms went to ALARM, or can no longer be read. */
export class AlarmsTripped extends Error {}

/**
 * The alarms that roll back a deployment. They are described with the model's execution role, which needs
 * `cloudwatch:DescribeAlarms` ("Auto-Rollback Configuration and Monitoring", Developer Guide).
 */
export class RollbackAlarms {
  private readonly names: string[];

  constructor(
    private readonly cloud: Cloud,
    { AutoRollbackConfiguration: rollback }: DeploymentConfig,
    private readonly role: () => Caller,
  ) {
    this.names = (rollback?.Alarms ?? []).map(({ AlarmName }) => AlarmName!);
  }

  /**
   * Checks before a deployment that the alarms exist and none is in ALARM. The caller needs permission to describe them
   * too.
   *
   * @throws ServiceError ValidationException or AccessDenied
   */
  async check(caller: Caller): Promise<void> {
    if (this.names.length === 0) return;
    const resources = this.names.map((name) => this.cloud.arn('cloudwatch', `alarm:${name}`));
    this.cloud.authorize(caller, { action: 'cloudwatch:DescribeAlarms', resources }, 'sagemaker');
    const states = await this.states();
    const missing = this.names.filter((name) => !states.has(name));
    if (missing.length > 0) {
      throw validation(
        `Could not find the alarm(s) [${missing.join(', ')}] of AutoRollbackConfiguration. Create them before the update.`,
      );
    }
    const alarming = this.inAlarm(states);
    if (alarming.length > 0) {
      throw validation(
        `The alarm(s) [${alarming.join(', ')}] of AutoRollbackConfiguration are in the state ALARM. Update when they are not.`,
      );
    }
  }

  /**
   * Watches the alarms for a time, with a check at its beginning and at its end.
   *
   * @throws AlarmsTripped, or the signal's reason
   */
  async watch(seconds: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.cloud;
    const end = clock.now() + seconds * 1000;
    for (;;) {
      await this.look();
      const left = end - clock.now();
      if (left <= 0) return;
      signal.throwIfAborted();
      await clock.sleep(this.names.length > 0 ? Math.min(LOOK_EVERY_MS, left) : left, signal);
    }
  }

  private async look(): Promise<void> {
    if (this.names.length === 0) return;
    let states: Map<string, string>;
    try {
      states = await this.states();
    } catch (error) {
      throw new AlarmsTripped(`The alarms cannot be watched: ${(error as Error).message}`);
    }
    const alarming = this.inAlarm(states);
    if (alarming.length > 0) {
      throw new AlarmsTripped(`CloudWatch alarm(s) [${alarming.join(', ')}] went to ALARM.`);
    }
    const missing = this.names.filter((name) => !states.has(name));
    if (missing.length > 0)
      throw new AlarmsTripped(`Alarm(s) [${missing.join(', ')}] do not exist any more.`);
  }

  private inAlarm(states: ReadonlyMap<string, string>): string[] {
    return this.names.filter((name) => states.get(name) === 'ALARM');
  }

  private async states(): Promise<Map<string, string>> {
    const input = { AlarmNames: this.names };
    const found = await this.cloud.call('cloudwatch', 'DescribeAlarms', input, this.role());
    const alarms = [...(found.MetricAlarms ?? []), ...(found.CompositeAlarms ?? [])];
    return new Map(alarms.map(({ AlarmName, StateValue }) => [AlarmName!, StateValue ?? '']));
  }
}
