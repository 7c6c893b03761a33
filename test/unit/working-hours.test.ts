import { decide, mayDeploy, type Decision } from '../../lambda/working-hours/decision';
import { withLock } from '../../lambda/working-hours/lock';
import { readEvent, type Asked } from '../../lambda/working-hours/event';
import { start, stop } from '../../lambda/working-hours/start-stop';
import { whenStopped } from '../../lambda/inference/absence';
import type { Challenger, EndpointLock } from '../../lib/contract/run';
import { absence } from '../../cli/working-hours';
import {
  clockText,
  cronsOf,
  isWorkingTime,
  nextStart,
  weeklyHours,
  type WorkingHours,
} from '../../lib/contract/working-hours';
import { recurrenceProblem } from 'aws-schedules';

const berlin: WorkingHours = {
  ...{ start: '08:00', stop: '18:30', timeZone: 'Europe/Berlin' },
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
};
const at = (text: string) => Date.parse(text);

describe('working hours', () => {
  test.each([
    ['a minute before', '2026-11-20T06:59:59Z', false],
    ['the first moment', '2026-11-20T07:00:00Z', true],
    ['the last moment', '2026-11-20T17:29:59Z', true],
    ['the end', '2026-11-20T17:30:00Z', false],
    ['a Saturday', '2026-11-21T10:00:00Z', false],
    // Summer time: an hour earlier in UTC.
    ['a summer morning', '2026-07-20T06:00:00Z', true],
    ['the same hour in winter', '2026-11-20T06:00:00Z', false],
    // Monday in Berlin, Sunday in UTC.
    ['a Monday that has not come to UTC', '2026-11-22T23:30:00Z', false],
  ])('%s', (_, time, working) => {
    expect(isWorkingTime(berlin, at(time))).toBe(working);
  });

  test('days are those of the zone', () => {
    const early = { ...berlin, start: '00:00', stop: '01:00' };
    expect(isWorkingTime(early, at('2026-11-22T23:30:00Z'))).toBe(true);
  });

  test('they begin again when Scheduler would say so', () => {
    const next = nextStart(berlin, at('2026-11-20T17:30:00Z'));
    expect(next).toBe(at('2026-11-23T07:00:00Z'));
    expect(clockText(next, berlin.timeZone)).toBe('Mon 2026-11-23 08:00 Europe/Berlin');
    expect(weeklyHours(berlin)).toBe(52.5);
  });

  test('their schedules are what Scheduler takes', () => {
    const { start: begins, stop: ends } = cronsOf({ ...berlin, start: '00:05', days: ['SUN'] });
    expect([begins, ends]).toEqual(['cron(5 0 ? * SUN *)', 'cron(30 18 ? * SUN *)']);
    expect([begins, ends, ...Object.values(cronsOf(berlin))].map(recurrenceProblem)).toEqual(
      Array(4).fill(undefined),
    );
  });

  test('whoever asks outside of them hears when they begin', () => {
    const night = at('2026-11-20T20:00:00Z');
    const day = at('2026-11-20T10:00:00Z');
    const back = 'Mon 2026-11-23 08:00 Europe/Berlin';
    expect(whenStopped(berlin, night)).toBe(
      `the endpoint is outside of its working hours; it is started again at ${back}`,
    );
    expect(whenStopped(berlin, day)).toMatch(/no model is in service.*try again in some minutes/);
    const outputs = { EndpointName: 'e', WorkingHoursOfEndpoint: JSON.stringify(berlin) };
    expect(absence(outputs, night)).toBe(
      `endpoint "e" is stopped until ${back}; mlops endpoint start brings it back before.`,
    );
    expect(absence(outputs, day)).toMatch(/though these are its working hours; mlops endpoint start/);
    expect(absence({ EndpointName: 'e' }, day)).toMatch(/deploy a model first/);
  });
});

