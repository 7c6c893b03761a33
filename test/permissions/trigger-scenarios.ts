import type { EventEnvelope } from 'local-cloud/testing';
import { NEXT_RUN } from '../../lib/contract/triggers';
import type { Evidence } from './evidence';
import { forgetNextRun } from './reset';
import type { Harness } from './harness';

/** Longest wait for a run with nothing to do, in milliseconds. */
const SHORT_RUN_MS = 5_000;

/** Events schedule a run; another event postpones it. */
export async function triggers(harness: Harness, evidence: Evidence): Promise<void> {
  for (const happen of [setParameter, removeObject, raiseAlarm]) {
    await forgetNextRun(harness);
    await happen(harness);
    await harness.until(
      `a run is scheduled after ${happen.name}`,
      async () => (await nextRun(harness)) !== undefined,
    );
  }
  const soon = await fireIn(harness, 20);
  await setParameter(harness);
  await harness.until('the next run is postponed', async () => {
    const { ScheduleExpression } = (await nextRun(harness))!;
    return ScheduleExpression !== soon;
  });
  await forgetNextRun(harness);
  await evidence.functionLogs(['TriggersTriggerFunction']);
}

/** The next run's schedule fires: the run starts, and the schedule is deleted. */
export async function nextRunFires(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetNextRun(harness);
  await setParameter(harness);
  await harness.until('a run is scheduled', async () => (await nextRun(harness)) !== undefined);
  const isEnd = ({ detail }: EventEnvelope) =>
    String(detail.name).startsWith('auto-') && detail.status !== undefined && detail.status !== 'RUNNING';
  const ended = harness.event('the triggered run has ended', isEnd, SHORT_RUN_MS);
  ended.catch(() => undefined);
  await fireIn(harness, 1);
  const { detail } = await ended;
  await evidence.success({ name: String(detail.name), arn: String(detail.executionArn), ended });
  await harness.until(
    'the schedule of the next run is deleted',
    async () => (await nextRun(harness)) === undefined,
  );
}

async function nextRun({ cloud, operator }: Harness) {
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
async function fireIn(harness: Harness, seconds: number): Promise<string> {
  const { cloud, operator } = harness;
  const { Name, GroupName, Target, FlexibleTimeWindow } = (await nextRun(harness))!;
  const at = new Date(cloud.clock.now() + seconds * 1_000).toISOString().slice(0, 19);
  const ScheduleExpression = `at(${at})`;
  const schedule = { Name, GroupName, Target, FlexibleTimeWindow, ScheduleExpression };
  await cloud.call('scheduler', 'UpdateSchedule', schedule, operator);
  return ScheduleExpression;
}

/** Sets a parameter to its current value: an event, without a change of the runs' input. */
async function setParameter({ cloud, operator }: Harness): Promise<void> {
  const Name = '/mlops/table/local/hyperparameters/training/seed';
  const { Parameter } = await cloud.call('ssm', 'GetParameter', { Name }, operator);
  await cloud.call('ssm', 'PutParameter', { Name, Value: Parameter!.Value, Overwrite: true }, operator);
}

/** Deletes an object that does not exist: an event, without a change of the data. */
async function removeObject({ cloud, operator, dataBucket: Bucket }: Harness): Promise<void> {
  await cloud.call('s3', 'DeleteObject', { Bucket, Key: 'data/none.csv' }, operator);
}

async function raiseAlarm({ cloud, operator }: Harness): Promise<void> {
  const AlarmName = 'mlops-table-local-drift-test';
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
