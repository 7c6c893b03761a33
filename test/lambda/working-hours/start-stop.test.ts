import { start, stop } from '../../../lambda/working-hours/start-stop';

/** A fake endpoint with these statuses, one for each call; null: it does not exist. Records the calls. */
function endpoint(...statuses: (string | null)[]) {
  const done: string[] = [];
  const step = (what: string) => async () => void done.push(what);
  const hosting = {
    status: async () => {
      if (statuses.length === 0) throw new Error('unexpected call');
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
    ['is being created by a run', ['Updating', 'InService'], ['wait', 'apply'], null],
    ['goes at this moment', ['Deleting', null, 'InService'], ['wait', 'create c', 'apply'], 'started'],
    ['had failed', ['Failed', null, 'InService'], ['remove', 'create c', 'apply'], 'started'],
  ];
  test.each(START)('that is to start %s', async (_, statuses, steps, outcome) => {
    const { done, dependencies } = endpoint(...statuses);
    expect(await start('c', dependencies)).toMatchObject({ done: outcome });
    expect(done).toEqual(steps);
  });

  test('that cannot start fails with the reason', async () => {
    const { dependencies } = endpoint(null, 'Creating', 'Failed');
    await expect(start('c', dependencies)).rejects.toThrow('no capacity');
    const none = endpoint();
    expect(await start(undefined, none.dependencies)).toEqual({
      done: null,
      reason: expect.any(String),
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
