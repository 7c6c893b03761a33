import type { JsonObject, JsonValue } from '../../src/states';
import { matchesRule } from '../../src/states/jsonpath/choice-rule';
import { outputOf, run } from './support';

const scope = (data: JsonValue) => ({ data, context: {}, variable: () => undefined });

/** The operators with an operand, a value that matches and one that does not. */
test.each<[string, JsonValue, JsonValue, JsonValue]>([
  ['StringEquals', 'a', 'a', 'A'],
  ['StringLessThan', 'b', 'a', 'b'],
  ['StringLessThanEquals', 'b', 'b', 'c'],
  ['StringGreaterThan', 'b', 'ba', 'B'],
  ['StringGreaterThanEquals', 'b', 'b', 'a'],
  ['StringMatches', 'foo*.log', 'foobar.log', 'foo.txt'],
  ['StringMatches', String.raw`foo\*`, 'foo*', 'foobar'],
  ['StringMatches', String.raw`a\\*`, 'a\\b', 'ab'],
  ['StringMatches', 'a.c*', 'a.c\nd', 'abc'],
  ['NumericEquals', 1, 1.0, 2],
  ['NumericLessThan', 1, 0.5, 1],
  ['NumericLessThanEquals', 1, 1, 1.5],
  ['NumericGreaterThan', 1, 2, 1],
  ['NumericGreaterThanEquals', 1, 1, '1'],
  ['BooleanEquals', true, true, 'true'],
  ['TimestampEquals', '2016-03-14T01:59:00Z', '2016-03-14T02:59:00+01:00', '2016-03-14T01:59:01Z'],
  ['TimestampLessThan', '2016-03-14T01:59:00Z', '2016-03-14T01:58:59.999Z', '2016-03-14T01:59:00Z'],
  ['TimestampLessThanEquals', '2016-03-14T01:59:00Z', '2016-03-14T01:59:00Z', 'yesterday'],
  ['TimestampGreaterThan', '2016-03-14T01:59:00Z', '2016-08-18T17:33:00Z', '2016-03-14T01:59:00Z'],
  ['TimestampGreaterThanEquals', '2016-03-14T01:59:00Z', '2016-03-14T01:59:00Z', '2016-03-13T01:59:00Z'],
  ['IsNull', true, null, 0],
  ['IsNull', false, 0, null],
  ['IsNumeric', true, 1.5, '1.5'],
  ['IsString', true, '', 1],
  ['IsBoolean', true, false, 'false'],
  ['IsTimestamp', true, '2001-01-01T12:00:00Z', '2001-02-30T12:00:00Z'],
  ['IsTimestamp', false, '2001-01-01T12:00:00', '2001-01-01T12:00:00+01:00'],
])('%s %j matches %j and not %j', (operator, operand, match, mismatch) => {
  const test = (value: JsonValue) =>
    matchesRule({ Variable: '$.v', [operator]: operand }, scope({ v: value }));
  expect([test(match), test(mismatch)]).toEqual([true, false]);
});

test.each(['StringEquals', 'NumericLessThan', 'BooleanEquals', 'TimestampGreaterThanEquals'])(
  '%sPath takes the operand from a path, and does not match values of another type',
  (operator) => {
    const values: Record<string, [JsonValue, JsonValue]> = {
      StringEquals: ['a', 'a'],
      NumericLessThan: [1, 2],
      BooleanEquals: [false, false],
      TimestampGreaterThanEquals: ['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z'],
    };
    const [left, right] = values[operator]!;
    const rule = { Variable: '$.left', [`${operator}Path`]: '$.right' };
    expect(matchesRule(rule, scope({ left, right }))).toBe(true);
    expect(matchesRule(rule, scope({ left, right: {} }))).toBe(false);
  },
);

