import { ExecutionStopped, TaskTokens, VirtualClock, type TaskRequest } from '../../src/states';
import { jsonata, LAMBDA, only, outline, outputOf, run, START_TIME } from './support';

const TOKEN = 'arn:aws:states:::sns:publish.waitForTaskToken';
const SYNC = 'arn:aws:states:::sagemaker:createTrainingJob.sync';
const seconds =
  (count: number) =>
  async ({ signal }: TaskRequest, clock: VirtualClock) => {
    await clock.sleep(count * 1000, signal);
    return 'done';
  };

test.each<[object, number, boolean, number]>([
  [only({ Type: 'Task', Resource: LAMBDA, TimeoutSeconds: 10 }), 9, true, 9],
  [only({ Type: 'Task', Resource: LAMBDA, TimeoutSeconds: 10 }), 11, false, 10],
  [only({ Type: 'Task', Resource: LAMBDA, TimeoutSecondsPath: '$.limit' }), 11, false, 5],
  [
    jsonata({ Type: 'Task', Resource: LAMBDA, TimeoutSeconds: '{% $states.input.limit + 1 %}' }),
    11,
    false,
    6,
  ],
  [only({ Type: 'Task', Resource: LAMBDA, HeartbeatSeconds: 3 }), 4, false, 3],
])('%j with a task of %d s', async (definition, took, succeeds, after) => {
  const { result, seconds: passed } = await run(definition, { input: { limit: 5 }, task: seconds(took) });
  expect(result).toEqual(
    succeeds ? { status: 'SUCCEEDED', output: 'done' } : { status: 'FAILED', error: 'States.Timeout' },
  );
  expect(passed).toBe(after);
});

test('heartbeats keep a task alive', async () => {
  const definition = only({ Type: 'Task', Resource: LAMBDA, HeartbeatSeconds: 3, TimeoutSeconds: 60 });
  const output = await outputOf(definition, {
    task: async ({ heartbeat, signal }, clock) => {
      for (let i = 0; i < 5; i++) {
        await clock.sleep(2000, signal);
        heartbeat();
      }
      return clock.now() - Date.parse(START_TIME);
    },
  });
  expect(output).toBe(10_000);
});

test('a timed-out task is aborted, and its later result is ignored', async () => {
  let aborted = false;
  const { events } = await run(only({ Type: 'Task', Resource: SYNC, TimeoutSeconds: 5 }), {
    task: async ({ signal, submitted }, clock) => {
      await clock.sleep(60_000, signal).catch(() => (aborted = true));
      submitted('late');
      return 'late';
    },
  });
  expect(aborted).toBe(true);
  expect(outline(events).slice(2)).toEqual([
    '3<2 TaskScheduled',
    '4<3 TaskStarted',
    '5<4 TaskTimedOut',
    '6<5 ExecutionFailed',
  ]);
});

test('a job reports its submission; TaskScheduled has limits, credentials, region and parameters', async () => {
  const { events } = await run(
    only({
      Type: 'Task',
      Resource: SYNC,
      Parameters: { 'Name.$': '$$.Execution.Name' },
      Credentials: { RoleArn: 'arn:aws:iam::123456789012:role/other' },
      TimeoutSeconds: 60,
      HeartbeatSeconds: 30,
    }),
    {
      task: ({ submitted }) => {
        submitted({ TrainingJobArn: 'arn' });
        return { TrainingJobStatus: 'Completed' };
      },
    },
  );
  const names = { resourceType: 'sagemaker', resource: 'createTrainingJob.sync' };
  expect(events[2]).toMatchObject({
    type: 'TaskScheduled',
    taskScheduledEventDetails: {
      ...names,
      region: 'eu-west-1',
      parameters: '{"Name":"run-1"}',
      timeoutInSeconds: 60,
      heartbeatInSeconds: 30,
      taskCredentials: { roleArn: 'arn:aws:iam::123456789012:role/other' },
    },
  });
  expect(events[4]).toMatchObject({
    type: 'TaskSubmitted',
    taskSubmittedEventDetails: { ...names, output: '{"TrainingJobArn":"arn"}' },
  });
  expect(events[5]).toMatchObject({ type: 'TaskSucceeded', taskSucceededEventDetails: names });
});

