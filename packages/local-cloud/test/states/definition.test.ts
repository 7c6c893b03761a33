import { checkDefinition, describeDiagnostics } from '../../src/states';
import { jsonata, LAMBDA, only } from './support';

const end = { Type: 'Pass', End: true };
const task = (fields: object) => only({ Type: 'Task', Resource: LAMBDA, ...fields });
const pass = (fields: object) => only({ Type: 'Pass', ...fields });
const graph = { StartAt: 'In', States: { In: end } };
const at = (field: string) => `/States/Only/${field}`;

const SCHEMA = 'SCHEMA_VALIDATION_FAILED';
const TRANSITION = 'MISSING_TRANSITION_TARGET';

/** A definition, then code, location and message of its error. */
test.each<[unknown, string, string, string]>([
  ['text', SCHEMA, '/', 'Definition must be a valid JSON object'],
  [{ StartAt: 'A' }, SCHEMA, '/', 'These fields are required: [States]'],
  [{}, SCHEMA, '/', 'These fields are required: [States, StartAt]'],
  [{ StartAt: 'A', States: {} }, SCHEMA, '/States', 'Value cannot be empty'],
  [{ ...only(end), Extra: 1 }, SCHEMA, '/Extra', 'Field is not supported here'],
  [
    { ...only(end), TimeoutSeconds: 0 },
    SCHEMA,
    '/TimeoutSeconds',
    'whole number from 1 to 99999999, but was 0',
  ],
  [{ ...only(end), Version: '2.0' }, SCHEMA, '/Version', 'should be one of [1.0]'],
  [{ ...only(end), QueryLanguage: 'SQL' }, SCHEMA, '/QueryLanguage', 'should be one of [JSONPath, JSONata]'],
  [only({ Type: 'Loop' }), SCHEMA, at('Type'), 'should have one of these values: [Task, Wait, Pass'],
  [{ StartAt: 'A', States: { A: { Type: 'Pass' } } }, SCHEMA, '/States/A', 'One of [Next, End] is required'],
  [pass({ Next: 'Only' }), SCHEMA, '/States/Only', 'Only one of [Next, End] may be given'],
  [pass({ Parametres: {} }), SCHEMA, at('Parametres'), 'Field is not supported here'],
  [pass({ Output: 1 }), SCHEMA, at('Output'), 'Field is not supported here'],
  [jsonata({ Type: 'Pass', InputPath: '$' }), SCHEMA, at('InputPath'), 'Field is not supported here'],
  [jsonata({ Type: 'Pass', Result: 1 }), SCHEMA, at('Result'), 'Field is not supported here'],
  [
    jsonata({ Type: 'Pass', QueryLanguage: 'JSONPath' }),
    SCHEMA,
    '/States/Only',
    "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine",
  ],
  [pass({ Retry: [] }), SCHEMA, at('Retry'), 'Field is not supported here'],

  [{ StartAt: 'A', States: { B: end } }, TRANSITION, '/StartAt', "Missing 'StartAt' target: A"],
  [
    { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'X' }, E: end } },
    TRANSITION,
    '/States/A/Next',
    "'Next' target: X",
  ],
  [
    { StartAt: 'A', States: { A: end, Alone: end } },
    TRANSITION,
    '/States/Alone',
    'State "Alone" is not reachable',
  ],
  [
    { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } } },
    'MISSING_TERMINAL_STATE',
    '/States',
    'No state ends this graph',
  ],
  [
    only({ Type: 'Parallel', Branches: [{ StartAt: 'Only', States: { Only: end } }] }),
    'DUPLICATE_STATE_NAME',
    at('Branches[0]/States/Only'),
    "the name 'Only' exists already",
  ],
  [
    { StartAt: 'Only', States: { Only: { Type: 'Pass', End: false } } },
    SCHEMA,
    at('End'),
    'should be one of [true]',
  ],
  [only({ Type: 'Parallel', Branches: [] }), SCHEMA, at('Branches'), 'Value cannot be empty'],
  [only({ Type: 'Map' }), SCHEMA, '/States/Only', 'One of [ItemProcessor, Iterator] is required'],

  [task({ Resource: 'lambda' }), SCHEMA, at('Resource'), 'The resource provided lambda is not recognized'],
  [
    task({ Resource: 'arn:aws:states:eu-west-1:123456789012:activity:work' }),
    'UNSUPPORTED',
    at('Resource'),
    'is not supported by this interpreter',
  ],
  [task({ TimeoutSeconds: '{% 1 %}' }), SCHEMA, at('TimeoutSeconds'), 'whole number from 1'],
  [
    task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }),
    SCHEMA,
    '/States/Only',
    'HeartbeatSeconds (5) must be smaller',
  ],
  [
    task({ TimeoutSeconds: 5, TimeoutSecondsPath: '$.t' }),
    SCHEMA,
    '/States/Only',
    'Only one of [TimeoutSeconds',
  ],
  [
    task({ Parameters: { 'a.$': 'b' } }),
    SCHEMA,
    at('Parameters/a.$'),
    'must be a valid JSONPath or a valid intrinsic',
  ],
  [
    task({ Parameters: { 'a.$': '$.b', a: 1 } }),
    SCHEMA,
    at('Parameters/a.$'),
    "The field 'a' is given twice",
  ],
  [
    task({ Parameters: { 'a.$': 'States.Sum(1)' } }),
    SCHEMA,
    at('Parameters/a.$'),
    'no intrinsic function States.Sum',
  ],
  [
    task({ Parameters: { 'a.$': 'States.MathAdd(1)' } }),
    SCHEMA,
    at('Parameters/a.$'),
    'takes 2 arguments, but has 1',
  ],
  [
    task({ Parameters: { 'a.$': String.raw`States.Format('\n')` } }),
    SCHEMA,
    at('Parameters/a.$'),
    'expected one of the escapes',
  ],
  [task({ ResultPath: '$.a[*]' }), SCHEMA, at('ResultPath'), "must name one location in the state's input"],
  [task({ ResultPath: '$$.a' }), SCHEMA, at('ResultPath'), "must name one location in the state's input"],
  [pass({ OutputPath: '$.a[' }), SCHEMA, at('OutputPath'), 'must be a valid JSONPath'],

  [
    only({
      Type: 'Map',
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' }, ...graph },
    }),
    'UNSUPPORTED',
    at('ItemProcessor/ProcessorConfig/Mode'),
    'The mode DISTRIBUTED is not supported',
  ],
  [
    only({ Type: 'Map', ItemProcessor: graph, ToleratedFailureCount: 1 }),
    'UNSUPPORTED',
    at('ToleratedFailureCount'),
    "The field 'ToleratedFailureCount' is not supported",
  ],
])('%j is refused', (definition, code, location, words) => {
  const finding = { code, location, message: expect.stringContaining(words) as string };
  expect(checkDefinition(definition)).toContainEqual(finding);
});

