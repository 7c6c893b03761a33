import { isObject } from '../language/json';
import { CHOICE_OPERATORS } from '../jsonpath/choice-rule';
import { LIMITS } from '../language/limits';
import type { Check, Fields, Location } from './location';
import {
  anything,
  atMostOne,
  bool,
  both,
  checkFields,
  jsonataOr,
  jsonataTemplate,
  listOf,
  numberFrom,
  object,
  oneOf,
  path,
  pathTemplate,
  resultPath,
  text,
  timestamp,
} from './values';

/** Letters and digits of any script, as Unicode's identifiers. */
const VARIABLE_NAME = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/** `Assign`: variables by name. */
export const assign: Check = (value, location) => {
  if (!isObject(value)) return object(value, location);
  for (const key of Object.keys(value)) checkVariableName(key.replace(/\.\$$/, ''), location.at(key));
  const template = location.language === 'JSONata' ? jsonataTemplate : pathTemplate;
  template(value, location);
};

function checkVariableName(name: string, location: Location): void {
  if (name === 'states') return location.report("The variable name 'states' is reserved; choose another");
  if (name.length > LIMITS.variableNameCharacters || !VARIABLE_NAME.test(name)) {
    location.report(
      `The variable name '${name}' must be an identifier of at most ${LIMITS.variableNameCharacters} characters`,
    );
  }
}

const ALL = 'States.ALL';

function checkErrorEquals(entries: unknown, location: Location): void {
  if (!Array.isArray(entries)) return;
  entries.forEach((entry: unknown, i) => {
    const names: unknown = isObject(entry) ? entry.ErrorEquals : undefined;
    if (!Array.isArray(names) || !names.includes(ALL)) return;
    const at = location.at(i).at('ErrorEquals');
    if (names.length > 1) at.report(`${ALL} must appear alone, but the list is [${names.join(', ')}]`);
    if (i < entries.length - 1)
      at.report(`${ALL} must appear in the last entry; the ones after it never apply`);
  });
}

const MAX_DELAY_SECONDS = 31_622_400;

const RETRIER: Fields = {
  Comment: anything,
  ErrorEquals: listOf(text),
  IntervalSeconds: numberFrom(1, LIMITS.seconds),
  MaxAttempts: numberFrom(0, LIMITS.seconds),
  BackoffRate: numberFrom(1, Number.MAX_VALUE, { whole: false }),
  MaxDelaySeconds: numberFrom(1, MAX_DELAY_SECONDS - 1),
  JitterStrategy: oneOf('FULL', 'NONE'),
};

export const retry: Check = both(
  listOf(
    (value, location) => {
      checkFields(value, RETRIER, ['ErrorEquals'], location);
      if (!isObject(value)) return;
      const { IntervalSeconds = 1, MaxDelaySeconds = Infinity } = value;
      if (MaxDelaySeconds! <= IntervalSeconds!) {
        location.report(
          `MaxDelaySeconds (${String(MaxDelaySeconds)}) must be greater than IntervalSeconds (${String(IntervalSeconds)})`,
        );
      }
    },
    { allowEmpty: true },
  ),
  checkErrorEquals,
);

export const catchers: Check = both(
  listOf(
    (value, location) => {
      const own: Fields =
        location.language === 'JSONata' ? { Output: jsonataTemplate } : { ResultPath: resultPath };
      const fields = { Comment: anything, ErrorEquals: listOf(text), Next: text, Assign: assign, ...own };
      checkFields(value, fields, ['ErrorEquals', 'Next'], location.allowing('errorOutput'));
    },
    { allowEmpty: true },
  ),
  checkErrorEquals,
);

/** `Choices`. */
export const choices: Check = listOf((value, location) => {
  if (location.language === 'JSONPath') return checkTest(value, location, { Next: text, Assign: assign });
  const fields: Fields = {
    Comment: anything,
    Condition: jsonataOr(bool),
    Next: text,
    Assign: assign,
    Output: jsonataTemplate,
  };
  checkFields(value, fields, ['Condition', 'Next'], location);
});

/** @param top the fields that only a top-level rule may have; it must have `Next` */
function checkTest(value: unknown, location: Location, top: Fields = {}): void {
  const test = (nested: unknown, at: Location) => checkTest(nested, at);
  const operators = Object.fromEntries([...CHOICE_OPERATORS].map((name) => [name, operand(name)]));
  const fields: Fields = {
    Comment: anything,
    ...top,
    And: listOf(test),
    Or: listOf(test),
    Not: test,
    Variable: path,
    ...operators,
  };
  checkFields(value, fields, 'Next' in top ? ['Next'] : [], location);
  if (!isObject(value)) return;
  const composed = ['And', 'Or', 'Not'].filter((name) => name in value);
  const compared = [...CHOICE_OPERATORS].filter((name) => name in value);
  const forms = composed.length + compared.length;
  if (forms !== 1)
    location.report(`A rule needs exactly one of And, Or, Not or a comparison operator, but has ${forms}`);
  if (compared.length > 0 && !('Variable' in value)) location.report('These fields are required: [Variable]');
  if (composed.length > 0) atMostOne(value, [...composed, 'Variable'], location);
}

function operand(operator: string): Check {
  if (operator.endsWith('Path')) return path;
  if (operator.startsWith('Is') || operator.startsWith('Boolean')) return bool;
  if (operator.startsWith('Numeric'))
    return numberFrom(-Number.MAX_VALUE, Number.MAX_VALUE, { whole: false });
  return operator.startsWith('Timestamp') ? timestamp : text;
}