test("a function's own ARN has Lambda’s events", async () => {
  const Resource = 'arn:aws:lambda:eu-west-1:123456789012:function:work';
  const { events } = await run(only({ Type: 'Task', Resource }), { input: { a: 1 } });
  expect(events[2]).toMatchObject({
    lambdaFunctionScheduledEventDetails: { resource: Resource, input: '{"a":1}' },
  });
  expect(outline(events).slice(2, 5)).toEqual([
    '3<2 LambdaFunctionScheduled',
    '4<3 LambdaFunctionStarted',
    '5<4 LambdaFunctionSucceeded',
  ]);
});

describe('a task token', () => {
  const asking = jsonata({
    Type: 'Task',
    Resource: TOKEN,
    Arguments: { Message: '{% $states.context.Task.Token %}' },
    HeartbeatSeconds: 10,
    Retry: [{ ErrorEquals: ['Again'] }],
  });

  /** Publishes, and calls back after the given virtual seconds. */
  const answering = (after: number, callBack: (token: string) => void) =>
    function publish({ arguments: value, taskToken, signal }: TaskRequest, clock: VirtualClock) {
      expect(value).toEqual({ Message: taskToken });
      void clock.sleep(after * 1000, signal).then(
        () => callBack(taskToken!),
        () => {},
      );
      return { MessageId: 'm-1' };
    };

  test('returns the output', async () => {
    const taskTokens = new TaskTokens();
    const task = answering(5, (token) => taskTokens.sendTaskSuccess(token, { ok: true }));
    const { result, events, seconds: passed } = await run(asking, { taskTokens, task });
    expect([result, passed]).toEqual([{ status: 'SUCCEEDED', output: { ok: true } }, 5]);
    expect(events[4]).toMatchObject({ taskSubmittedEventDetails: { output: '{"MessageId":"m-1"}' } });
  });

  test('returns an error, and each attempt has its own token', async () => {
    const taskTokens = new TaskTokens();
    const seen = new Set<string>();
    const task = answering(5, (token) => {
      seen.add(token);
      taskTokens.sendTaskFailure(token, seen.size < 2 ? 'Again' : 'Final', 'no');
    });
    const { result } = await run(asking, { taskTokens, task });
    expect(result).toEqual({ status: 'FAILED', error: 'Final', cause: 'no' });
    expect(seen.size).toBe(2);
  });

  test('without a response misses its heartbeat, then is refused', async () => {
    const taskTokens = new TaskTokens();
    let token = '';
    const { result, seconds: passed } = await run(asking, {
      taskTokens,
      task: ({ taskToken }) => (token = taskToken!),
    });
    expect([result, passed]).toEqual([{ status: 'FAILED', error: 'States.Timeout' }, 10]);
    expect(() => taskTokens.sendTaskSuccess(token, null)).toThrow(
      expect.objectContaining({ code: 'TaskTimedOut' }),
    );
  });

  test('stays alive by heartbeats', async () => {
    const taskTokens = new TaskTokens();
    const task = ({ taskToken, signal }: TaskRequest, clock: VirtualClock) => {
      void (async () => {
        for (let i = 0; i < 3; i++) {
          await clock.sleep(8000, signal);
          taskTokens.sendTaskHeartbeat(taskToken!);
        }
        taskTokens.sendTaskSuccess(taskToken!, 'late but well');
      })();
      return null;
    };
    expect(await outputOf(asking, { taskTokens, task })).toBe('late but well');
  });

  test('may be used before the service has responded', async () => {
    const taskTokens = new TaskTokens();
    const task = async ({ taskToken, signal }: TaskRequest, clock: VirtualClock) => {
      taskTokens.sendTaskSuccess(taskToken!, 'early');
      await clock.sleep(60_000, signal);
      return null;
    };
    const { result, events } = await run(asking, { taskTokens, task });
    expect(result).toEqual({ status: 'SUCCEEDED', output: 'early' });
    expect(events.map(({ type }) => type)).not.toContain('TaskSubmitted');
  });

  test('that was never issued is refused', () => {
    for (const send of ['sendTaskSuccess', 'sendTaskFailure', 'sendTaskHeartbeat'] as const) {
      expect(() => new TaskTokens()[send]('made-up', '')).toThrow(
        expect.objectContaining({ code: 'InvalidToken' }),
      );
    }
  });
});