describe('the function', () => {
  const day = at('2026-11-20T10:00:00Z');
  const night = at('2026-11-20T20:00:00Z');
  const run: EndpointLock = { runId: 'run-1', executionArn: 'arn-1' };
  const ended: EndpointLock = { action: 'stop', until: '2026-11-20T17:31:00Z' };
  const leaves = (text: RegExp) => ({ leave: expect.stringMatching(text) as string });

  test.each<[string, Asked, EndpointLock | null, Decision]>([
    ['starts when they begin', { kind: 'hours', action: 'start', time: day }, null, { action: 'start' }],
    ['stops when they are over', { kind: 'hours', action: 'stop', time: night }, run, { action: 'stop' }],
    ['takes no late start', { kind: 'hours', action: 'start', time: night }, null, leaves(/outside of/)],
    ['takes no late stop', { kind: 'hours', action: 'stop', time: day }, null, leaves(/fired within/)],
    [
      'stops after a run that deployed at night',
      { kind: 'run', executionArn: 'arn-1', time: night },
      run,
      { action: 'stop' },
    ],
    [
      'starts after one that undid a deployment by day',
      { kind: 'run', executionArn: 'arn-1', time: day },
      run,
      { action: 'start' },
    ],
    [
      'leaves it after one that did not deploy',
      { kind: 'run', executionArn: 'arn-2', time: night },
      run,
      leaves(/did not deploy/),
    ],
    [
      'leaves what somebody started at night after a run with nothing to do',
      { kind: 'run', executionArn: 'arn-2', time: night },
      ended,
      leaves(/did not deploy/),
    ],
    ['does what people want', { kind: 'hand', action: 'start', time: night }, null, { action: 'start' }],
  ])('%s', (_, asked, claim, decision) => {
    expect(decide(asked, berlin, claim)).toEqual(decision);
  });

  test.each<[string, Asked, EndpointLock | null, Challenger | null, string | undefined]>([
    ['a run that may deploy', { kind: 'hours', action: 'stop', time: night }, run, null, 'arn-1'],
    ['not the run that ended', { kind: 'run', executionArn: 'arn-1', time: night }, run, null, undefined],
    [
      'not one that observes a challenger',
      { kind: 'hours', action: 'stop', time: night },
      run,
      { runId: 'run-1' } as Challenger,
      undefined,
    ],
    ['nobody after a switch', { kind: 'hand', action: 'stop', time: night }, ended, null, undefined],
    ['nobody at first', { kind: 'hand', action: 'stop', time: night }, null, null, undefined],
  ])('waits for %s', (_, asked, claim, challenger, execution) => {
    expect(mayDeploy(asked, claim, challenger)).toBe(execution);
  });

  test('an event is never handled before its time, and a foreign one not at all', () => {
    const late = { source: 'pipeline.working-hours', action: 'stop', time: '2026-11-20T20:00:00Z' } as const;
    expect(readEvent(late, day)).toEqual({ kind: 'hours', action: 'stop', time: night });
    expect(readEvent(late, night + 60_000)).toMatchObject({ time: night + 60_000 });
    const runEnded = { source: 'aws.states', time: late.time, detail: { executionArn: 'arn-1' } };
    expect(readEvent(runEnded, day)).toEqual({ kind: 'run', executionArn: 'arn-1', time: night });
    expect(readEvent({ source: 'mlops.endpoint', action: 'start' }, day)).toMatchObject({ kind: 'hand' });
    for (const event of [{ source: 'aws.states' }, { source: 'other', action: 'stop' as const }])
      expect(() => readEvent(event, day)).toThrow(/must be an event that lib\/hours\/ defines/);
    expect(() => readEvent({ ...late, time: 'soon' }, day)).toThrow(/"soon"; must be ISO 8601/);
  });
});

/** An endpoint that goes through these statuses, one a look; null is absent. What was done, in order. */
function endpoint(...statuses: (string | null)[]) {
  const done: string[] = [];
  const step = (what: string) => async () => void done.push(what);
  const hosting = {
    status: async () => {
      if (statuses.length === 0) throw new Error('nobody was to look again');
      const status = statuses.shift();
      return status == null ? undefined : { status, reason: 'no capacity' };
    },
    create: async (config: string) => void done.push(`create ${config}`),
    remove: step('remove'),
  };
  const scale = async (action: string) => void done.push(action);
  return { done, dependencies: { hosting, scale, pause: step('wait') } };
}

