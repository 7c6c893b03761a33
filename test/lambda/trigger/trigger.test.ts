import { RECHECK_MS, type Answer, type NextRun } from '../../../lambda/trigger/decision';
import { requestRun, startRun, type TriggerDependencies } from '../../../lambda/trigger/trigger';
import type { RunInput } from '../../../lib/contract/run';

const MINUTE = 60_000;

const NOW = Date.parse('2026-11-21T09:00:00Z');

const trigger = { kind: 'newData', detail: 's3://b/data/1.csv' } as const;

const quiet = { quietMinutes: 5, maxWaitMinutes: 60 };

/** Fake of Scheduler and Step Functions, with calls that can fail. */
class Account {
  nextRun: NextRun | undefined;
  readonly started: { runId: string; input: RunInput; at: number; call: number }[] = [];
  running = false;
  /** Calls until one fails; none fails, if there are fewer. */
  failAfter = Infinity;
  calls = 0;
  /** Another invocation that acts just before a call. */
  before: { call: number; act: () => Promise<unknown> } | undefined;

  constructor(public now = NOW) {}

  readonly dependencies: TriggerDependencies = {
    schedule: {
      get: () => this.call(() => this.nextRun),
      create: (nextRun) =>
        this.call(() => {
          if (this.nextRun) return false;
          this.nextRun = nextRun;
          return true;
        }),
      move: (nextRun) =>
        this.call(() => {
          if (!this.nextRun) return false;
          this.nextRun = nextRun;
          return true;
        }),
      remove: (runId) =>
        this.call(() => {
          if (this.nextRun?.runId === runId) this.nextRun = undefined;
        }),
    },
    runs: {
      exists: (id) => this.call(() => this.started.some(({ runId }) => runId === id)),
      anyRunning: () => this.call(() => this.running),
      newestStart: () => this.call(() => this.started.at(-1)?.at),
      start: (runId, input) =>
        this.call(() => {
          if (!this.started.some((run) => run.runId === runId))
            this.started.push({ runId, input, at: this.now, call: this.calls });
        }),
    },
    quiet: { schedule: quiet, newData: quiet, newCode: quiet, drift: quiet },
  };

  request(time = this.now): Promise<Answer> {
    return requestRun({ time, trigger }, this.now, this.dependencies);
  }

  /** The next run's schedule fires; Lambda tries three times. */
  async fire(nextRun = this.nextRun!): Promise<void> {
    this.now = Math.max(this.now, nextRun.at);
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      try {
        return void (await startRun(nextRun, this.now, this.dependencies));
      } catch {
        this.now += MINUTE;
      }
    }
  }

  private async call<T>(work: () => T): Promise<T> {
    this.calls += 1;
    if (this.before?.call === this.calls) {
      const { act } = this.before;
      this.before = undefined;
      await act();
    }
    if (this.failAfter-- === 0) throw new Error('throttled');
    return work();
  }
}

describe('concurrent and failing calls', () => {
  test('concurrent requests schedule one run', async () => {
    const account = new Account();
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => account.request()));
    expect(answers.filter((answer) => answer.do === 'create')).toHaveLength(1);
    await account.fire();
    expect(account.started).toMatchObject([
      { runId: 'auto-20261121090000000', input: { trigger }, at: NOW + 5 * MINUTE },
    ]);
    expect(account.nextRun).toBeUndefined();
  });

  test('a next run that fires twice, at once or later, starts once', async () => {
    const account = new Account();
    await account.request();
    const fired = account.nextRun!;
    await Promise.all([account.fire(fired), account.fire(fired)]);
    account.now += 10 * MINUTE;
    await account.fire(fired);
    expect(account.started).toHaveLength(1);
    expect(account.nextRun).toBeUndefined();
  });

  test('a request that comes twice, the second time after its run, starts once', async () => {
    const account = new Account();
    await account.request();
    await account.fire();
    account.now += 10 * MINUTE;
    expect((await account.request(NOW)).do).toBe('ignore');
    expect((await account.request()).do).toBe('create');
  });

  test('while a run is active the next one waits, as one, and keeps its name', async () => {
    const account = new Account();
    await account.request();
    account.running = true;
    for (let i = 0; i < 3; i += 1) {
      const { at } = account.nextRun!;
      await account.fire();
      await account.request();
      expect(account.nextRun).toMatchObject({ runId: 'auto-20261121090000000', at: expect.any(Number) });
      expect(account.nextRun!.at).toBeGreaterThanOrEqual(at + RECHECK_MS);
    }
    expect(account.started).toEqual([]);
    account.running = false;
    await account.fire();
    expect(account.started).toHaveLength(1);
    expect(account.nextRun).toBeUndefined();
  });

  // Each of its calls fails once; then another request or the schedule repeats it.
  test.each([0, 1, 2, 3])('a start whose call %i fails is neither lost nor doubled', async (failAfter) => {
    const account = new Account();
    await account.request();
    account.failAfter = failAfter;
    await account.fire();
    for (let i = 0; account.nextRun && i < 5; i += 1) await account.fire();
    expect(account.started).toHaveLength(1);
    expect(account.nextRun).toBeUndefined();
  });

  test('a start that is refused for a long time is retried and succeeds', async () => {
    const account = new Account();
    await account.request();
    const { runs } = account.dependencies;
    const { start } = runs;
    let refusals = 10;
    runs.start = async (...args) => {
      if (refusals-- > 0) throw new Error('denied');
      return start(...args);
    };
    for (let i = 0; account.nextRun && i < 10; i += 1) await account.fire();
    expect(account.started).toHaveLength(1);
  });

  // It joins before the next run is removed, and makes one of its own after that.
  test.each([1, 2, 3, 4])(
    'a request just before call %i of a start gets a run that starts later',
    async (moment) => {
      const account = new Account();
      await account.request();
      const fired = account.nextRun!;
      account.now = fired.at;
      const happened = account.calls + moment;
      account.before = { call: happened, act: () => account.request() };
      await account.fire(fired);
      if (account.nextRun) await account.fire();
      expect(account.calls).toBeGreaterThan(happened);
      expect(account.started.at(-1)!.call).toBeGreaterThan(happened);
      expect(account.started.length).toBeLessThanOrEqual(2);
      expect(account.nextRun).toBeUndefined();
    },
  );

  test('a next run that both services gave up is scheduled again', async () => {
    const account = new Account();
    await account.request();
    account.now += 60 * MINUTE;
    expect((await account.request()).do).toBe('replace');
    await account.fire();
    expect(account.started).toHaveLength(1);
  });

  test('a function fails after five concurrent changes of the next run', async () => {
    const account = new Account();
    account.dependencies.schedule.create = async () => false;
    await expect(account.request()).rejects.toThrow('5');
  });
});
