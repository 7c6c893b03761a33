import type { JsonValue, TaskRequest, VirtualClock } from '../../src/states';
import { failing, jsonata, LAMBDA, only, outline, outputOf, run } from './support';

const pass = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const task = (fields: object = {}) => ({
  StartAt: 'Work',
  States: { Work: { Type: 'Task', Resource: LAMBDA, End: true, ...fields } },
});

test.each<[object, JsonValue, JsonValue]>([
  [only({ Type: 'Map', ItemProcessor: pass }), [1, 2], [1, 2]],
  [only({ Type: 'Map', Iterator: pass }), [], []],
  [only({ Type: 'Map', ItemsPath: '$.items', ItemProcessor: pass }), { items: ['a'] }, ['a']],
  [
    only({
      Type: 'Map',
      ItemsPath: '$.items',
      ItemSelector: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value.n', 'all.$': '$.common' },
      ItemProcessor: pass,
      ResultPath: '$.done',
      OutputPath: '$.done',
    }),
    { items: [{ n: 5 }, { n: 6 }], common: 'c' },
    [
      { i: 0, v: 5, all: 'c' },
      { i: 1, v: 6, all: 'c' },
    ],
  ],
  [only({ Type: 'Map', Parameters: { 'v.$': '$$.Map.Item.Value' }, Iterator: pass }), [7], [{ v: 7 }]],
  [jsonata({ Type: 'Map', ItemProcessor: pass }), [1, 2], [1, 2]],
  [jsonata({ Type: 'Map', Items: [1, '{% 1 + 1 %}'], ItemProcessor: pass }), {}, [1, 2]],
  [
    jsonata({
      Type: 'Map',
      Items: '{% $states.input.items %}',
      ItemSelector: {
        i: '{% $states.context.Map.Item.Index %}',
        v: '{% $states.context.Map.Item.Value & "!" %}',
      },
      ItemProcessor: pass,
      Output: { count: '{% $count($states.result) %}', last: '{% $states.result[-1] %}' },
    }),
    { items: ['a', 'b'] },
    { count: 2, last: { i: 1, v: 'b!' } },
  ],
])('%j of %j gives %j', async (definition, input, expected) => {
  expect(await outputOf(definition, { input })).toEqual(expected);
});

test.each<[JsonValue, string]>([
  [1, 'Map state input must be an array but was: 1'],
  [{ a: 1 }, 'Map state input must be an array but was: {"a":1}'],
])('a JSONata Map over %j is refused', async (input, cause) => {
  const { result } = await run(jsonata({ Type: 'Map', ItemProcessor: pass }), { input });
  expect(result).toMatchObject({
    error: 'States.QueryEvaluationError',
    cause: expect.stringContaining(cause),
  });
});

/** Counts the concurrent tasks; each takes ten seconds. */
function counting() {
  const count = { running: 0, most: 0 };
  const work = async ({ arguments: value, signal }: TaskRequest, clock: VirtualClock) => {
    count.most = Math.max(count.most, ++count.running);
    await clock.sleep(10_000, signal);
    count.running--;
    return value;
  };
  return { count, work };
}

test.each<[object, JsonValue, number, number]>([
  [{ MaxConcurrency: 1 }, Array(4).fill(0), 1, 40],
  [{ MaxConcurrency: 3 }, Array(7).fill(0), 3, 30],
  [{}, Array(100).fill(0), 40, 30],
  [{ MaxConcurrency: 1000 }, Array(41).fill(0), 40, 20],
  [{ MaxConcurrencyPath: '$.n', ItemsPath: '$.items' }, { n: '2', items: [1, 2, 3] }, 2, 20],
])('a Map with %j runs no more iterations at the same time', async (fields, input, most, seconds) => {
  const { count, work } = counting();
  const definition = only({ Type: 'Map', ...fields, ItemProcessor: task() });
  const { result, seconds: took } = await run(definition, { input, task: work });
  expect([result.status, count.most, took]).toEqual(['SUCCEEDED', most, seconds]);
});

