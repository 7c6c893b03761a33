import { StatesError, type JsonValue } from '../../src/states';
import { matchesError, timeout } from '../../src/states/language/errors';
import { failing, jsonata, LAMBDA, only, outputOf, run } from './support';

const error = (name?: string) => new StatesError(name, 'because');

test.each<[StatesError, string[], boolean]>([
  [error('Custom'), ['Custom'], true],
  [error('Custom'), ['custom'], false],
  [error('Custom'), ['Other', 'Custom'], true],
  [error('Custom'), ['States.ALL'], true],
  [error('Custom'), ['States.TaskFailed'], true],
  [error(undefined), ['States.ALL'], true],
  [timeout(), ['States.Timeout'], true],
  [timeout(), ['States.ALL'], true],
  [timeout(), ['States.TaskFailed'], false],
  [timeout(), ['States.HeartbeatTimeout'], false],
  [timeout({ isHeartbeatTimeout: true }), ['States.HeartbeatTimeout'], true],
  [timeout({ isHeartbeatTimeout: true }), ['States.Timeout'], true],
  [error('States.QueryEvaluationError'), ['States.ALL'], true],
  [error('States.Runtime'), ['States.ALL'], false],
  [error('States.Runtime'), ['States.Runtime'], false],
  [error('States.DataLimitExceeded'), ['States.ALL', 'States.TaskFailed'], false],
  [error('States.DataLimitExceeded'), ['States.DataLimitExceeded'], true],
])('%s matches %j: %s', (failure, names, expected) => {
  expect([matchesError(failure, names, 'Catch'), matchesError(failure, names, 'Retry')]).toEqual([
    expected,
    expected,
  ]);
});

const retrying = (...Retry: object[]) => only({ Type: 'Task', Resource: LAMBDA, Retry });
const four = ['A', 'A', 'A', 'A'];

/** Retriers, the errors in turn, true if the task recovers, and the total wait. */
test.each<[string, object[], string[], boolean, number]>([
  ['defaults: 1, 2, 4 s', [{ ErrorEquals: ['A'] }], ['A', 'A', 'A'], true, 7],
  ['defaults: three retries', [{ ErrorEquals: ['A'] }], four, false, 7],
  [
    'interval and rate',
    [{ ErrorEquals: ['A'], IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 4 }],
    four,
    true,
    3 + 4.5 + 6.75 + 10.125,
  ],
  [
    'a bounded delay',
    [{ ErrorEquals: ['A'], IntervalSeconds: 3, MaxDelaySeconds: 5, MaxAttempts: 4 }],
    four,
    true,
    3 + 5 + 5 + 5,
  ],
  [
    'full jitter',
    [{ ErrorEquals: ['A'], IntervalSeconds: 8, JitterStrategy: 'FULL' }],
    ['A', 'A'],
    true,
    4 + 8,
  ],
  ['never', [{ ErrorEquals: ['A'], MaxAttempts: 0 }, { ErrorEquals: ['States.ALL'] }], ['A'], false, 0],
  [
    'each retrier counts its own',
    [
      { ErrorEquals: ['A'], IntervalSeconds: 10, MaxAttempts: 2 },
      { ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2 },
    ],
    ['A', 'B', 'A', 'C'],
    true,
    10 + 1 + 20 + 2,
  ],
  ['another error', [{ ErrorEquals: ['B'] }], ['A'], false, 0],
])('Retry with %s', async (_, retriers, errors, recovers, seconds) => {
  const result = await run(retrying(...retriers), { task: failing(...errors) });
  expect(result.seconds).toBe(seconds);
  expect(result.result).toEqual(
    recovers
      ? { status: 'SUCCEEDED', output: 'recovered' }
      : { status: 'FAILED', error: errors.at(-1), cause: 'because' },
  );
});

