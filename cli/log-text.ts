import { escapeLines } from '../containers/table/escape.ts';

/**
 * What a line of a log says to a person: of the JSON objects that functions and containers log, the message, with the
 * level where it is not INFO and the facts beside it. Any other line as it is. Programs may quote the data, so that what
 * a terminal could take for a command is escaped.
 */
export function logText(line: string): string {
  return escapeLines(readableLine(line));
}

function readableLine(line: string): string {
  const parsed = parseObject(line);
  const { level, message } = parsed ?? {};
  if (!isObject(message) || typeof message.message !== 'string') return line;
  const { message: text, runId: _, stackTrace, ...facts } = message;
  const shown = Object.entries(facts).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const prefix = typeof level === 'string' && level !== 'INFO' ? [`${level.toLowerCase()}:`] : [];
  const trace = typeof stackTrace === 'string' ? `\n${stackTrace}` : '';
  return [...prefix, text, ...shown].join(' ') + trace;
}

function parseObject(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