describe('the endpoint', () => {
  const START: [string, (string | null)[], string[], 'started' | null][] = [
    ['is made', [null, 'Creating', 'InService'], ['create c', 'wait', 'apply'], 'started'],
    ['is there already', ['InService'], ['apply'], null],
    ['comes by somebody else', ['Updating', 'InService'], ['wait', 'apply'], null],
    ['goes at this moment', ['Deleting', null, 'InService'], ['wait', 'create c', 'apply'], 'started'],
    ['had failed', ['Failed', null, 'InService'], ['remove', 'create c', 'apply'], 'started'],
  ];
  test.each(START)('that is to start %s', async (_, statuses, steps, outcome) => {
    const { done, dependencies } = endpoint(...statuses);
    expect(await start('c', dependencies)).toMatchObject({ done: outcome });
    expect(done).toEqual(steps);
  });

  test('that cannot start says why, and is not tried for ever', async () => {
    const { dependencies } = endpoint(null, 'Creating', 'Failed');
    await expect(start('c', dependencies)).rejects.toThrow(/is Failed on configuration c: no capacity/);
    const none = endpoint();
    expect(await start(undefined, none.dependencies)).toEqual({
      done: null,
      reason: 'there is no champion yet',
    });
  });

  const STOP: [string, (string | null)[], string[], 'stopped' | null][] = [
    ['serves', ['InService', 'Deleting', null], ['withdraw', 'remove', 'wait'], 'stopped'],
    ['is being updated', ['Updating', 'InService', null], ['wait', 'withdraw', 'remove'], 'stopped'],
    ['is gone', [null], [], null],
    ['has failed, and says why', ['Failed'], [], null],
  ];
  test.each(STOP)('that is to stop %s', async (_, statuses, steps, outcome) => {
    const { done, dependencies } = endpoint(...statuses);
    expect(await stop(dependencies)).toMatchObject({ done: outcome });
    expect(done).toEqual(steps);
  });
});

/** One object with conditional writes, as S3 has them. */
function claims(value: EndpointLock | null) {
  let etag = 0;
  const store = {
    value,
    putNew: async (_: string, next: unknown) => store.put(next, store.value === null),
    putOver: async (_: string, next: unknown, tag: string) =>
      (await store.put(next, tag === String(etag))) ? String(etag) : null,
    put: async (next: unknown, free: boolean) => {
      if (free) [store.value, etag] = [next as EndpointLock, etag + 1];
      return free;
    },
    read: async () => store.value && { value: store.value, etag: String(etag) },
  };
  return store;
}

describe('the claim of a start or stop', () => {
  const run: EndpointLock = { runId: 'run-1', executionArn: 'arn-1' };

  test.each<[string, EndpointLock | null]>([
    ['of nobody', null],
    ['of a run that has ended', run],
    ['of a switch that has ended', { action: 'start', until: new Date(0).toISOString() }],
  ])('is taken in the place %s, and is over with the work, whatever comes of it', async (_, before) => {
    const store = claims(before);
    const held = (await store.read()) as never;
    let during: EndpointLock | null = null;
    const work = async () => {
      during = store.value;
      throw new Error('spoilt');
    };
    await expect(withLock(store as never, held, 'stop', work)).rejects.toThrow('spoilt');
    expect(Date.parse((during as unknown as { until: string }).until)).toBeGreaterThan(Date.now());
    expect(Date.parse((store.value as { until: string }).until)).toBeLessThanOrEqual(Date.now());
  });

  test('is refused while another goes on, and to who was second', async () => {
    const work = async () => {
      throw new Error('nobody was to work');
    };
    const other = claims({ action: 'start', until: new Date(Date.now() + 60_000).toISOString() });
    const refused = expect.objectContaining({ name: 'EndpointChanging' });
    await expect(withLock(other as never, (await other.read()) as never, 'stop', work)).rejects.toEqual(
      refused,
    );
    const taken = claims(run);
    await expect(withLock(taken as never, { value: run, etag: 'older' }, 'stop', work)).rejects.toEqual(
      refused,
    );
    expect(taken.value).toEqual(run);
  });
});
