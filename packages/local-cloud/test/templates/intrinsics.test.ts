import { creationOrder } from '../../src/templates/graph';
import { condition, KNOWN_AFTER_APPLY, resolve, type Scope } from '../../src/templates/intrinsics';
import { TemplateError, type Template } from '../../src/templates/template';

const template: Template = {
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': ['a', 'b'] }] },
    Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
    Odd: { 'Fn::Xor': [] },
  },
  Mappings: { Sizes: { 'eu-west-1': { small: 1, names: ['a', 'b'] } } },
  Resources: {},
};

const scope: Scope = {
  template,
  parameters: { 'AWS::Region': 'eu-west-1', 'AWS::Partition': 'aws', Stage: 'dev', Count: 3 },
  ref: (id) => `id-of-${id}`,
  attribute: (id, name) => (name === 'List' ? ['x', 'y'] : `${id}/${name}`),
  importValue: (name) => `imported ${name}`,
};

test.each<[string, unknown, unknown]>([
  ['plain values', { a: [1, true, null, 'x'] }, { a: [1, true, null, 'x'] }],
  ['an empty object', { a: {} }, { a: {} }],
  ['Ref to a resource', { Ref: 'Bucket' }, 'id-of-Bucket'],
  ['Ref to a parameter', { Ref: 'Stage' }, 'dev'],
  ['Ref to a pseudo parameter', { Ref: 'AWS::Region' }, 'eu-west-1'],
  ['GetAtt as a list', { 'Fn::GetAtt': ['Role', 'Arn'] }, 'Role/Arn'],
  ['GetAtt as text', { 'Fn::GetAtt': 'Nested.Outputs.Name' }, 'Nested/Outputs.Name'],
  ['Join', { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':', 7]] }, 'arn:aws:7'],
  ['Split and Select', { 'Fn::Select': [1, { 'Fn::Split': ['/', { 'Fn::GetAtt': ['A', 'B'] }] }] }, 'B'],
  ['Select by text', { 'Fn::Select': ['0', { 'Fn::GetAtt': ['A', 'List'] }] }, 'x'],
  ['Sub', { 'Fn::Sub': '${Stage}-${Role.Arn}-${!Literal}-${Count}' }, 'dev-Role/Arn-${Literal}-3'],
  ['Sub with variables', { 'Fn::Sub': ['${a}${Stage}', { a: { Ref: 'X' } }] }, 'id-of-Xdev'],
  ['If', { 'Fn::If': ['Yes', { Ref: 'A' }, 'no'] }, 'id-of-A'],
  ['NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  ['NoValue in a list', [1, { 'Fn::If': ['No', 2, { Ref: 'AWS::NoValue' }] }], [1]],
  ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'AWS::Region' }, 'small'] }, 1],
  ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${Stage}:Key' } }, 'imported dev:Key'],
  ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
  ['a map that looks like a function but is not one', { Ref: 'a', other: 1 }, { Ref: 'a', other: 1 }],
])('%s', (_, value, expected) => {
  expect(resolve(value, scope)).toEqual(expected);
});

const LATER = { Ref: 'Later' };
const planned: Scope = { ...scope, ref: () => KNOWN_AFTER_APPLY };

test.each<[string, unknown, string]>([
  ['Ref', LATER, KNOWN_AFTER_APPLY],
  ['Join', { 'Fn::Join': ['/', ['a', LATER]] }, `a/${KNOWN_AFTER_APPLY}`],
  ['Sub', { 'Fn::Sub': '${Stage}-${Later}' }, `dev-${KNOWN_AFTER_APPLY}`],
  ['Select from Split', { 'Fn::Select': [5, { 'Fn::Split': [':', LATER] }] }, KNOWN_AFTER_APPLY],
  ['Join of Split', { 'Fn::Join': ['-', { 'Fn::Split': [':', LATER] }] }, KNOWN_AFTER_APPLY],
])('values known only after a change stay unknown: %s', (_, value, expected) => {
  expect(resolve(value, planned)).toBe(expected);
});

test.each<[string, unknown, RegExp]>([
  ['an unknown function', { 'Fn::Cidr': [] }, /Fn::Cidr is not supported/],
  ['an unknown map entry', { 'Fn::FindInMap': ['Sizes', 'x', 'y'] }, /there is no Sizes\.x\.y/],
  ['an index out of range', { 'Fn::Select': [2, ['a']] }, /there is no item 2 in \["a"\]/],
  ['an object in a Join', { 'Fn::Join': ['', [{ a: 1 }]] }, /Fn::Join needs text, not \{"a":1\}/],
  ['an unknown condition', { 'Fn::If': ['Maybe', 1, 2] }, /no condition "Maybe"/],
])('refused: %s', (_, value, message) => {
  expect(() => resolve(value, scope)).toThrow(TemplateError);
  expect(() => resolve(value, scope)).toThrow(message);
});

test.each([
  ['Yes', true],
  ['No', false],
  ['Both', false],
  ['Either', true],
])('the condition %s is %s', (name, holds) => {
  expect(condition(name, scope)).toBe(holds);
});

test('an unknown condition function is refused', () => {
  expect(() => condition('Odd', scope)).toThrow(/Fn::Xor is not supported/);
});

const order = (Resources: Record<string, object>) =>
  creationOrder({ Parameters: { P: { Type: 'String' } }, Resources } as unknown as Template);

test.each<[string, Record<string, object>, string[]]>([
  ['Ref', { A: { Properties: { x: [{ Ref: 'B' }] } }, B: {} }, ['B', 'A']],
  ['GetAtt', { A: { Properties: { x: { 'Fn::GetAtt': ['B', 'Arn'] } } }, B: {} }, ['B', 'A']],
  ['GetAtt as text', { A: { Properties: { x: { 'Fn::GetAtt': 'B.Arn' } } }, B: {} }, ['B', 'A']],
  [
    'Sub',
    { A: { Properties: { x: { 'Fn::Sub': '${B.Arn}/${P}/${!C}/${AWS::Region}' } } }, B: {} },
    ['B', 'A'],
  ],
  [
    'variables of a Sub',
    { A: { Properties: { x: { 'Fn::Sub': ['${v}', { v: { Ref: 'B' } }] } } }, B: {} },
    ['B', 'A'],
  ],
  ['DependsOn', { A: { DependsOn: ['C', 'B'] }, B: { DependsOn: 'C' }, C: {} }, ['C', 'B', 'A']],
  ['no tokens', { A: {}, B: {} }, ['A', 'B']],
])('resources named by %s come first', (_, resources, expected) => {
  expect(order(resources)).toEqual(expected);
});

test('a circular dependency is refused with its members', () => {
  const to = (id: string) => ({ Properties: { x: { Ref: id } } });
  expect(() => order({ Z: to('A'), A: to('B'), B: to('C'), C: to('A') })).toThrow(
    'Circular dependency between resources: [A, B, C]',
  );
});
