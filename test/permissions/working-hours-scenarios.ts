import { layout } from '../../lib/contract/layout';
import {
  BY_HAND_SOURCE,
  type StartStopAction,
  type StartStopOutcome,
  type WorkingHours,
} from '../../lib/contract/working-hours';
import type { Evidence } from './evidence';
import type { Scenario } from './scenarios';
import type { Harness } from './harness';

/** Working hours that never include the test: each run deploys outside of them. */
export const NEVER: WorkingHours = {
  ...{ start: '00:00', stop: '00:01', timeZone: 'UTC' },
  days: [(['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const)[(new Date().getUTCDay() + 3) % 7]!],
};

/** The endpoint is started and stopped: the permissions that this adds to those of any run. Cheapest first. */
export const WORKING_HOURS_SCENARIOS: readonly Scenario[] = [
  { name: 'a start by hand and a stop on schedule', champion: true, logs: true, run: startAndStop },
  { name: 'a run outside of the working hours', champion: false, run: nightRun },
];

const QUICK = { 'training.epochs': '10' };
/** Deadline for the deletion of the endpoint, in milliseconds. */
const DELETION_MS = 10_000;

/** The function checks the run that deployed last. */
async function startAndStop(harness: Harness, evidence: Evidence): Promise<void> {
  // A run with nothing to do takes no endpoint lock.
  const run = await harness.start({ hyperparameters: QUICK });
  await evidence.success(run);
  await harness.cloud.events.settled();
  const lock = JSON.stringify({ runId: run.name, executionArn: run.arn });
  const input = { Bucket: harness.artifactsBucket, Key: layout.endpointLock, Body: Buffer.from(lock) };
  await harness.cloud.call('s3', 'PutObject', input, harness.operator);
  await invoke(harness, 'stop');
  const { done, reason } = await invoke(harness, 'start');
  if (done !== 'started') throw new Error(`the endpoint was not started: ${reason}`);
  await fireStop(harness);
  await gone(harness);
  await evidence.functionLogs(['WorkingHoursFunction']);
}

/** The run starts the champion and replaces it; the endpoint is deleted after the run. */
async function nightRun(harness: Harness, evidence: Evidence): Promise<void> {
  const run = await harness.start({ force: true, hyperparameters: QUICK });
  await evidence.success(run);
  await evidence.deployed(run);
  await gone(harness);
}

async function invoke(harness: Harness, action: StartStopAction): Promise<StartStopOutcome> {
  const { cloud, operator } = harness;
  const FunctionName = harness.physicalId('WorkingHoursFunction');
  const Payload = Buffer.from(JSON.stringify({ source: BY_HAND_SOURCE, action }));
  const answer = await cloud.call('lambda', 'Invoke', { FunctionName, Payload }, operator);
  const said = Buffer.from(answer.Payload as Uint8Array).toString();
  if (answer.FunctionError) throw new Error(`${action}: ${said}`);
  return JSON.parse(said) as StartStopOutcome;
}

async function fireStop({ cloud, operator }: Harness): Promise<void> {
  const { Schedules = [] } = await cloud.call('scheduler', 'ListSchedules', {}, operator);
  for (const { Name, GroupName } of Schedules) {
    const schedule = await cloud.call('scheduler', 'GetSchedule', { Name, GroupName }, operator);
    if (!schedule.Target!.Input!.includes('"stop"')) continue;
    const { Target, FlexibleTimeWindow } = schedule;
    const at = new Date(cloud.clock.now() + 1_000).toISOString().slice(0, 19);
    const ScheduleExpression = `at(${at})`;
    const changed = { Name, GroupName, Target, FlexibleTimeWindow, ScheduleExpression };
    await cloud.call('scheduler', 'UpdateSchedule', changed, operator);
    return;
  }
  throw new Error('there is no schedule that stops the endpoint');
}

function gone(harness: Harness): Promise<void> {
  const { cloud, operator } = harness;
  const absent = async () =>
    (await cloud.call('sagemaker', 'ListEndpoints', {}, operator)).Endpoints!.length === 0;
  return harness.until('the endpoint is deleted', absent, DELETION_MS);
}