test('arguments are evaluated again for each attempt, with its RetryCount', async () => {
  const seen: JsonValue[] = [];
  const fail = failing('A', 'A');
  const definition = jsonata({
    Type: 'Task',
    Resource: LAMBDA,
    Arguments: { name: "{% 'job-' & $string($states.context.State.RetryCount) %}" },
    Retry: [{ ErrorEquals: ['States.ALL'] }],
  });
  await run(definition, {
    task: ({ arguments: value, attempt }) => {
      seen.push([value, attempt]);
      return fail();
    },
  });
  expect(seen).toEqual([
    [{ name: 'job-0' }, 0],
    [{ name: 'job-1' }, 1],
    [{ name: 'job-2' }, 2],
  ]);
});

const catching = (state: object, catcher: object, QueryLanguage = 'JSONPath') => ({
  QueryLanguage,
  StartAt: 'Work',
  States: {
    Work: { Type: 'Task', Resource: LAMBDA, ...state, Catch: [{ ...catcher, Next: 'Caught' }], End: true },
    Caught: { Type: 'Pass', End: true },
  },
});
const input = { a: 1 };
const errorOutput = { Error: 'A', Cause: 'because' };

test.each<[object, JsonValue]>([
  [{ ErrorEquals: ['A'] }, errorOutput],
  [
    { ErrorEquals: ['States.ALL'], ResultPath: '$.error' },
    { a: 1, error: errorOutput },
  ],
  [{ ErrorEquals: ['States.TaskFailed'], ResultPath: null }, input],
])('a JSONPath Catch %j gives %j', async (catcher, expected) => {
  expect(await outputOf(catching({}, catcher), { input, task: failing('A') })).toEqual(expected);
});

test.each<[object, JsonValue]>([
  [{ ErrorEquals: ['A'] }, errorOutput],
  [{ ErrorEquals: ['A'], Output: '{% $states.errorOutput.Cause & $string($states.input.a) %}' }, 'because1'],
])('a JSONata Catch %j gives %j', async (catcher, expected) => {
  const definition = catching({}, catcher, 'JSONata');
  expect(await outputOf(definition, { input, task: failing('A') })).toEqual(expected);
});

test('Retry comes before Catch', async () => {
  const definition = catching({ Retry: [{ ErrorEquals: ['A'], MaxAttempts: 1 }] }, { ErrorEquals: ['A'] });
  const { result, seconds } = await run(definition, { task: failing('A', 'A') });
  expect([result, seconds]).toEqual([{ status: 'SUCCEEDED', output: errorOutput }, 1]);
});

test.each<[string, object, object]>([
  ['JSONata', { Arguments: '{% $nothing %}' }, { Error: 'States.QueryEvaluationError' }],
  ['JSONata', { Output: '{% $nothing %}' }, { Error: 'States.QueryEvaluationError' }],
  ['JSONPath', { Parameters: { 'p.$': '$.no' } }, { Error: 'States.ParameterPathFailure' }],
  ['JSONPath', { ResultPath: '$.a.b' }, { Error: 'States.ResultPathMatchFailure' }],
  ['JSONPath', { ResultSelector: { 'v.$': "States.Hash('x', 'y')" } }, { Error: 'States.IntrinsicFailure' }],
])('in %s, Catch handles the state’s own errors: %j', async (language, fields, expected) => {
  const definition = catching(fields, { ErrorEquals: ['States.ALL'] }, language);
  expect(await outputOf(definition, { input })).toMatchObject(expected);
});

test('a runtime error cannot be caught', async () => {
  const definition = catching({ InputPath: '$.no' }, { ErrorEquals: ['States.ALL'] });
  expect((await run(definition)).result).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
});

test('an error without a name in AWS is States.TaskFailed', async () => {
  const { result } = await run(only({ Type: 'Task', Resource: LAMBDA }), {
    task: () => {
      throw new TypeError('odd');
    },
  });
  expect(result).toEqual({ status: 'FAILED', error: 'States.TaskFailed', cause: 'odd' });
});
