import { LIMITS, type JsonValue } from '../../src/states';
import { jsonata, LAMBDA, only, run } from './support';

/** JSON text with exactly that many bytes, of two-byte characters. */
const sized = (bytes: number) => 'é'.repeat((bytes - 2) / 2);
const atLimit = sized(LIMITS.payloadBytes);
const aboveLimit = sized(LIMITS.payloadBytes + 2);
const task = { Type: 'Task', Resource: LAMBDA };
const exceeded = (owner: string) => ({
  status: 'FAILED',
  error: 'States.DataLimitExceeded',
  cause: `The state/task '${owner}' returned a result with a size exceeding the maximum number of bytes service limit.`,
});

test('an output may hold 256 KiB of UTF-8 and no more', async () => {
  const pass = only({ Type: 'Pass' });
  expect((await run(pass, { input: atLimit })).result.status).toBe('SUCCEEDED');
  expect((await run(pass, { input: aboveLimit })).result).toEqual(exceeded('Only'));
});

test('so may arguments', async () => {
  const definition = jsonata({ ...task, Arguments: { a: '{% $states.input %}' }, Output: 1 });
  const braces = Buffer.byteLength('{"a":}');
  expect((await run(definition, { input: sized(LIMITS.payloadBytes - braces) })).result.status).toBe(
    'SUCCEEDED',
  );
  expect((await run(definition, { input: atLimit })).result).toEqual(exceeded('Only'));
});

test('so may a result; one above the limit is the failure of its task', async () => {
  const definition = only({ ...task, ResultPath: null });
  expect((await run(definition, { task: () => atLimit })).result.status).toBe('SUCCEEDED');
  const { result, events } = await run(definition, { task: () => aboveLimit });
  expect(result).toEqual(exceeded('lambda'));
  expect(events.map(({ type }) => type)).toContain('TaskFailed');
});

const FUNCTION = 'arn:aws:lambda:eu-west-1:123456789012:function:large';

test.each([
  [LAMBDA, 'lambda'],
  [FUNCTION, FUNCTION],
])(
  'as recorded, a Catch for States.ALL catches the large result of %s; the cause names %s',
  async (Resource, owner) => {
    const definition = {
      StartAt: 'Large',
      States: {
        Large: {
          Type: 'Task',
          Resource,
          Retry: [{ ErrorEquals: ['States.ALL'] }],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
    };
    const { result, events } = await run(definition, { task: () => aboveLimit });
    const { error: Error, cause: Cause } = exceeded(owner);
    expect(result).toEqual({ status: 'SUCCEEDED', output: { Error, Cause } });
    const kind = Resource === LAMBDA ? 'Task' : 'LambdaFunction';
    expect(events.map(({ type }) => type).slice(1, 6)).toEqual([
      'TaskStateEntered',
      ...['Scheduled', 'Started', 'Failed'].map((what) => `${kind}${what}`),
      'TaskStateExited',
    ]);
  },
);

test('a Catch for States.ALL does not catch large arguments or a large output', async () => {
  const Catch = [{ ErrorEquals: ['States.ALL'], Next: 'Only' }];
  const large = { a: '{% $pad("", 140000, "x") & $pad("", 140000, "x") %}' };
  for (const field of ['Arguments', 'Output']) {
    expect((await run(jsonata({ ...task, [field]: large, Catch }))).result).toEqual(exceeded('Only'));
  }
});

test('a state can assign at most 256 KiB', async () => {
  const assign = (input: JsonValue) =>
    run(only({ Type: 'Pass', Assign: { 'v.$': '$' }, OutputPath: null }), { input });
  expect((await assign(atLimit)).result.status).toBe('SUCCEEDED');
  expect((await assign(aboveLimit)).result).toMatchObject({
    error: 'States.DataLimitExceeded',
    cause: "Variable size limit exceeded. Variable 'v' in state 'Only' was assigned 262146 bytes.",
  });
});

test('all variables together hold at most 10 MiB, not counting replaced ones or those out of scope', async () => {
  const count = 41;
  const states = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `S${i}`,
      {
        Type: 'Pass',
        Assign: { [`v${i}`]: '{% $states.input %}' },
        ...(i === count - 1 ? { End: true } : { Next: `S${i + 1}` }),
      },
    ]),
  );
  const graph = { StartAt: 'S0', States: states };
  const { result } = await run({ ...graph, QueryLanguage: 'JSONata' }, { input: atLimit });
  expect(result).toMatchObject({
    error: 'States.DataLimitExceeded',
    cause: expect.stringContaining('10485760 bytes'),
  });

  const again = { ...states.S0, Assign: { v: '{% $states.input.text %}' }, End: true, Next: undefined };
  const inner = { StartAt: 'A', States: { A: JSON.parse(JSON.stringify(again)) as object } };
  const map = {
    Type: 'Map',
    Items: '{% [1..50].{ "text": $states.input } %}',
    ItemProcessor: inner,
    Output: 1,
  };
  expect((await run(jsonata(map), { input: sized(100_000) })).result.status).toBe('SUCCEEDED');
});

test('an execution ends when only one more event fits into its history', async () => {
  const loop = {
    StartAt: 'Round',
    States: {
      Round: { Type: 'Pass', Next: 'Again?' },
      'Again?': {
        Type: 'Choice',
        Choices: [{ Variable: '$.stop', IsPresent: true, Next: 'End' }],
        Default: 'Round',
      },
      End: { Type: 'Succeed' },
    },
  };
  const { result, events } = await run(loop);
  expect(result).toMatchObject({ error: 'States.Runtime', cause: expect.stringContaining('(25000)') });
  expect(events).toHaveLength(LIMITS.historyEvents);
  expect(events.at(-1)?.type).toBe('ExecutionFailed');
});
