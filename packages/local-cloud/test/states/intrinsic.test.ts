import type { JsonValue } from '../../src/states';
import { evaluate, fillTemplate } from '../../src/states/jsonpath/template';

const SCOPE = {
  data: {
    id: 123456,
    name: 'Arnav',
    list: [1, 2, 3, 4, 5, 6, 7, 8, 9],
    repeated: [1, 2, 3, 3, 3, 3, 3, 3, 4],
    object: { a: { a1: 1 }, b: 2 },
    other: { a: { a3: 1 }, c: 3 },
    text: '{"number":20}',
    template: 'Hi {}',
  } as JsonValue,
  context: { Execution: { Name: 'run-1' } },
  variable: (name: string) => (name === 'who' ? 'variable' : undefined),
  random: () => 0.25,
};

test.each<[string, JsonValue]>([
  ["States.Format('Hello, my name is {}.', $.name)", 'Hello, my name is Arnav.'],
  ["States.Format('{}/{}/{}', $.id, true, null)", '123456/true/null'],
  ["States.Format('{}', $.object)", '{a={a1=1}, b=2}'],
  [String.raw`States.Format('\{\} \'{}\' \\', $who)`, String.raw`{} 'variable' \\`.replace('\\\\', '\\')],
  ['States.Format($.template, $$.Execution.Name)', 'Hi run-1'],
  ['States.StringToJson($.text)', { number: 20 }],
  ["States.StringToJson('')", null],
  ['States.JsonToString($.object)', '{"a":{"a1":1},"b":2}'],
  ["States.JsonToString('text')", '"text"'],
  ['States.Array()', []],
  ['States.Array($.id, 1, States.Array(2))', [123456, 1, [2]]],
  ['States.ArrayPartition($.list, 4)', [[1, 2, 3, 4], [5, 6, 7, 8], [9]]],
  ['States.ArrayContains($.list, 5)', true],
  ['States.ArrayContains(States.Array($.object), $.object)', true],
  ["States.ArrayContains($.list, '5')", false],
  ['States.ArrayRange(1, 9, 2)', [1, 3, 5, 7, 9]],
  ['States.ArrayRange(0, 10, 3)', [0, 3, 6, 9]],
  ['States.ArrayRange(3, 1, -1)', [3, 2, 1]],
  ['States.ArrayRange(5, 1, 1)', []],
  ['States.ArrayGetItem($.list, 5)', 6],
  ['States.ArrayLength($.list)', 9],
  ['States.ArrayUnique($.repeated)', [1, 2, 3, 4]],
  ["States.Base64Encode('Data to encode')", 'RGF0YSB0byBlbmNvZGU='],
  ["States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", 'Data to encode'],
  ["States.Hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
  ["States.Hash('input data', 'MD5')", '812f45842bc6d66ee14572ce20db8e86'],
  ['States.JsonMerge($.object, $.other, false)', { a: { a3: 1 }, b: 2, c: 3 }],
  ['States.MathRandom(1, 999)', 250],
  ['States.MathAdd(111, -1)', 110],
  ['States.MathAdd(1.49, 1.5)', 3],
  ['States.MathAdd(-1.5, 0)', -1],
  ["States.StringSplit('1,2,3,4,5', ',')", ['1', '2', '3', '4', '5']],
  ["States.StringSplit('This.is+a,test=string', '.+,=')", ['This', 'is', 'a', 'test', 'string']],
  ["States.StringSplit(', , ,', ',')", [' ', ' ']],
  ['States.UUID()', '40404040-4040-4040-8040-404040404040'],
])('%s', (expression, expected) => {
  expect(evaluate(expression, 'value.$', SCOPE)).toEqual(expected);
});

test('a seed makes States.MathRandom repeat', () => {
  const draw = () => evaluate('States.MathRandom(1, 1000000, 7)', 'value.$', SCOPE);
  expect(draw()).toBe(draw());
});

test.each([
  ["States.Format('{} {}', 1)", 'more {} than values'],
  ["States.Format('{}', 1, 2)", 'fewer {} than values'],
  ["States.StringToJson('no json')", 'is not JSON'],
  ['States.ArrayLength($.id)', 'argument 1 must be an array, but is the number 123456'],
  ['States.ArrayPartition($.list, 0)', 'the chunk size must be a positive integer, but is 0'],
  ['States.ArrayRange(1, 2, 0)', 'must not be 0'],
  ['States.ArrayRange(1, 1001, 1)', '1001 items; at most 1000'],
  ['States.ArrayGetItem($.list, 9)', 'index 9 is outside'],
  ["States.Hash('x', 'CRC')", "'CRC' is not a hash algorithm"],
  ['States.JsonMerge($.object, $.other, true)', 'argument 3 must be false'],
  ['States.MathRandom(5, 5)', 'must be less than'],
])('%s fails as States.IntrinsicFailure', (expression, reason) => {
  expect(() => evaluate(expression, 'value.$', SCOPE)).toThrow(
    expect.objectContaining({
      error: 'States.IntrinsicFailure',
      errorCause: expect.stringContaining(reason),
    }),
  );
});

test('a template replaces the fields that end in .$ and keeps the rest, at every depth', () => {
  const template = {
    'id.$': '$.id',
    plain: '$.id',
    deep: [{ 'name.$': '$.name' }, 1, null],
    '__proto__.$': '$.id',
  };
  const filled = fillTemplate(template, SCOPE);
  expect(JSON.stringify(filled)).toBe(
    '{"id":123456,"plain":"$.id","deep":[{"name":"Arnav"},1,null],"__proto__":123456}',
  );
});
