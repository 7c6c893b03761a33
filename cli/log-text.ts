import { escapeLines } from '../containers/table/escape.ts';

/**
 * Returns a log line in readable form. For the JSON objects that functions and containers log, this is the level
 * (unless INFO), the message and the other fields; any other line is returned unchanged. Programs may quote the data,
 * so terminal control characters are escaped.
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
