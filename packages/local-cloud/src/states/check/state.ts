import type { QueryLanguage } from '../language/definition';
import { isObject, type JsonObject } from '../language/json';
import { LIMITS } from '../language/limits';
import { parseTaskResource } from '../language/resource';
import type { Check, Fields, Location } from './location';
import { assign, catchers, choices, retry } from './rules';
import {
  anything,
  atMostOne,
  both,
  checkFields,
  exactlyOne,
  jsonataOr,
  jsonataTemplate,
  listOf,
  nullablePath,
  numberFrom,
  object,
  oneOf,
  path,
  pathOrIntrinsic,
  pathTemplate,
  resultPath,
  text,
  timestamp,
} from './values';

type StateType = 'Task' | 'Wait' | 'Pass' | 'Succeed' | 'Fail' | 'Choice' | 'Parallel' | 'Map';

const STATE_TYPES: readonly string[] = [
  'Task',
  'Wait',
  'Pass',
  'Succeed',
  'Fail',
  'Choice',
  'Parallel',
  'Map',
] satisfies StateType[];

const resource: Check = (value, location) => {
  if (typeof value === 'string' && parseTaskResource(value)) return;
  if (typeof value === 'string' && /^arn:[^:]+:states:[^:]+:\d+:activity:/.test(value)) {
    return location.unsupported(`The activity ${value}`);
  }
  location.report(
    `The resource provided ${String(value)} is not recognized. The value is not a valid resource ARN, or the resource is not available in this region.`,
  );
};

/** Reports features of AWS that this interpreter does not support, by name. */
const notSupported: Check = (_, location) =>
  location.unsupported(`The field '${location.pointer.split('/').pop()}'`);

const limit = numberFrom(1, LIMITS.seconds);
const delay = numberFrom(0, LIMITS.seconds);
const concurrency = numberFrom(0, Number.MAX_SAFE_INTEGER);
const objectOrExpression = jsonataOr(both(object, jsonataTemplate));
const list: Check = both(listOf(anything, { allowEmpty: true }), jsonataTemplate);

const COMMON: Fields = { Type: anything, Comment: anything, QueryLanguage: anything };
const STEP: Fields = { ...COMMON, Next: text, End: oneOf(true), Assign: assign };
/** The fields of graphs; `graph.ts` checks the graphs. */
const FALLIBLE: Fields = { ...STEP, Retry: retry, Catch: catchers };
const MAP: Fields = {
  ...FALLIBLE,
  ItemProcessor: object,
  Iterator: object,
  ItemReader: notSupported,
  ItemBatcher: notSupported,
  ResultWriter: notSupported,
  Label: notSupported,
  ToleratedFailureCount: notSupported,
  ToleratedFailurePercentage: notSupported,
};

const IN_OUT: Fields = { InputPath: nullablePath, OutputPath: nullablePath };
const RESULT: Fields = { ...IN_OUT, Parameters: pathTemplate, ResultPath: resultPath };
const OUTPUT: Fields = { Output: jsonataTemplate };
const withResult =
  (check: Check): Check =>
  (value, location) =>
    check(value, location.allowing('result'));
/** Fields of states with a result: `$states.result` exists only in these fields. */
const RESULT_OUTPUT: Fields = { Assign: withResult(assign), Output: withResult(jsonataTemplate) };

