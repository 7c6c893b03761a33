import { ExecutionStopped, type JsonObject, type JsonValue, type TaskRequest } from '../../src/states';
import { FAILED, JSONATA, machine, runAttempts, task, tasks, until } from './redrives';

/**
 * Histories "as recorded" have the events and the links of a recording of AWS, with `Task…` for its `Activity…` events:
 * https://github.com/radkawar/stackd/blob/9dc356f5e5cc49d2d334178a09c1398dd1c62617/testdata/aws/stepfunctions/redrive_execution.json
 * (2026-09-24, scenarios 01, 04 to 08).
 */

describe('a chain, as recorded', () => {
  const Retry = [{ ErrorEquals: ['Broken'], IntervalSeconds: 1, MaxAttempts: 1, BackoffRate: 1 }];
  const definition = machine({
    Before: { Type: 'Pass', Result: 'kept', ResultPath: '$.before', Next: 'Saved' },
    Saved: task({ ResultPath: '$.saved', Next: 'Work' }),
    Work: task({ ResultPath: '$.work', Retry, Next: 'After' }),
    After: { Type: 'Pass', End: true },
  });
  const first = tasks('Work');
  const second = tasks('Work');
  const third = tasks();
  const contexts: JsonObject[] = [];
  const seen = ({ task: run }: { task: (request: TaskRequest) => JsonValue }) => ({
    task: (request: TaskRequest) => {
      if (request.stateName === 'Work') contexts.push(request.context);
      return run(request);
    },
  });
  const attempts = runAttempts(definition, [first, second, third].map(seen));

  test('successful states are not run again; the failed one is, from its original entry', async () => {
    const [, again, last] = await attempts;
    expect([first.ran, second.ran, third.ran]).toEqual([
      ['Saved', 'Work', 'Work'],
      ['Work', 'Work'],
      ['Work'],
    ]);
    const original = (await attempts)[0]!.events;
    expect(
      original.find((event) => event.endsWith('TaskStateEntered') && event.startsWith('9<')),
    ).toBeDefined();
    expect(original.at(-1)).toBe('16<15 ExecutionFailed');
    expect(again!.events).toEqual([
      '17<16 ExecutionRedriven',
      '18<9 TaskScheduled',
      '19<18 TaskStarted',
      '20<19 TaskFailed',
      '21<20 TaskScheduled',
      '22<21 TaskStarted',
      '23<22 TaskFailed',
      '24<23 ExecutionFailed',
    ]);
    expect(last!.events).toEqual([
      '25<24 ExecutionRedriven',
      '26<9 TaskScheduled',
      '27<26 TaskStarted',
      '28<27 TaskSucceeded',
      '29<28 TaskStateExited',
      '30<29 PassStateEntered',
      '31<30 PassStateExited',
      '32<31 ExecutionSucceeded',
    ]);
    expect(last!.result).toEqual({
      status: 'SUCCEEDED',
      output: { before: 'kept', saved: 'Saved', work: 'Work' },
    });
  });

  test('retries are counted again; the context object has the redrive, and the original entry and start', async () => {
    await attempts;
    const state = contexts.map(({ State }) => State as JsonObject);
    expect(state.map(({ RetryCount }) => RetryCount)).toEqual([0, 1, 0, 1, 0]);
    expect(new Set(state.map(({ EnteredTime }) => EnteredTime))).toEqual(
      new Set(['2026-01-01T00:00:00.000Z']),
    );
    const execution = contexts.map(({ Execution }) => Execution as JsonObject);
    expect(execution.map(({ RedriveCount }) => RedriveCount)).toEqual([0, 0, 1, 1, 2]);
    expect(execution.map(({ RedriveTime }) => RedriveTime)).toEqual([
      undefined,
      undefined,
      '2026-01-01T01:00:01.000Z',
      '2026-01-01T01:00:01.000Z',
      '2026-01-01T02:00:02.000Z',
    ]);
  });
});

test('a Fail state, as recorded, fails again after ExecutionRedriven and is not entered again', async () => {
  const definition = machine({ No: { Type: 'Fail', Error: 'Broken', Cause: 'No' } });
  const [, redriven, twice] = await runAttempts(definition, [{}, {}, {}]);
  expect(redriven!.events).toEqual(['4<3 ExecutionRedriven', '5<4 ExecutionFailed']);
  expect(twice!.events).toEqual(['6<5 ExecutionRedriven', '7<6 ExecutionFailed']);
  expect(twice!.result).toEqual(FAILED('No'));
});

