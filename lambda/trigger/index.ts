import type { Context } from 'aws-lambda';
import { LambdaVariable } from '../../lib/contract/environment';
import { setting, variable } from '../shared/environment';
import { logInfo } from '../shared/log';
import { readEvent, type IncomingEvent } from './event';
import { NextRunSchedule } from './scheduler';
import { Runs } from './sfn';
import { requestRun, startRun, type TriggerDependencies } from './trigger';

const group = variable(LambdaVariable.ScheduleGroup);
const roleArn = variable(LambdaVariable.SchedulerRoleArn);
const deadLetterArn = variable(LambdaVariable.DeadLetterArn);
const runs = new Runs(variable(LambdaVariable.StateMachineArn));
const quiet = setting<TriggerDependencies['quiet']>('quietPeriods');

/** Combines requests into one run, and starts it when no run is active. */
export async function handler(event: IncomingEvent, context: Context): Promise<void> {
  const read = readEvent(event);
  const schedule = new NextRunSchedule(group, {
    functionArn: context.invokedFunctionArn,
    roleArn,
    deadLetterArn,
  });
  const dependencies = { schedule, runs, quiet };
  // Never before the event's time: clocks differ, and a past time cannot be scheduled.
  const now = Math.max(Date.now(), read.kind === 'start' ? read.nextRun.at : read.time);
  const result =
    read.kind === 'start'
      ? { runId: read.nextRun.runId, result: await startRun(read.nextRun, now, dependencies) }
      : { trigger: read.trigger, ...(await requestRun(read, now, dependencies)) };
  logInfo('trigger', result);
}
