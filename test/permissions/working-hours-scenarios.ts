import { layout } from '../../lib/contract/layout';
import {
  BY_HAND_SOURCE,
  type StartStopAction,
  type StartStopOutcome,
  type WorkingHours,
} from '../../lib/contract/working-hours';
import type { Evidence } from './evidence';
import type { Scenario } from './scenarios';
import type { Workbench } from './workbench';

/** Never while a test runs: each run deploys outside of them. */
export const NEVER: WorkingHours = {
  ...{ start: '00:00', stop: '00:01', timeZone: 'UTC' },
  days: [(['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const)[(new Date().getUTCDay() + 3) % 7]!],
};

/** The endpoint comes and goes: what that asks for beside all that a run asks for anyway. Cheapest first. */
export const WORKING_HOURS_SCENARIOS: readonly Scenario[] = [
  { name: 'a start by hand and a stop on schedule', champion: true, logs: true, run: startAndStop },
  { name: 'a run outside of the working hours', champion: false, run: nightRun },
];

const QUICK = { 'training.epochs': '10' };
/** Milliseconds in which an endpoint goes. */
const GOING_MS = 10_000;

/** It looks at the run that deployed last before. */
async function startAndStop(bench: Workbench, evidence: Evidence): Promise<void> {
  // Nothing to do, and so no claim of its own.
  const run = await bench.start({ hyperparameters: QUICK });
  await evidence.success(run);
  await bench.cloud.events.settled();
  const claim = JSON.stringify({ runId: run.name, executionArn: run.arn });
  const input = { Bucket: bench.artifactsBucket, Key: layout.endpointLock, Body: Buffer.from(claim) };
  await bench.cloud.call('s3', 'PutObject', input, bench.operator);
  await invoke(bench, 'stop');
  const { done, reason } = await invoke(bench, 'start');
  if (done !== 'started') throw new Error(`the endpoint was not started: ${reason}`);
  await fireStop(bench);
  await gone(bench);
  await evidence.functionLogs(['WorkingHoursFunction']);
}

/** The champion is brought back, replaced, and goes when the run has ended. */
async function nightRun(bench: Workbench, evidence: Evidence): Promise<void> {
  const run = await bench.start({ force: true, hyperparameters: QUICK });
  await evidence.success(run);
  await evidence.deployed(run);
  await gone(bench);
}

async function invoke(bench: Workbench, action: StartStopAction): Promise<StartStopOutcome> {
  const { cloud, operator } = bench;
  const FunctionName = bench.physicalId('WorkingHoursFunction');
  const Payload = Buffer.from(JSON.stringify({ source: BY_HAND_SOURCE, action }));
  const answer = await cloud.call('lambda', 'Invoke', { FunctionName, Payload }, operator);
  const said = Buffer.from(answer.Payload as Uint8Array).toString();
  if (answer.FunctionError) throw new Error(`${action}: ${said}`);
  return JSON.parse(said) as StartStopOutcome;
}

async function fireStop({ cloud, operator }: Workbench): Promise<void> {
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
  throw new Error('no schedule stops the endpoint');
}

function gone(bench: Workbench): Promise<void> {
  const { cloud, operator } = bench;
  const absent = async () =>
    (await cloud.call('sagemaker', 'ListEndpoints', {}, operator)).Endpoints!.length === 0;
  return bench.until('the end of the endpoint', absent, GOING_MS);
}