describe('the execution', () => {
  const waiting = only({ Type: 'Wait', Seconds: 3600 });

  test('times out with the machine', async () => {
    const { result, seconds: passed, events } = await run({ ...waiting, TimeoutSeconds: 60 });
    expect([result, passed]).toEqual([{ status: 'TIMED_OUT' }, 60]);
    expect(outline(events).at(-1)).toBe('3<0 ExecutionTimedOut');
  });

  test('is stopped, with error and cause', async () => {
    const stop = new AbortController();
    const clock = new VirtualClock();
    void clock
      .sleep(30_000, stop.signal)
      .then(() => stop.abort(new ExecutionStopped('Operator', 'wrong data')));
    const { result, events, seconds: passed } = await run(waiting, { clock, signal: stop.signal });
    expect([result, passed]).toEqual([{ status: 'ABORTED', error: 'Operator', cause: 'wrong data' }, 30]);
    expect(events.at(-1)).toMatchObject({
      type: 'ExecutionAborted',
      executionAbortedEventDetails: { error: 'Operator', cause: 'wrong data' },
    });
  });

  test('is stopped during a Map: every task is aborted, and Catch does not apply', async () => {
    const stop = new AbortController();
    let aborted = 0;
    const work = { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: LAMBDA, End: true } } };
    const definition = {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemProcessor: work,
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
    };
    const { result } = await run(definition, {
      input: [1, 2, 3],
      signal: stop.signal,
      task: async ({ signal, arguments: value }, clock) => {
        signal.addEventListener('abort', () => aborted++);
        if (value === 3) stop.abort();
        await clock.sleep(1000, signal);
        return null;
      },
    });
    expect([result, aborted]).toEqual([{ status: 'ABORTED' }, 3]);
  });
});

const HOUR_LATER = '2026-01-01T01:00:00Z';

test.each<[object, number]>([
  [only({ Type: 'Wait', Seconds: 10 }), 10],
  [only({ Type: 'Wait', SecondsPath: '$.s' }), 20],
  [only({ Type: 'Wait', Timestamp: HOUR_LATER }), 3600],
  [only({ Type: 'Wait', TimestampPath: '$.t' }), 3600],
  [only({ Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z' }), 0],
  [jsonata({ Type: 'Wait', Seconds: '{% $states.input.s * 2 %}' }), 40],
  [jsonata({ Type: 'Wait', Timestamp: '{% $states.input.t %}' }), 3600],
])('%j waits %d s', async (definition, expected) => {
  expect((await run(definition, { input: { s: 20, t: HOUR_LATER } })).seconds).toBe(expected);
});

test.each<[object, string]>([
  [
    only({ Type: 'Wait', SecondsPath: '$.none' }),
    'The SecondsPath parameter does not reference an input value: $.none',
  ],
  [
    only({ Type: 'Wait', SecondsPath: '$.half' }),
    'The SecondsPath parameter cannot be parsed as a long value: $.half == 1.5',
  ],
  [
    only({ Type: 'Wait', SecondsPath: '$.less' }),
    'The SecondsPath parameter references a negative value: $.less == -1',
  ],
  [
    only({ Type: 'Wait', TimestampPath: '$.day' }),
    'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.day == 2026-01-01',
  ],
  [
    jsonata({ Type: 'Wait', Timestamp: '{% $states.input.day %}' }),
    'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: 2026-01-01',
  ],
  [
    jsonata({ Type: 'Wait', Seconds: '{% $states.input.half %}' }),
    "The field 'Seconds' must be a whole number from 0",
  ],
  [only({ Type: 'Wait', Timestamp: '2126-01-01T00:00:00Z' }), 'Wait state delay is too long.'],
])('%j fails', async (definition, cause) => {
  const { result } = await run(definition, { input: { half: 1.5, less: -1, day: '2026-01-01' } });
  expect(result).toMatchObject({ status: 'FAILED', cause: expect.stringContaining(cause) });
});
