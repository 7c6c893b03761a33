import { parseDocument, type CollectionTag, type ScalarTag } from 'yaml';
import { TemplateError, type Template } from './template';

/**
 * Parses a template's text, JSON or YAML. YAML's short forms (`!Ref`, `!Sub` …) become the long ones.
 *
 * @throws TemplateError with the position of the syntax error
 */
export function parseTemplate(text: string): Template {
  const value = text.trimStart().startsWith('{') ? parseJson(text) : parseYaml(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TemplateError('Template format error: unsupported structure.');
  }
  return value as Template;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new TemplateError(`Template format error: JSON not well-formed. (${(error as Error).message})`);
  }
}

function parseYaml(text: string): unknown {
  const document = parseDocument(text, { customTags: SHORT_FORMS, stringKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const [{ line, col } = { line: 1, col: 1 }] = problem.linePos ?? [];
    const [reason] = problem.message.split(' at line');
    throw new TemplateError(
      `Template format error: YAML not well-formed. (line ${line}, column ${col}: ${reason})`,
    );
  }
  return document.toJS() as unknown;
}

const FUNCTIONS = [
  ...[
    'And',
    'Base64',
    'Cidr',
    'Contains',
    'EachMemberEquals',
    'EachMemberIn',
    'Equals',
    'FindInMap',
    'GetAtt',
  ],
  ...['GetAZs', 'If', 'ImportValue', 'Join', 'Not', 'Or', 'Select', 'Split', 'Sub', 'Transform'],
];

const longName = (name: string) => (FUNCTIONS.includes(name) ? `Fn::${name}` : name);

/** YAML tags of the functions. A function's argument is text, a list or a map: each has its own tag. */
const SHORT_FORMS: (ScalarTag | CollectionTag)[] = [...FUNCTIONS, 'Ref', 'Condition'].flatMap((name) => [
  { tag: `!${name}`, resolve: (value: string) => ({ [longName(name)]: value }) },
  ...(['seq', 'map'] as const).map(
    (collection): CollectionTag => ({
      tag: `!${name}`,
      collection,
      resolve: (value) => ({ [longName(name)]: value.toJSON() as unknown }),
    }),
  ),
]);
