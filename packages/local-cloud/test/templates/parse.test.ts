import { parseTemplate } from '../../src/templates/parse';
import { TemplateError } from '../../src/templates/template';

test.each<[string, string, unknown]>([
  ['JSON', '{"Resources": {"A": {"Ref": "B"}}}', { Resources: { A: { Ref: 'B' } } }],
  ['YAML', 'Resources:\n  A:\n    Type: T\n', { Resources: { A: { Type: 'T' } } }],
  [
    'a version that looks like a date',
    'AWSTemplateFormatVersion: 2010-09-09',
    { AWSTemplateFormatVersion: '2010-09-09' },
  ],
  ['!Ref', 'A: !Ref B', { A: { Ref: 'B' } }],
  ['!Condition', 'A: !Condition B', { A: { Condition: 'B' } }],
  ['!GetAtt', 'A: !GetAtt B.Arn', { A: { 'Fn::GetAtt': 'B.Arn' } }],
  [
    '!Sub with variables',
    'A: !Sub ["${x}", {x: !Ref B}]',
    { A: { 'Fn::Sub': ['${x}', { x: { Ref: 'B' } }] } },
  ],
  [
    'functions in functions',
    'A: !If [C, !Join ["", [!Ref B, c]], !Ref "AWS::NoValue"]',
    {
      A: { 'Fn::If': ['C', { 'Fn::Join': ['', [{ Ref: 'B' }, 'c']] }, { Ref: 'AWS::NoValue' }] },
    },
  ],
  [
    'a function over lines',
    'A: !Not\n  - !Equals [!Ref B, ""]\n',
    { A: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'B' }, ''] }] } },
  ],
])('%s', (_, text, expected) => {
  expect(parseTemplate(text)).toEqual(expected);
});

test.each<[string, string, RegExp]>([
  ['a list', '- a', /unsupported structure/],
  ['nothing', '', /unsupported structure/],
  ['an unknown tag', 'A: !Reff B', /YAML not well-formed\. \(line 1, column 4: Unresolved tag: !Reff\)/],
  ['a key twice', 'A: 1\nA: 2', /YAML not well-formed\. \(line 2, column 1: Map keys must be unique/],
  ['an incomplete JSON text', '{"A": ', /JSON not well-formed/],
])('refused: %s', (_, text, message) => {
  expect(() => parseTemplate(text)).toThrow(TemplateError);
  expect(() => parseTemplate(text)).toThrow(message);
});
