import { referenceValues, resolveParameters, type GivenParameter } from '../../src/templates/parameters';
import { checkRules } from '../../src/templates/rules';
import { stackScope } from '../../src/templates/scope';
import type { Template, TemplateParameter, TemplateRule } from '../../src/templates/template';

const STORED: Record<string, string> = { '/version': '33', '/list': 'a,b' };
const readSsm = async (names: readonly string[]) =>
  Object.fromEntries(names.filter((name) => STORED[name]).map((name) => [name, STORED[name]!]));

const template = (P: TemplateParameter): Template => ({ Parameters: { P }, Resources: {} });
const values = (
  P: TemplateParameter,
  given: GivenParameter[] = [],
  before = [{ key: 'P', value: 'before' }],
) => resolveParameters(template(P), given, before, readSsm);
const give = (ParameterValue: string) => [{ ParameterKey: 'P', ParameterValue }];

test.each<[string, TemplateParameter, GivenParameter[], unknown]>([
  ['the default', { Type: 'String', Default: 'x' }, [], 'x'],
  ['a given value', { Type: 'String', Default: 'x' }, give('y'), 'y'],
  ['an empty value', { Type: 'String', Default: 'x' }, give(''), ''],
  [
    'the previous value',
    { Type: 'String', Default: 'x' },
    [{ ParameterKey: 'P', UsePreviousValue: true }],
    'before',
  ],
  ['a number', { Type: 'Number', Default: 5 }, [], 5],
  ['a list', { Type: 'CommaDelimitedList', Default: 'a, b' }, [], ['a', 'b']],
  ['an empty list', { Type: 'CommaDelimitedList', Default: '' }, [], []],
  ['numbers', { Type: 'List<Number>', Default: '1,2' }, [], [1, 2]],
  ['a stored value', { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/version' }, [], '33'],
  ['a stored list', { Type: 'AWS::SSM::Parameter::Value<List<String>>' }, give('/list'), ['a', 'b']],
  ['the name of a stored value', { Type: 'AWS::SSM::Parameter::Name', Default: '/version' }, [], '/version'],
])('%s', async (_, declaration, given, expected) => {
  expect(referenceValues(template(declaration), await values(declaration, given))).toEqual({ P: expected });
});

test('a stored value is shown with its name, a hidden one is marked', async () => {
  const stored = { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/version', NoEcho: true };
  expect(await values(stored)).toEqual([{ key: 'P', value: '/version', resolved: '33', hidden: true }]);
});

test.each<[string, TemplateParameter, GivenParameter[], RegExp]>([
  ['no value', { Type: 'String' }, [], /^Parameters: \[P\] must have values$/],
  [
    'a value for an unknown parameter',
    { Type: 'String', Default: '' },
    [{ ParameterKey: 'Q' }],
    /^Parameters: \[Q\] do not exist in the template$/,
  ],
  [
    'an unknown type',
    { Type: 'AWS::EC2::VPC::Id' },
    give('x'),
    /type AWS::EC2::VPC::Id of parameter P is not supported/,
  ],
  ['text for a number', { Type: 'Number' }, give('five'), /'P' must be a number, not 'five'/],
  [
    'a number too small',
    { Type: 'Number', MinValue: 2 },
    give('1'),
    /'P' failed to satisfy constraint: must be at least 2/,
  ],
  ['a number too big', { Type: 'Number', MaxValue: 2 }, give('3'), /must be at most 2/],
  ['text too short', { Type: 'String', MinLength: 2 }, give('a'), /must contain at least 2 characters/],
  ['text too long', { Type: 'String', MaxLength: 2 }, give('abc'), /must contain at most 2 characters/],
  [
    'another pattern',
    { Type: 'String', AllowedPattern: '[a-z]+' },
    give('a1'),
    /must match pattern \[a-z\]\+/,
  ],
  [
    "another pattern, with the template's own description",
    { Type: 'String', AllowedPattern: '[a-z]+', ConstraintDescription: 'only letters' },
    give('a1'),
    /'P' failed to satisfy constraint: only letters/,
  ],
  [
    'another value',
    { Type: 'String', AllowedValues: ['a', 'b'] },
    give('c'),
    /'P' must be one of AllowedValues: \[a, b\]/,
  ],
  [
    'a missing stored value',
    { Type: 'AWS::SSM::Parameter::Value<String>' },
    give('/gone'),
    /Unable to fetch parameters \[\/gone\]/,
  ],
])('refused: %s', async (_, declaration, given, message) => {
  await expect(values(declaration, given)).rejects.toThrow(message);
});

const identity = { stackName: 's', stackId: 'i', region: 'us-east-1', account: '123456789012' };
const rule = (Assert: unknown, more: Partial<TemplateRule> = {}): Template => ({
  Parameters: { P: { Type: 'String' }, L: { Type: 'CommaDelimitedList' } },
  Rules: { R: { Assertions: [{ Assert }], ...more } },
  Resources: {},
});
const P = { Ref: 'P' };
const L = { Ref: 'L' };

test.each<[string, unknown, boolean]>([
  ['Equals', { 'Fn::Equals': [P, 'p'] }, true],
  ['Not', { 'Fn::Not': [{ 'Fn::Equals': [P, 'p'] }] }, false],
  ['And', { 'Fn::And': [{ 'Fn::Equals': [P, 'p'] }, { 'Fn::Equals': [P, 'q'] }] }, false],
  ['Or', { 'Fn::Or': [{ 'Fn::Equals': [P, 'p'] }, { 'Fn::Equals': [P, 'q'] }] }, true],
  ['Contains', { 'Fn::Contains': [['o', 'p'], P] }, true],
  ['EachMemberEquals', { 'Fn::EachMemberEquals': [L, 'a'] }, false],
  ['EachMemberIn', { 'Fn::EachMemberIn': [L, ['a', 'b', 'c']] }, true],
])('the rule %s is checked', (_, assert, holds) => {
  const check = (tested: Template) => () => {
    const parameters = [
      { key: 'P', value: 'p' },
      { key: 'L', value: 'a,b' },
    ];
    const nothing = () => undefined;
    checkRules(tested, stackScope(tested, parameters, identity, nothing, nothing));
  };
  if (holds) check(rule(assert))();
  else expect(check(rule(assert))).toThrow(/^Template validation failed: rule R: /);
  check(rule(assert, { RuleCondition: { 'Fn::Equals': [P, 'never'] } }))();
});
