import { checkDefinition } from '../../src/states';
import { jsonata, LAMBDA, only } from './support';

const end = { Type: 'Pass', End: true };
const task = (fields: object) => only({ Type: 'Task', Resource: LAMBDA, ...fields });
const pass = (fields: object) => only({ Type: 'Pass', ...fields });
const rule = (fields: object) => ({
  StartAt: 'C',
  States: { C: { Type: 'Choice', Choices: [{ ...fields, Next: 'E' }], Default: 'E' }, E: end },
});
const at = (field: string) => `/States/Only/${field}`;

const SCHEMA = 'SCHEMA_VALIDATION_FAILED';
const TRANSITION = 'MISSING_TRANSITION_TARGET';

/** A definition, then code, location and message of the error in a rule or an expression. */
test.each<[unknown, string, string, string]>([
  [task({ Retry: [{}] }), SCHEMA, at('Retry[0]'), 'These fields are required: [ErrorEquals]'],
  [task({ Retry: [{ ErrorEquals: [] }] }), SCHEMA, at('Retry[0]/ErrorEquals'), 'Value cannot be empty'],
  [
    task({ Retry: [{ ErrorEquals: ['A'], BackoffRate: 0.5 }] }),
    SCHEMA,
    at('Retry[0]/BackoffRate'),
    'but was 0.5',
  ],
  [
    task({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 1.5 }] }),
    SCHEMA,
    at('Retry[0]/IntervalSeconds'),
    'whole',
  ],
  [
    task({ Retry: [{ ErrorEquals: ['A'], IntervalSeconds: 9, MaxDelaySeconds: 9 }] }),
    SCHEMA,
    at('Retry[0]'),
    'MaxDelaySeconds (9) must be greater than IntervalSeconds (9)',
  ],
  [
    task({ Retry: [{ ErrorEquals: ['A'], JitterStrategy: 'HALF' }] }),
    SCHEMA,
    at('Retry[0]/JitterStrategy'),
    'HALF',
  ],
  [
    task({ Retry: [{ ErrorEquals: ['A', 'States.ALL'] }] }),
    SCHEMA,
    at('Retry[0]/ErrorEquals'),
    'States.ALL must appear alone',
  ],
  [
    task({ Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['A'] }] }),
    SCHEMA,
    at('Retry[0]/ErrorEquals'),
    'must appear in the last entry',
  ],
  [
    task({ Catch: [{ ErrorEquals: ['A'], Next: 'X' }] }),
    TRANSITION,
    at('Catch[0]/Next'),
    "Missing 'Next' target: X",
  ],

  [
    rule({ Variable: '$.a' }),
    SCHEMA,
    '/States/C/Choices[0]',
    'exactly one of And, Or, Not or a comparison operator',
  ],
  [rule({ StringEquals: 'a' }), SCHEMA, '/States/C/Choices[0]', 'These fields are required: [Variable]'],
  [
    rule({ Variable: '$.a', NumericEquals: '1' }),
    SCHEMA,
    '/States/C/Choices[0]/NumericEquals',
    'but was "1"',
  ],
  [
    rule({ Variable: '$.a', StringLike: 'a' }),
    SCHEMA,
    '/States/C/Choices[0]/StringLike',
    'Field is not supported here',
  ],
  [
    rule({ Not: { Variable: '$.a', IsNull: true, Next: 'E' } }),
    SCHEMA,
    '/States/C/Choices[0]/Not/Next',
    'Field is not supported here',
  ],
  [
    {
      StartAt: 'C',
      States: { C: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true }], Default: 'E' }, E: end },
    },
    SCHEMA,
    '/States/C/Choices[0]',
    'These fields are required: [Next]',
  ],
  [
    only({ Type: 'Wait' }),
    SCHEMA,
    '/States/Only',
    'One of [Seconds, SecondsPath, Timestamp, TimestampPath] is required',
  ],
  [
    only({ Type: 'Wait', Timestamp: '2016-03-14' }),
    SCHEMA,
    at('Timestamp'),
    'String does not match RFC3339 timestamp',
  ],

  [pass({ Assign: { states: 1 } }), SCHEMA, at('Assign/states'), "'states' is reserved"],
  [pass({ Assign: { 'a-b.$': '$' } }), SCHEMA, at('Assign/a-b.$'), "'a-b' must be an identifier"],
  [
    {
      StartAt: 'A',
      States: {
        A: { Type: 'Pass', Assign: { x: 1 }, Next: 'M' },
        M: {
          Type: 'Map',
          ItemProcessor: { StartAt: 'In', States: { In: { ...end, Assign: { 'x.$': '$' } } } },
          End: true,
        },
      },
    },
    SCHEMA,
    '/States/M/ItemProcessor/States/In',
    "'x' is assigned in an outer scope",
  ],

  [jsonata({ Type: 'Pass', Output: '{% 1 + %}' }), SCHEMA, at('Output'), 'is invalid: S0207'],
  [jsonata({ Type: 'Pass', Output: '{% 1' }), SCHEMA, at('Output'), "must start with '{%' and end with '%}'"],
  [jsonata({ Type: 'Pass', Output: { a: ['{% $eval("1") %}'] } }), SCHEMA, at('Output/a[0]'), 'calls $eval'],
  [jsonata({ Type: 'Pass', Output: '{% $.a %}' }), SCHEMA, at('Output'), 'uses $ at the top level'],
  [
    jsonata({ Type: 'Pass', Output: '{% $sum(a.b) %}' }),
    SCHEMA,
    at('Output'),
    "reads the field 'a' at the top level",
  ],
  [jsonata({ Type: 'Pass', Output: '{% $states.output %}' }), SCHEMA, at('Output'), 'reads $states.output'],
  [
    jsonata({ Type: 'Pass', Output: '{% $states.result %}' }),
    SCHEMA,
    at('Output'),
    'reads $states.result, which exists only',
  ],
  [
    jsonata({ Type: 'Task', Resource: LAMBDA, Arguments: { a: '{% $states.result %}' } }),
    SCHEMA,
    at('Arguments/a'),
    'reads $states.result, which exists only',
  ],
  [
    jsonata({ Type: 'Task', Resource: LAMBDA, Output: '{% $states.errorOutput %}' }),
    SCHEMA,
    at('Output'),
    'reads $states.errorOutput, which exists only',
  ],
  [
    jsonata({ Type: 'Task', Resource: LAMBDA, Arguments: 'text' }),
    SCHEMA,
    at('Arguments'),
    'Expected an object',
  ],
])('%j is refused', (definition, code, location, words) => {
  const finding = { code, location, message: expect.stringContaining(words) as string };
  expect(checkDefinition(definition)).toContainEqual(finding);
});
