import type { EventEnvelope } from 'local-cloud/testing';
import { NEXT_RUN } from '../../lib/contract/triggers';
import type { Evidence } from './evidence';
import { forgetNextRun } from './reset';
import type { Workbench } from './workbench';

/** Longest wait for a run with nothing to do, in milliseconds. */
const SHORT_RUN_MS = 5_000;

/** What happens asks for a run; more of it moves the run on. */
export async function triggers(bench: Workbench, evidence: Evidence): Promise<void> {
  for (const happen of [setParameter, removeObject, raiseAlarm]) {
    await forgetNextRun(bench);
    await happen(bench);
    await bench.until(`a next run after ${happen.name}`, async () => (await nextRun(bench)) !== undefined);
  }
  const soon = await fireIn(bench, 20);
  await setParameter(bench);
  await bench.until('a next run that waits longer', async () => {
    const { ScheduleExpression } = (await nextRun(bench))!;
    return ScheduleExpression !== soon;
  });
  await forgetNextRun(bench);
  await evidence.functionLogs(['TriggersTriggerFunction']);
}

/** The next run's schedule fires: the run starts, and the schedule is gone. */
export async function nextRunFires(bench: Workbench, evidence: Evidence): Promise<void> {
  await forgetNextRun(bench);
  await setParameter(bench);
  await bench.until('a next run', async () => (await nextRun(bench)) !== undefined);
  const isEnd = ({ detail }: EventEnvelope) =>
    String(detail.name).startsWith('auto-') && detail.status !== undefined && detail.status !== 'RUNNING';
  const ended = bench.event('the end of the triggered run', isEnd, SHORT_RUN_MS);
  ended.catch(() => undefined);
  await fireIn(bench, 1);
  const { detail } = await ended;
  await evidence.success({ name: String(detail.name), arn: String(detail.executionArn), ended });
  await bench.until('an end of the next run', async () => (await nextRun(bench)) === undefined);
}

async function nextRun({ cloud, operator }: Workbench) {
  const { Schedules = [] } = await cloud.call(
    'scheduler',
    'ListSchedules',
    { NamePrefix: NEXT_RUN },
    operator,
  );
  if (!Schedules[0]) return undefined;
  const { Name, GroupName } = Schedules[0];
  return cloud.call('scheduler', 'GetSchedule', { Name, GroupName }, operator);
}

/** @returns the new expression */
async function fireIn(bench: Workbench, seconds: number): Promise<string> {
  const { cloud, operator } = bench;
  const { Name, GroupName, Target, FlexibleTimeWindow } = (await nextRun(bench))!;
  const at = new Date(cloud.clock.now() + seconds * 1_000).toISOString().slice(0, 19);
  const ScheduleExpression = `at(${at})`;
  const schedule = { Name, GroupName, Target, FlexibleTimeWindow, ScheduleExpression };
  await cloud.call('scheduler', 'UpdateSchedule', schedule, operator);
  return ScheduleExpression;
}

/** To the value that it has: an event, and no other input for runs. */
async function setParameter({ cloud, operator }: Workbench): Promise<void> {
  const Name = '/mlops/local/hyperparameters/training/seed';
  const { Parameter } = await cloud.call('ssm', 'GetParameter', { Name }, operator);
  await cloud.call('ssm', 'PutParameter', { Name, Value: Parameter!.Value, Overwrite: true }, operator);
}

/** One that is not there: an event, and no other data. */
async function removeObject({ cloud, operator, dataBucket: Bucket }: Workbench): Promise<void> {
  await cloud.call('s3', 'DeleteObject', { Bucket, Key: 'data/none.csv' }, operator);
}

async function raiseAlarm({ cloud, operator }: Workbench): Promise<void> {
  const AlarmName = 'mlops-local-drift-test';
  const metric = { Namespace: 'test', MetricName: 'drift', Statistic: 'Average' as const, Period: 3_600 };
  const rule = { EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' as const };
  await cloud.call('cloudwatch', 'PutMetricAlarm', { AlarmName, ...metric, ...rule }, operator);
  for (const StateValue of ['OK', 'ALARM'] as const) {
    await cloud.call(
      'cloudwatch',
      'SetAlarmState',
      { AlarmName, StateValue, StateReason: 'a test' },
      operator,
    );
  }
  await cloud.call('cloudwatch', 'DeleteAlarms', { AlarmNames: [AlarmName] }, operator);
}
