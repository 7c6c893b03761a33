import { randomBytes } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import { ServiceError } from '../../model/errors';
import { fillAttributes, wholeSeconds } from './attributes';
import { DEFAULT_RETRIES } from './limits';
import { groupArn, type Schedule } from './state';

export const SCHEDULER = 'scheduler.amazonaws.com';

/** The guide says "exponential backoff" without numbers. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 900_000;

/**
 * Calls the target with the schedule's role until it accepts, within the limits of the retry policy. A refusal (a
 * missing permission, an unknown function) is not retried. A final failure is added to the cloud's failed deliveries, and sent to the
 * dead-letter queue.
 */
export async function invokeTarget(
  cloud: Cloud,
  schedule: Schedule,
  scheduled: number,
  signal: AbortSignal,
): Promise<void> {
  const { Arn = '', RoleArn = '', RetryPolicy, DeadLetterConfig } = schedule.settings.Target!;
  const { MaximumEventAgeInSeconds: age, MaximumRetryAttempts: retries } = {
    ...DEFAULT_RETRIES,
    ...RetryPolicy,
  };
  const executionId = randomBytes(8).toString('hex');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call(cloud, schedule, payload(schedule, { scheduled, executionId, attempt }));
    } catch (error) {
      const wait = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), LONGEST_RETRY_MS);
      const tooOld = cloud.clock.now() + wait > scheduled + age * 1000;
      if (!isTransient(error) || attempt > retries || tooOld || signal.aborted) {
        const from = cloud.principals.service(SCHEDULER);
        const body = payload(schedule, { scheduled, executionId, attempt });
        cloud.events.fail(
          {
            ...{ targetArn: Arn, input: schedule.settings.Target!.Input, from, roleArn: RoleArn },
            // Scheduler sends under the schedule's role (User Guide, "Configuring a dead-letter queue").
            sourceArn: groupArn(cloud, schedule.group),
            ...(DeadLetterConfig?.Arn && { deadLetter: { arn: DeadLetterConfig.Arn, body } }),
          },
          error,
        );
        return;
      }
      await cloud.clock.sleep(wait, signal).catch(() => undefined);
    }
  }
}

function isTransient(error: unknown): boolean {
  return (
    !(error instanceof ServiceError) || error.fault === 'server' || /Throttl|TooManyRequests/.test(error.code)
  );
}

async function call(cloud: Cloud, { group, name, settings }: Schedule, input: string): Promise<void> {
  const { Arn = '', RoleArn = '' } = settings.Target!;
  const principal = cloud.assumeRole(SCHEDULER, RoleArn, sessionName(name), groupArn(cloud, group));
  if (Arn.includes(':stateMachine:')) {
    await cloud.call('sfn', 'StartExecution', { stateMachineArn: Arn, input }, { principal });
  } else {
    const request = { FunctionName: Arn, InvocationType: 'Event' as const, Payload: Buffer.from(input) };
    await cloud.call('lambda', 'Invoke', request, { principal });
  }
}

interface Attempt {
  scheduled: number;
  executionId: string;
  attempt: number;
}

function payload({ arn, settings }: Schedule, attempt: Attempt): string {
  const { Input } = settings.Target!;
  if (Input !== undefined) return fillAttributes(Input, { arn, ...attempt });
  // The input of a target without one is known only from functions' logs, not from the guide.
  const [, , , region, account] = arn.split(':');
  return JSON.stringify({
    ...{ version: '0', id: attempt.executionId, 'detail-type': 'Scheduled Event', source: 'aws.scheduler' },
    ...{ account, time: wholeSeconds(attempt.scheduled), region, resources: [arn], detail: '{}' },
  });
}

/** Returns a session name, which needs at least two letters. */
function sessionName(scheduleName: string): string {
  return scheduleName.slice(0, 64).padEnd(2, '-');
}
