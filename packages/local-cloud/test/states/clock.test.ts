import { systemClock, VirtualClock } from '../../src/states';
import { failing, LAMBDA, run } from './support';

const never = new AbortController().signal;

test('virtual time jumps from sleeper to sleeper, in the order of their times', async () => {
  const clock = new VirtualClock(1000);
  const woken: [string, number][] = [];
  const sleep = async (name: string, ms: number) => {
    await clock.sleep(ms, never);
    woken.push([name, clock.now()]);
  };
  await Promise.all([sleep('b', 20), sleep('a', 10), sleep('c', 86_400_000), sleep('a2', 10)]);
  expect(woken).toEqual([
    ['a', 1010],
    ['a2', 1010],
    ['b', 1020],
    ['c', 86_401_000],
  ]);
});

test('virtual time waits for pending promises', async () => {
  const clock = new VirtualClock();
  const asleep = clock.sleep(10, never);
  for (let i = 0; i < 100; i++) await Promise.resolve();
  expect(clock.now()).toBe(0);
  await asleep;
  expect(clock.now()).toBe(10);
});

test.each([
  ['virtual', new VirtualClock()],
  ['system', systemClock],
])('an abort ends a sleep of the %s clock with its reason', async (_, clock) => {
  const controller = new AbortController();
  const asleep = clock.sleep(60_000, controller.signal);
  controller.abort('reason');
  await expect(asleep).rejects.toBe('reason');
  await expect(clock.sleep(1, controller.signal)).rejects.toBe('reason');
});

test('an aborted sleeper does not delay virtual time', async () => {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const aborted = clock.sleep(10, controller.signal).catch(() => {});
  const other = clock.sleep(20, never);
  controller.abort();
  await Promise.all([aborted, other]);
  expect(clock.now()).toBe(20);
});

test('a clock knows which sleeps are limits, and may shorten the others', async () => {
  const asked: [seconds: number, use: string | undefined][] = [];
  class Recorded extends VirtualClock {
    override sleep(ms: number, signal: AbortSignal, use?: 'limit'): Promise<void> {
      asked.push([ms / 1000, use]);
      return super.sleep(ms, signal);
    }
  }
  const retry = [{ ErrorEquals: ['Busy'], IntervalSeconds: 2 }];
  const work = { Type: 'Task', Resource: LAMBDA, TimeoutSeconds: 50, HeartbeatSeconds: 40, Retry: retry };
  const States = { Wait: { Type: 'Wait', Seconds: 7, Next: 'Work' }, Work: { ...work, End: true } };
  await run(
    { StartAt: 'Wait', TimeoutSeconds: 900, States },
    { clock: new Recorded(), task: failing('Busy') },
  );
  const attempt = [
    [50, 'limit'],
    [40, 'limit'],
  ];
  expect(asked).toEqual([[900, 'limit'], [7, undefined], ...attempt, [2, undefined], ...attempt]);
});