test('an aborted task, as recorded, is scheduled again', async () => {
  const stop = new AbortController();
  const hang = ({ signal }: TaskRequest) => {
    setImmediate(() => stop.abort(new ExecutionStopped('Enough', 'by hand')));
    return until(signal);
  };
  const [aborted, redriven] = await runAttempts(machine({ Only: task() }), [
    { task: hang, signal: stop.signal },
    tasks(),
  ]);
  expect(aborted!.result).toEqual({ status: 'ABORTED', error: 'Enough', cause: 'by hand' });
  expect([aborted!.events.at(-1), ...redriven!.events.slice(0, 2)]).toEqual([
    '5<0 ExecutionAborted',
    '6<5 ExecutionRedriven',
    '7<2 TaskScheduled',
  ]);
  expect(redriven!.result.status).toBe('SUCCEEDED');
});

test('an execution that timed out has its full time again, and so has a task', async () => {
  const definition = machine({
    Hold: { Type: 'Wait', Seconds: 60, Next: 'Done' },
    Done: { Type: 'Succeed' },
  });
  const [first, again] = await runAttempts({ ...definition, TimeoutSeconds: 50 }, [{}, {}]);
  expect([first, again]).toMatchObject([
    { result: { status: 'TIMED_OUT' }, seconds: 50 },
    { result: { status: 'TIMED_OUT' }, seconds: 50 },
  ]);
  expect(again!.events).toEqual(['4<3 ExecutionRedriven', '5<0 ExecutionTimedOut']);
  const slow = machine({ Slow: task({ TimeoutSeconds: 20 }) });
  const hang = { task: ({ signal }: TaskRequest) => until(signal) };
  const timedOut = await runAttempts(slow, [hang, hang, tasks()]);
  expect(timedOut.map(({ result, seconds }) => [result.status, seconds])).toEqual([
    ['FAILED', 20],
    ['FAILED', 20],
    ['SUCCEEDED', 0],
  ]);
});

test.each<[string, object, JsonValue]>([
  [
    'JSONata',
    machine(
      {
        Set: { Type: 'Pass', Assign: { a: 1, b: { c: [2] } }, Next: 'Try' },
        Try: {
          ...task({ Arguments: {}, Next: 'Use' }),
          Catch: [
            { ErrorEquals: ['Broken'], Assign: { why: '{% $states.errorOutput.Cause %}' }, Next: 'Use' },
          ],
        },
        Use: task({
          Arguments: { all: '{% [$a, $b, $why] %}' },
          Assign: { a: '{% $a + 1 %}' },
          Next: 'End',
        }),
        End: { Type: 'Pass', Output: '{% [$a, $b, $why] %}', End: true },
      },
      JSONATA,
    ),
    [2, { c: [2] }, 'Try'],
  ],
  [
    'JSONPath',
    machine({
      Set: { Type: 'Pass', Assign: { a: 1, b: { c: [2] } }, Next: 'Try' },
      Try: {
        ...task({ Next: 'Use' }),
        Catch: [{ ErrorEquals: ['Broken'], Assign: { 'why.$': '$.Cause' }, Next: 'Use' }],
      },
      Use: task({ Assign: { 'a.$': 'States.MathAdd($a, 1)' }, Next: 'End' }),
      End: {
        Type: 'Pass',
        Parameters: { 'all.$': 'States.Array($a, $b, $why)' },
        OutputPath: '$.all',
        End: true,
      },
    }),
    [2, { c: [2] }, 'Try'],
  ],
])(
  '%s: variables are restored; a state that caught its error is not run again',
  async (_, definition, output) => {
    const again = tasks();
    const [failed, redriven] = await runAttempts(definition, [tasks('Try', 'Use'), again]);
    expect(failed!.result).toEqual(FAILED('Use'));
    expect(again.ran).toEqual(['Use']);
    expect(redriven!.result).toEqual({ status: 'SUCCEEDED', output });
  },
);

test('a Wait until a time that has passed ends at once, a Choice decides again', async () => {
  const later30 = '2026-01-01T00:30:00Z';
  const definition = machine(
    {
      Hold: { Type: 'Wait', Timestamp: later30, Next: 'Which?' },
      'Which?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $states.context.Execution.RedriveCount = 2 %}', Next: 'Done' }],
      },
      Done: { Type: 'Succeed', Output: 'done' },
    },
    { ...JSONATA, TimeoutSeconds: 60 },
  );
  const [timedOut, none, done] = await runAttempts(definition, [{}, {}, {}]);
  expect(timedOut!.result.status).toBe('TIMED_OUT');
  expect(none).toMatchObject({ result: { error: 'States.NoChoiceMatched' }, seconds: 0 });
  expect(done!.result).toEqual({ status: 'SUCCEEDED', output: 'done' });
});