test.each<[object, JsonObject, boolean]>([
  [{ Variable: '$.a', IsPresent: true }, { a: null }, true],
  [{ Variable: '$.a', IsPresent: true }, {}, false],
  [{ Variable: '$.a', IsPresent: false }, {}, true],
  [{ Not: { Variable: '$.a', NumericEquals: 1 } }, { a: 2 }, true],
  [
    {
      And: [
        { Variable: '$.a', IsPresent: true },
        { Variable: '$.a', NumericEquals: 1 },
      ],
    },
    {},
    false,
  ],
  [
    {
      Or: [
        { Variable: '$.a', IsPresent: false },
        { Variable: '$.a', NumericEquals: 1 },
      ],
    },
    {},
    true,
  ],
  [
    {
      Or: [
        { Variable: '$.a', NumericEquals: 1 },
        { Variable: '$.a', NumericEquals: 2 },
      ],
    },
    { a: 3 },
    false,
  ],
])('%j on %j is %s', (rule, data, expected) => {
  expect(matchesRule(rule as never, scope(data))).toBe(expected);
});

const choice = {
  StartAt: 'Which?',
  States: {
    'Which?': {
      Type: 'Choice',
      Choices: [
        { Variable: '$.value', NumericGreaterThanEquals: 20, Next: 'Large' },
        { And: [{ Variable: '$.value', IsNumeric: true }], Next: 'Small' },
      ],
      Default: 'Neither',
    },
    Large: { Type: 'Pass', Result: 'large', End: true },
    Small: { Type: 'Pass', Result: 'small', End: true },
    Neither: { Type: 'Pass', Result: 'neither', End: true },
  },
};

test.each<[JsonValue, string]>([
  [25, 'large'],
  [3, 'small'],
  ['x', 'neither'],
])('the first rule that matches decides, or else the Default: %j', async (value, expected) => {
  expect(await outputOf(choice, { input: { value } })).toBe(expected);
});

test('a missing variable fails the execution as States.Runtime', async () => {
  const { result } = await run(choice);
  expect(result).toEqual({
    status: 'FAILED',
    error: 'States.Runtime',
    cause:
      "An error occurred while executing the state 'Which?' (entered at the event id #2). " +
      "Invalid path '$.value': The choice state's condition path references an invalid value.",
  });
});

const condition = (Condition: unknown) => ({
  QueryLanguage: 'JSONata',
  StartAt: 'Which?',
  States: {
    'Which?': {
      Type: 'Choice',
      Choices: [{ Condition, Next: 'Yes', Output: 'rule', Assign: { by: 'rule' } }],
      Default: 'No',
      Output: 'default',
      Assign: { by: 'default' },
    },
    Yes: { Type: 'Succeed', Output: ['{% $states.input %}', '{% $by %}'] },
    No: { Type: 'Succeed', Output: ['{% $states.input %}', '{% $by %}'] },
  },
});

test.each<[unknown, JsonValue]>([
  ['{% $states.input.n > 5 %}', ['rule', 'rule']],
  ['{% $states.input.n > 7 %}', ['default', 'default']],
  [true, ['rule', 'rule']],
])('a JSONata Condition %j uses the Output and Assign of its rule', async (expression, expected) => {
  expect(await outputOf(condition(expression), { input: { n: 7 } })).toEqual(expected);
});

test('a Condition that is not boolean is a query evaluation error', async () => {
  const { result } = await run(condition('{% $states.input.n %}'), { input: { n: 7 } });
  expect(result).toMatchObject({
    status: 'FAILED',
    error: 'States.QueryEvaluationError',
    cause: expect.stringContaining("Expected 'boolean', but was 'number' for value: 7"),
  });
});

test.each([
  ['JSONPath', { Variable: '$.a', IsPresent: true }],
  ['JSONata', { Condition: false }],
])('in %s, no match and no Default is States.NoChoiceMatched', async (QueryLanguage, rule) => {
  const choices = { Type: 'Choice', Choices: [{ ...rule, Next: 'End' }] };
  const definition = {
    QueryLanguage,
    StartAt: 'Which?',
    States: { 'Which?': choices, End: { Type: 'Succeed' } },
  };
  const { result } = await run(definition);
  expect(result).toMatchObject({ status: 'FAILED', error: 'States.NoChoiceMatched' });
});
