import type { JsonValue } from '../../src/states';
import { jsonata, outputOf, run, START_TIME } from './support';

const NOW = Date.parse(START_TIME);

/** Returns the output of a Pass state for `{% expression %}`. */
const evaluate = (expression: string, input: JsonValue = {}) =>
  outputOf(jsonata({ Type: 'Pass', Output: `{% ${expression} %}` }), { input });

const INPUT = { list: [1, 2, 3], one: [7], name: 'Ada', nested: { deep: [{ x: 1 }, { x: 2 }] } };

test.each<[string, JsonValue]>([
  ['$states.input.name & "!"', 'Ada!'],
  ['$sum($states.input.list)', 6],
  ['$states.input.nested.deep[x > 1].x', 2],
  ['$states.input.nested.deep.x', [1, 2]],
  ['$map($states.input.one, function($v) { $v * 2 })', 14],
  ['[$map($states.input.one, function($v) { $v * 2 })]', [14]],
  ['{ "a": $states.input.missing, "b": null }', { b: null }],
  ['[$states.input.list.{ "v": $ }]', [{ v: 1 }, { v: 2 }, { v: 3 }]],
  ['$states.context.Execution.Name', 'run-1'],
  ['$states.context.State.Name', 'Only'],
  ['( $x := 2; $x * 3 )', 6],
  ['$partition([1, 2, 3, 4], 3)', [[1, 2, 3], [4]]],
  ['$range(0, 10, 3)', [0, 3, 6, 9]],
  ['$range(1, 9, 9)', 1],
  ["$hash('input data', 'SHA-256')", 'b4a697a057313163aee33cd8d40c66e9f0f177e00cac2de32475ffff6169c3e3'],
  ['$random()', 0.5],
  ['$random(3) = $random(3)', true],
  ['$random(3) = $random(4)', false],
  ['$uuid()', '80808080-8080-4080-8080-808080808080'],
  ['$parse(\'{"a": [1, 2]}\').a', [1, 2]],
  ['$now()', START_TIME],
  ["$now('[Y]-[M01]')", '2026-01'],
  ['$millis()', NOW],
  ['$fromMillis($millis())', START_TIME],
])('%s', async (expression, expected) => {
  expect(await evaluate(expression, INPUT)).toEqual(expected);
});

test.each([
  ['$states.input.missing', 'returned nothing (undefined).'],
  ['function($x) { $x }', 'returned an unsupported result type.'],
  ['{ "f": $sum }', 'returned an unsupported result type.'],
  ['1 / 0', 'returned an unsupported result type.'],
  ['$notDefined(1)', 'threw an error during evaluation. T1006: Attempted to invoke a non-function'],
  ['"a" + 1', 'threw an error during evaluation. T2001'],
  ['$parse("{")', 'threw an error during evaluation.'],
  ['$range(1, 2, 0)', 'the step of a range must not be 0'],
  ["$hash('x', 'CRC')", "'CRC' is not a hash algorithm"],
  ['$partition([1], "2")', 'Argument 2 of function "partition" must be a number, but is string'],
  ['( $f := function($n) { 1 + $f($n + 1) }; $f(0) )', 'D1011: Stack overflow'],
])('%s fails with its field and reason', async (expression, reason) => {
  const { result, events } = await run(jsonata({ Type: 'Pass', Output: { a: `{% ${expression} %}` } }), {
    input: INPUT,
  });
  const cause = expect.stringContaining(reason);
  expect(result).toEqual({ status: 'FAILED', error: 'States.QueryEvaluationError', cause });
  expect(events.at(-2)).toMatchObject({
    type: 'EvaluationFailed',
    evaluationFailedEventDetails: { location: 'Output/a', state: 'Only', cause },
  });
});

test('the cause is AWS’s message', async () => {
  const { result } = await run(jsonata({ Type: 'Pass', Output: '{% $doesNotExist %}' }));
  expect(result).toMatchObject({
    cause:
      "An error occurred while executing the state 'Only' (entered at the event id #2). The JSONata expression " +
      "'$doesNotExist' specified for the field 'Output' returned nothing (undefined).",
  });
});

test('$eval does not exist at run time', async () => {
  const { result } = await run(jsonata({ Type: 'Pass', Output: '{% ( $e := $eval; $e("1") ) %}' }));
  expect(result).toMatchObject({ error: 'States.QueryEvaluationError' });
});

test('strings that are not whole expressions, numbers, arrays and objects stay as they are', async () => {
  const Output = { text: 'a {% 1 %} b', n: 1, list: ['{% 1 + 1 %}', null, { deep: '{% "x" %}' }] };
  expect(await outputOf(jsonata({ Type: 'Pass', Output }))).toEqual({
    ...Output,
    list: [2, null, { deep: 'x' }],
  });
});

test('an expression may span lines', async () => {
  expect(await outputOf(jsonata({ Type: 'Pass', Output: '{%\n  1 +\n  1\n%}' }))).toBe(2);
});