test.each(['NoNumber', 1.5, {}])('MaxConcurrencyPath refuses %j', async (n) => {
  const definition = only({
    Type: 'Map',
    ItemsPath: '$.items',
    MaxConcurrencyPath: '$.n',
    ItemProcessor: pass,
  });
  const { result } = await run(definition, { input: { n, items: [] } });
  expect(result).toMatchObject({
    error: 'States.Runtime',
    cause: expect.stringContaining('which is not a valid integer: $.n'),
  });
});

test.each<[object, JsonValue]>([
  [only({ Type: 'Parallel', Branches: [pass, task()] }), ['in', 'in']],
  [only({ Type: 'Parallel', Branches: [pass], Parameters: { 'v.$': '$' } }), [{ v: 'in' }]],
  [only({ Type: 'Parallel', Branches: [pass], ResultSelector: { 'first.$': '$[0]' } }), { first: 'in' }],
  [jsonata({ Type: 'Parallel', Branches: [pass], Arguments: { v: '{% $states.input %}' } }), [{ v: 'in' }]],
  [
    jsonata({ Type: 'Parallel', Branches: [pass], Output: '{% $states.result[0] & $states.input %}' }),
    'inin',
  ],
])('%j gives %j', async (definition, expected) => {
  expect(await outputOf(definition, { input: 'in' })).toEqual(expected);
});

/** One branch fails after five seconds, another would take ten minutes. */
const slowAndFailing = {
  Type: 'Parallel',
  Branches: [
    {
      StartAt: 'Slow',
      States: { Slow: { Type: 'Task', Resource: LAMBDA, Parameters: { slow: true }, End: true } },
    },
    {
      StartAt: 'Wait',
      States: {
        Wait: { Type: 'Wait', Seconds: 5, Next: 'Fail' },
        Fail: { Type: 'Fail', Error: 'Bad', Cause: 'b' },
      },
    },
  ],
};

test('a failing branch ends the others at once, and aborts their tasks', async () => {
  let reason: unknown;
  const { result, events, seconds } = await run(only(slowAndFailing), {
    task: async ({ signal }, clock) => {
      signal.addEventListener('abort', () => (reason = signal.reason));
      await clock.sleep(600_000, new AbortController().signal);
      return 'late';
    },
  });
  expect(result).toEqual({ status: 'FAILED', error: 'Bad', cause: 'b' });
  expect(reason).toMatchObject({ error: 'Bad' });
  expect(seconds).toBe(5);
  expect(outline(events).slice(3)).toEqual([
    '4<3 TaskStateEntered',
    '5<3 WaitStateEntered',
    '6<4 TaskScheduled',
    '7<6 TaskStarted',
    '8<5 WaitStateExited',
    '9<8 FailStateEntered',
    '10<9 TaskStateAborted',
    '11<9 ParallelStateFailed',
    '12<11 ExecutionFailed',
  ]);
});

test('the failure of an iteration fails the Map, which reports it and can catch it', async () => {
  const definition = {
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        MaxConcurrency: 1,
        ItemProcessor: task(),
        Catch: [{ ErrorEquals: ['Bad'], Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Pass', End: true },
    },
  };
  const { result, events } = await run(definition, { input: [1, 2], task: failing('Bad') });
  expect(result).toEqual({ status: 'SUCCEEDED', output: { Error: 'Bad', Cause: 'because' } });
  expect(outline(events).slice(2, 13)).toEqual([
    '3<2 MapStateStarted',
    '4<3 MapIterationStarted',
    '5<4 TaskStateEntered',
    '6<5 TaskScheduled',
    '7<6 TaskStarted',
    '8<7 TaskFailed',
    '9<8 MapIterationFailed',
    '10<8 TaskStateAborted',
    '11<8 MapStateFailed',
    '12<11 MapStateExited',
    '13<12 PassStateEntered',
  ]);
});

test('Retry of a Map runs every iteration again', async () => {
  const definition = only({
    Type: 'Map',
    ItemProcessor: task(),
    Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }],
  });
  const { result, events } = await run(definition, { input: [1, 2], task: failing('Bad') });
  expect(result).toEqual({ status: 'SUCCEEDED', output: ['recovered', 'recovered'] });
  expect(events.filter(({ type }) => type === 'MapStateStarted')).toHaveLength(2);
});
