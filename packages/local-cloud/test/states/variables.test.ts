import type { JsonValue } from '../../src/states';
import { failing, LAMBDA, outputOf } from './support';

const machine = (States: Record<string, object>, QueryLanguage = 'JSONata') => ({
  QueryLanguage,
  StartAt: Object.keys(States)[0],
  States,
});
const all = '{% $merge([{"x": $x}, {"y": $exists($y) ? $y : "unset"}]) %}';

test('Assign sees the values from before the state, and so does Output', async () => {
  const definition = machine({
    First: { Type: 'Pass', Assign: { x: 1, y: 'a' }, Next: 'Swap' },
    Swap: { Type: 'Pass', Assign: { x: '{% $y %}', y: '{% $x %}' }, Output: all, Next: 'Look' },
    Look: { Type: 'Pass', Output: { before: '{% $states.input %}', after: all }, End: true },
  });
  expect(await outputOf(definition)).toEqual({ before: { x: 1, y: 'a' }, after: { x: 'a', y: 1 } });
});

test('JSONPath assigns from the result, the context and variables', async () => {
  const definition = machine(
    {
      Task: {
        Type: 'Task',
        Resource: LAMBDA,
        ResultSelector: { other: true },
        Assign: {
          'n.$': '$.n',
          'run.$': '$$.Execution.Name',
          deep: { 'list.$': 'States.Array($.n)' },
          fixed: '$.n',
        },
        Next: 'Again',
      },
      Again: { Type: 'Pass', Assign: { 'n.$': 'States.MathAdd($n, 1)' }, Next: 'Look' },
      Look: {
        Type: 'Pass',
        Parameters: { 'n.$': '$n', 'run.$': '$run', 'first.$': '$deep.list[0]', 'fixed.$': '$fixed' },
        End: true,
      },
    },
    'JSONPath',
  );
  expect(await outputOf(definition, { task: () => ({ n: 4 }) })).toEqual({
    n: 5,
    run: 'run-1',
    first: 4,
    fixed: '$.n',
  });
});

test('inner states see outer variables; their own variables end with them, separately for each iteration', async () => {
  const definition = machine({
    Outer: { Type: 'Pass', Assign: { x: 10 }, Next: 'Each' },
    Each: {
      Type: 'Map',
      Items: [1, 2, 3],
      ItemProcessor: {
        StartAt: 'Set',
        States: {
          Set: { Type: 'Pass', Assign: { mine: '{% $x + $states.input %}' }, Next: 'Wait' },
          Wait: { Type: 'Wait', Seconds: 1, Next: 'Get' },
          Get: { Type: 'Pass', Output: '{% $mine %}', End: true },
        },
      },
      Next: 'After',
    },
    After: {
      Type: 'Pass',
      Output: { got: '{% $states.input %}', gone: '{% $not($exists($mine)) %}' },
      End: true,
    },
  });
  expect(await outputOf(definition)).toEqual({ got: [11, 12, 13], gone: true });
});

test('Parallel branches do not share variables', async () => {
  const branch = (value: number) => ({
    StartAt: `Set ${value}`,
    States: {
      [`Set ${value}`]: { Type: 'Pass', Assign: { v: value }, Next: `Wait ${value}` },
      [`Wait ${value}`]: { Type: 'Wait', Seconds: 1, Next: `Get ${value}` },
      [`Get ${value}`]: { Type: 'Pass', Output: '{% $v %}', End: true },
    },
  });
  const definition = machine({ Both: { Type: 'Parallel', Branches: [branch(1), branch(2)], End: true } });
  expect(await outputOf(definition)).toEqual([1, 2]);
});

test.each<[string, JsonValue]>([
  ['fails', { by: 'catch', error: 'A' }],
  ['succeeds', { by: 'state', error: 'none' }],
])('a Catch assigns in place of the state: the task %s', async (outcome, expected) => {
  const definition = machine({
    Task: {
      Type: 'Task',
      Resource: LAMBDA,
      Assign: { by: 'state', error: 'none' },
      Catch: [
        {
          ErrorEquals: ['States.ALL'],
          Assign: { by: 'catch', error: '{% $states.errorOutput.Error %}' },
          Next: 'Look',
        },
      ],
      Next: 'Look',
    },
    Look: { Type: 'Pass', Output: { by: '{% $by %}', error: '{% $error %}' }, End: true },
  });
  const task = outcome === 'fails' ? failing('A') : failing();
  expect(await outputOf(definition, { task })).toEqual(expected);
});