const FIELDS: Readonly<Record<QueryLanguage, Readonly<Record<StateType, Fields>>>> = {
  JSONPath: {
    Task: {
      ...FALLIBLE,
      ...RESULT,
      Resource: resource,
      ResultSelector: both(object, pathTemplate),
      Credentials: both(object, pathTemplate),
      TimeoutSeconds: limit,
      TimeoutSecondsPath: path,
      HeartbeatSeconds: limit,
      HeartbeatSecondsPath: path,
    },
    Pass: { ...STEP, ...RESULT, Result: anything },
    Wait: {
      ...STEP,
      ...IN_OUT,
      Seconds: delay,
      SecondsPath: path,
      Timestamp: timestamp,
      TimestampPath: path,
    },
    Succeed: { ...COMMON, ...IN_OUT },
    Fail: { ...COMMON, Error: text, ErrorPath: pathOrIntrinsic, Cause: text, CausePath: pathOrIntrinsic },
    Choice: { ...COMMON, ...IN_OUT, Choices: choices, Default: text, Assign: assign },
    Parallel: {
      ...FALLIBLE,
      ...RESULT,
      ResultSelector: both(object, pathTemplate),
      Branches: listOf(object),
    },
    Map: {
      ...MAP,
      ...RESULT,
      ResultSelector: both(object, pathTemplate),
      ItemsPath: path,
      ItemSelector: pathTemplate,
      MaxConcurrency: concurrency,
      MaxConcurrencyPath: path,
      ToleratedFailureCountPath: notSupported,
      ToleratedFailurePercentagePath: notSupported,
    },
  },
  JSONata: {
    Task: {
      ...FALLIBLE,
      ...RESULT_OUTPUT,
      Resource: resource,
      Arguments: objectOrExpression,
      Credentials: objectOrExpression,
      TimeoutSeconds: jsonataOr(limit),
      HeartbeatSeconds: jsonataOr(limit),
    },
    Pass: { ...STEP, ...OUTPUT },
    Wait: { ...STEP, ...OUTPUT, Seconds: jsonataOr(delay), Timestamp: jsonataOr(timestamp) },
    Succeed: { ...COMMON, ...OUTPUT },
    Fail: { ...COMMON, Error: jsonataOr(text), Cause: jsonataOr(text) },
    Choice: { ...COMMON, ...OUTPUT, Choices: choices, Default: text, Assign: assign },
    Parallel: { ...FALLIBLE, ...RESULT_OUTPUT, Arguments: objectOrExpression, Branches: listOf(object) },
    Map: {
      ...MAP,
      ...RESULT_OUTPUT,
      Items: jsonataOr(list),
      ItemSelector: objectOrExpression,
      MaxConcurrency: jsonataOr(concurrency),
    },
  },
};

const REQUIRED: Readonly<Partial<Record<StateType, readonly string[]>>> = {
  Task: ['Resource'],
  Choice: ['Choices'],
  Parallel: ['Branches'],
};

/** Pairs of fields of which a state may have only one. */
const EXCLUSIVE: Readonly<Partial<Record<StateType, readonly (readonly string[])[]>>> = {
  Task: [
    ['TimeoutSeconds', 'TimeoutSecondsPath'],
    ['HeartbeatSeconds', 'HeartbeatSecondsPath'],
  ],
  Fail: [
    ['Error', 'ErrorPath'],
    ['Cause', 'CausePath'],
  ],
  Map: [
    ['ItemSelector', 'Parameters'],
    ['MaxConcurrency', 'MaxConcurrencyPath'],
  ],
};

/** Checks one state alone; `graph.ts` checks its transitions and inner graphs. */
export function checkState(value: unknown, location: Location, machineLanguage: QueryLanguage): void {
  if (!isObject(value)) return object(value, location);
  const type = value.Type as StateType;
  if (!STATE_TYPES.includes(type)) {
    return location
      .at('Type')
      .report(`The field 'Type' should have one of these values: [${STATE_TYPES.join(', ')}]`);
  }
  const language = (value.QueryLanguage ?? machineLanguage) as QueryLanguage;
  if (!Object.hasOwn(FIELDS, language))
    return oneOf('JSONPath', 'JSONata')(language, location.at('QueryLanguage'));
  if (machineLanguage === 'JSONata' && language === 'JSONPath') {
    location.report("'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine");
  }
  checkFields(value, FIELDS[language][type], REQUIRED[type] ?? [], location.in(language));
  for (const pair of EXCLUSIVE[type] ?? []) atMostOne(value, pair, location);
  if (type === 'Wait') exactlyOne(value, ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'], location);
  if (type === 'Map') exactlyOne(value, ['ItemProcessor', 'Iterator'], location);
  if (!['Succeed', 'Fail', 'Choice'].includes(type)) exactlyOne(value, ['Next', 'End'], location);
  checkHeartbeat(value, location);
}

function checkHeartbeat({ HeartbeatSeconds, TimeoutSeconds }: JsonObject, location: Location): void {
  if (typeof HeartbeatSeconds !== 'number' || typeof TimeoutSeconds !== 'number') return;
  if (HeartbeatSeconds >= TimeoutSeconds) {
    location.report(
      `HeartbeatSeconds (${HeartbeatSeconds}) must be smaller than TimeoutSeconds (${TimeoutSeconds})`,
    );
  }
}