test.each<[string, object]>([
  [
    'inner data in expressions',
    jsonata({ Type: 'Pass', Output: '{% $states.input.list[price > 1].{ "n": name, "d": $ } %}' }),
  ],
  [
    'fields after a step',
    jsonata({ Type: 'Pass', Output: '{% $map($states.input.a, function($v) { $v.b }) %}' }),
  ],
  ['a result in Output', jsonata({ Type: 'Task', Resource: LAMBDA, Output: '{% $states.result.a %}' })],
  ['expressions as text in JSONPath', pass({ Parameters: { a: '{% not an expression' } })],
  ['States as data', pass({ Result: { StartAt: 'X', States: { X: 1 } } })],
  ['inline mode', only({ Type: 'Map', ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...graph } })],
  [
    'a name of the enclosing state',
    {
      StartAt: 'P',
      States: {
        P: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'In', States: { In: { ...end, Assign: { v: 1 } } } }],
          Assign: { v: 2 },
          End: true,
        },
      },
    },
  ],
])('%s is accepted', (_, definition) => {
  expect(checkDefinition(definition)).toEqual([]);
});

test('every finding is reported in CreateStateMachine’s message', () => {
  const definition = {
    StartAt: 'A',
    States: { A: { Type: 'Pass', Next: 'X', Foo: 1 }, 'Well done': { Type: 'Succeed' } },
  };
  expect(describeDiagnostics(checkDefinition(definition))).toMatch(
    /^Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Field .* at \/States\/A\/Foo, MISSING_TRANSITION_TARGET: Missing 'Next' target: X at \/States\/A\/Next, MISSING_TRANSITION_TARGET: State "Well done" is not reachable at \/States\/Well done'$/,
  );
});

test('a definition above 1 MiB is refused', () => {
  const [finding] = checkDefinition(pass({ Comment: 'x'.repeat(1024 * 1024) }));
  expect(finding?.message).toContain('at most 1048576 are allowed');
});
