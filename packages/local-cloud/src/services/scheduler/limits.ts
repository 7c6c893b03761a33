import type { CreateScheduleInput, Target } from '@aws-sdk/client-scheduler';
import { notSupported } from '../../model/errors';
import { parseSchedule, ScheduleError, isTimeZone } from 'aws-schedules';
import { fillAttributes } from './attributes';
import { nextFiring, validation, type Settings } from './state';

const TARGET =
  /^arn:aws:(lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?|states:[\w-]+:\d{12}:stateMachine:.+)$/;
const MAX_INPUT_BYTES = 262_144;
/** "The StartDate you specify cannot be earlier than 5 minutes ago." */
const START_GRACE_MS = 300_000;

export const DEFAULT_RETRIES = { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 };

/**
 * Reads the settings of a request, and checks the rules that Scheduler's model does not have.
 *
 * @throws ServiceError ValidationException, or NotImplemented for settings that are not supported
 */
export function readSettings(request: CreateScheduleInput, now: number): Settings {
  const { ScheduleExpression = '', ScheduleExpressionTimezone: timeZone = 'UTC', Description } = request;
  checkExpression(ScheduleExpression, timeZone);
  if (request.FlexibleTimeWindow?.Mode !== 'OFF') {
    throw notSupported(
      `the flexible time window ${request.FlexibleTimeWindow?.Mode}`,
      'Use the mode OFF: a schedule fires at its time.',
    );
  }
  if (request.KmsKeyArn !== undefined) throw notSupported('KmsKeyArn of a schedule', 'Leave it out.');
  checkTarget(request.Target!);
  const settings: Settings = {
    ScheduleExpression,
    ...(Description !== undefined && { Description }),
    Target: request.Target,
    FlexibleTimeWindow: request.FlexibleTimeWindow,
    timeZone,
    state: request.State ?? 'ENABLED',
    afterCompletion: request.ActionAfterCompletion ?? 'NONE',
    ...readDates(request, now),
  };
  // AWS's answer to a time in the past is not documented; such a schedule would never fire.
  if (ScheduleExpression.startsWith('at(') && nextFiring(settings, now, now) === null) {
    throw validation(
      `Invalid Schedule Expression ${ScheduleExpression}: the time has passed or does not exist.`,
    );
  }
  return settings;
}

function readDates({ StartDate, EndDate, ScheduleExpression }: CreateScheduleInput, now: number) {
  // One-time schedules ignore both (API Reference, CreateSchedule).
  if (ScheduleExpression!.startsWith('at(')) return {};
  const [start, end] = [StartDate?.getTime(), EndDate?.getTime()];
  if (start !== undefined && start < now - START_GRACE_MS) {
    throw validation('The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
  if (end !== undefined && end <= Math.max(now, start ?? 0)) {
    throw validation('The EndDate you specify must lie in the future and after the StartDate.');
  }
  return { ...(start !== undefined && { start }), ...(end !== undefined && { end }) };
}

function checkExpression(expression: string, timeZone: string): void {
  try {
    parseSchedule(expression);
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    throw validation(`Invalid Schedule Expression ${expression}: ${error.message}.`);
  }
  if (isTimeZone(timeZone)) return;
  throw validation(`The time zone '${timeZone}' is not valid: it must be one of the IANA database.`);
}

function checkTarget({
  Arn = '',
  RoleArn: _role,
  Input,
  RetryPolicy: _retries,
  DeadLetterConfig,
  ...others
}: Target): void {
  if (!TARGET.test(Arn)) {
    throw notSupported(`the target ${Arn}`, 'Use the ARN of a Lambda function or a state machine.');
  }
  const [parameters] = Object.entries(others).find(([, value]) => value !== undefined) ?? [];
  if (parameters)
    throw notSupported(
      `${parameters} of a target`,
      'Remove them: the local cloud does not have such targets.',
    );
  if (
    DeadLetterConfig?.Arn !== undefined &&
    !/^arn:aws[a-z-]*:sqs:[\w-]+:\d{12}:[\w-]{1,80}$/.test(DeadLetterConfig.Arn)
  ) {
    throw validation(
      `The dead-letter queue ${DeadLetterConfig.Arn} is not the ARN of a standard queue of SQS.`,
    );
  }
  if (Input !== undefined) checkInput(Input);
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > MAX_INPUT_BYTES) {
    throw validation(`Input of a target has at most ${MAX_INPUT_BYTES} bytes.`);
  }
  try {
    JSON.parse(fillAttributes(input, { arn: '', scheduled: 0, executionId: '', attempt: 1 }));
  } catch (error) {
    throw validation(`Input of the target is not valid JSON: ${(error as Error).message}`);
  }
}
