import type { QuietPeriod, TriggerKind } from '../../lib/contract/triggers';
import { answerRequest, RECHECK_MS, type Answer, type NextRun, type Request } from './decision';
import type { NextRunSchedule } from './scheduler';
import type { Runs } from './sfn';

export interface TriggerDependencies {
  readonly schedule: Pick<NextRunSchedule, 'get' | 'create' | 'move' | 'remove'>;
  readonly runs: Pick<Runs, 'exists' | 'anyRunning' | 'newestStart' | 'start'>;
  readonly quiet: Readonly<Record<Exclude<TriggerKind, 'manual'>, QuietPeriod>>;
}

/** Attempts while the next run changes between reading and changing it, before Lambda retries the function. */
const ATTEMPTS = 5;

/** Ensures that a run starts after this request: one run for all requests within a quiet period. */
export async function requestRun(
  request: Request,
  now: number,
  { schedule, runs, quiet }: TriggerDependencies,
): Promise<Answer> {
  const period = quiet[request.trigger.kind as keyof typeof quiet];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const nextRun = await schedule.get();
    const newestStart = nextRun ? undefined : await runs.newestStart();
    const answer = answerRequest(request, now, period, nextRun, newestStart);
    if (await carryOut(answer, nextRun, schedule)) return answer;
  }
  throw new Error(`the next run changed ${ATTEMPTS} times while a request was to join it`);
}

/** Applies a decision. @returns false if a concurrent invocation changed the next run */
async function carryOut(
  answer: Answer,
  nextRun: NextRun | undefined,
  schedule: TriggerDependencies['schedule'],
): Promise<boolean> {
  switch (answer.do) {
    case 'create':
      return schedule.create(answer.nextRun);
    case 'move':
      return schedule.move(answer.nextRun);
    case 'replace':
      await schedule.remove(nextRun!.runId);
      return schedule.create(answer.nextRun);
    case 'join':
    case 'ignore':
      return true;
  }
}

export type Started = 'started' | 'started before' | 'waits for another run';

/**
 * Starts the run to come, unless another one is active. Its schedule is removed before the start: a request that came
 * before that has joined it, and is included when the run pins its inputs afterwards; a later one creates another run.
 */
export async function startRun(
  nextRun: NextRun,
  now: number,
  { schedule, runs }: TriggerDependencies,
): Promise<Started> {
  const { runId, trigger } = nextRun;
  if (await runs.exists(runId)) {
    await schedule.remove(runId);
    return 'started before';
  }
  const later: NextRun = { ...nextRun, at: now + RECHECK_MS };
  const busy = await runs.anyRunning();
  await schedule.remove(runId);
  if (busy) {
    // False if a request has created another next run meanwhile, which includes both.
    await schedule.create(later);
    return 'waits for another run';
  }
  try {
    await runs.start(runId, { trigger });
    return 'started';
  } catch (error) {
    // Under the same id: if the start succeeded after all, the next try finds it.
    await schedule.create(later);
    throw error;
  }
}
