import type { JsonObject, JsonValue } from '../../src/states';
import { jsonata, LAMBDA, only, outputOf, run } from './support';

const INPUT = { numbers: [3, 4], info: { name: 'x' } };
const sum: JsonValue = { sum: 7, detail: { unit: 'm' } };
const task = (fields: JsonObject) => only({ Type: 'Task', Resource: LAMBDA, ...fields });

/** Fields of a JSONPath task that returns `sum`; the task's arguments, and the state's output. */
test.each<[JsonObject, JsonValue, JsonValue]>([
  [{}, INPUT, sum],
  [{ InputPath: '$.numbers' }, [3, 4], sum],
  [{ InputPath: null }, {}, sum],
  [{ InputPath: '$$.Execution.Name' }, 'run-1', sum],
  [{ InputPath: '$.info', Parameters: { 'n.$': '$.name', k: 1 } }, { n: 'x', k: 1 }, sum],
  [{ Parameters: { 'state.$': '$$.State.Name' } }, { state: 'Only' }, sum],
  [
    { ResultSelector: { 'value.$': '$.sum', 'run.$': '$$.Execution.Name' } },
    INPUT,
    { value: 7, run: 'run-1' },
  ],
  [{ ResultPath: '$.result' }, INPUT, { ...INPUT, result: sum }],
  [{ ResultPath: '$.info.result' }, INPUT, { ...INPUT, info: { name: 'x', result: sum } }],
  [{ ResultPath: null }, INPUT, INPUT],
  [{ InputPath: '$.numbers', ResultPath: '$.sum' }, [3, 4], { ...INPUT, sum }],
  [{ OutputPath: '$.detail' }, INPUT, { unit: 'm' }],
  [{ OutputPath: null }, INPUT, {}],
  [{ ResultSelector: { 'v.$': '$.sum' }, ResultPath: '$.r', OutputPath: '$.r.v' }, INPUT, 7],
])('a JSONPath task with %j', async (fields, given, output) => {
  let received: JsonValue | undefined;
  const answer = ({ arguments: value }: { arguments: JsonValue }) => ((received = value), sum);
  expect(await outputOf(task(fields), { input: INPUT, task: answer })).toEqual(output);
  expect(received).toEqual(given);
});

test.each<[JsonObject, JsonValue, JsonValue]>([
  [{}, INPUT, sum],
  [{ Arguments: { n: '{% $states.input.numbers[0] %}', k: 1 } }, { n: 3, k: 1 }, sum],
  [{ Arguments: '{% $states.input.info %}' }, { name: 'x' }, sum],
  [{ Output: '{% $states.result.sum + $states.input.numbers[1] %}' }, INPUT, 11],
  [{ Output: { fixed: true, sum: '{% $states.result.sum %}' } }, INPUT, { fixed: true, sum: 7 }],
])('a JSONata task with %j', async (fields, given, output) => {
  let received: JsonValue | undefined;
  const answer = ({ arguments: value }: { arguments: JsonValue }) => ((received = value), sum);
  const definition = jsonata({ Type: 'Task', Resource: LAMBDA, ...fields });
  expect(await outputOf(definition, { input: INPUT, task: answer })).toEqual(output);
  expect(received).toEqual(given);
});

test.each<[object, JsonValue]>([
  [only({ Type: 'Pass' }), INPUT],
  [only({ Type: 'Pass', Result: { a: 1 }, ResultPath: '$.r' }), { ...INPUT, r: { a: 1 } }],
  [only({ Type: 'Pass', Result: { 'kept.$': '$.info' } }), { 'kept.$': '$.info' }],
  [only({ Type: 'Pass', Parameters: { 'n.$': '$.info.name' } }), { n: 'x' }],
  [only({ Type: 'Succeed', InputPath: '$.info', OutputPath: '$.name' }), 'x'],
  [only({ Type: 'Wait', Seconds: 1, OutputPath: '$.numbers' }), [3, 4]],
  [jsonata({ Type: 'Pass' }), INPUT],
  [jsonata({ Type: 'Wait', Seconds: 1, Output: 'done' }), 'done'],
  [jsonata({ Type: 'Succeed' }), INPUT],
])('%j', async (definition, expected) => {
  expect(await outputOf(definition, { input: INPUT })).toEqual(expected);
});

test('a JSONata state in a JSONPath machine, with data and variables in both directions', async () => {
  const definition = {
    StartAt: 'Path',
    States: {
      Path: { Type: 'Pass', Result: { n: 20 }, Assign: { 'half.$': '$.n' }, Next: 'Expression' },
      Expression: {
        Type: 'Pass',
        QueryLanguage: 'JSONata',
        Output: { sum: '{% $half + $states.input.n %}' },
        Assign: { twice: '{% $half * 2 %}' },
        Next: 'Path again',
      },
      'Path again': { Type: 'Pass', Parameters: { 'sum.$': '$.sum', 'twice.$': '$twice' }, End: true },
    },
  };
  expect(await outputOf(definition)).toEqual({ sum: 40, twice: 40 });
});

const located = (cause: string) =>
  `An error occurred while executing the state 'Only' (entered at the event id #2). ${cause}`;

test.each<[object, string, string]>([
  [
    only({ Type: 'Pass', InputPath: '$.no' }),
    'States.Runtime',
    "Invalid path '$.no' : No results for path: $['no']",
  ],
  [
    only({ Type: 'Pass', OutputPath: '$.a.b' }),
    'States.Runtime',
    "Invalid path '$.a.b' : Missing property in path $['a']",
  ],
  [
    only({ Type: 'Pass', Parameters: { 'v.$': '$.no' } }),
    'States.Runtime',
    "The JSONPath '$.no' specified for the field 'v.$' could not be found in the input '{}'",
  ],
  [
    task({ Parameters: { 'v.$': '$.no' } }),
    'States.ParameterPathFailure',
    "The JSONPath '$.no' specified for the field 'v.$' could not be found in the input '{}'",
  ],
  [
    only({ Type: 'Fail', ErrorPath: '$.no' }),
    'States.Runtime',
    "The JSONPath '$.no' specified for the field 'ErrorPath' could not be found in the input '{}'",
  ],
])('a path without a value: %j', async (definition, error, cause) => {
  expect((await run(definition)).result).toEqual({ status: 'FAILED', error, cause: located(cause) });
});

test.each<[object, JsonValue, object]>([
  [only({ Type: 'Fail', Error: 'Bad', Cause: 'why' }), {}, { error: 'Bad', cause: 'why' }],
  [only({ Type: 'Fail' }), {}, {}],
  [
    only({ Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('caused by {}', $.c)" }),
    { e: 'Bad', c: 'x' },
    { error: 'Bad', cause: 'caused by x' },
  ],
  [
    jsonata({ Type: 'Fail', Error: '{% $states.input.e %}', Cause: "{% 'caused by ' & $states.input.c %}" }),
    { e: 'Bad', c: 'x' },
    { error: 'Bad', cause: 'caused by x' },
  ],
])('%j ends the execution with its error and cause', async (definition, input, expected) => {
  expect((await run(definition, { input })).result).toEqual({ status: 'FAILED', ...expected });
});
