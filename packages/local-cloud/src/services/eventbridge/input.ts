import type { Target } from '@aws-sdk/client-eventbridge';
import type { EventEnvelope } from '../../core/events';

interface Rule {
  name: string;
  arn: string;
}

/** Returns a target's input for an event: the event, a constant, a part of the event, or a text made from parts. */
export function inputFor(target: Target, event: EventEnvelope, rule: Rule): unknown {
  if (target.Input !== undefined) return JSON.parse(target.Input);
  if (target.InputPath !== undefined) return selectPath(event, target.InputPath) ?? {};
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer ?? {};
  if (InputTemplate === undefined) return event;
  const values: Record<string, unknown> = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event': event,
    'aws.events.event.json': event,
  };
  for (const [name, path] of Object.entries(InputPathsMap)) values[name] = selectPath(event, path);
  const text = fillTemplate(InputTemplate, values);
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Returns the reason why a target's input is invalid; `undefined` if it is valid. */
export function inputProblem({ Input, InputPath, InputTransformer }: Target): string | undefined {
  const given = [Input, InputPath, InputTransformer].filter((value) => value !== undefined);
  if (given.length > 1) return 'Only one of Input, InputPath, or InputTransformer must be provided.';
  if (Input !== undefined && !isJson(Input)) return `Input '${Input}' is not valid JSON.`;
  const paths = [InputPath ?? [], Object.values(InputTransformer?.InputPathsMap ?? {})].flat();
  const bad = paths.find((path) => !PATH.test(path));
  return bad === undefined
    ? undefined
    : `'${bad}' is not a JSON path; use a path such as $.detail.name or $.resources[0].`;
}

const STEP = /\.([\w-]+)|\['([^']+)'\]|\["([^"]+)"\]|\[(\d+)\]/g;
const PATH = new RegExp(`^\\$(?:${STEP.source})*$`);

function selectPath(event: unknown, path: string): unknown {
  let value = event;
  for (const [, name, quoted, doubleQuoted, index] of path.matchAll(STEP)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[name ?? quoted ?? doubleQuoted ?? index ?? ''];
  }
  return value;
}

/**
 * Fills a template: `<name>` becomes a JSON value, or text inside of a string. Values that the event does not have are
 * empty strings.
 */
function fillTemplate(template: string, values: Readonly<Record<string, unknown>>): string {
  let inString = false;
  return template.replace(/\\.|"|<([\w.-]+)>/g, (found, name: string | undefined) => {
    if (found === '"') inString = !inString;
    if (name === undefined) return found;
    const value = values[name];
    if (!inString) return JSON.stringify(value ?? '');
    const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
