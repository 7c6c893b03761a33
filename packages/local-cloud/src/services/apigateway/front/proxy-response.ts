import { GatewayFailure } from './gateway-failure';
import type { FrontResponse } from './gateway-response';
import { isBinary } from './proxy-event';

const MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

/** Headers of the function that API Gateway renames, since it sets them itself. */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'date',
  'host',
  'server',
  'www-authenticate',
]);

interface Answer {
  statusCode: number | string;
  headers?: Record<string, string | number | boolean> | null;
  multiValueHeaders?: Record<string, (string | number | boolean)[]> | null;
  body?: string | null;
  isBase64Encoded?: boolean;
}

/** Converts a proxy function's answer into the client's. Throws the 502 of a malformed answer. */
export function proxyResponse(
  payload: Buffer,
  accept: string | undefined,
  binaryMediaTypes: readonly string[],
): FrontResponse {
  const answer = readAnswer(payload);
  const body = answer.body ?? '';
  const decode = answer.isBase64Encoded === true && isBinary(accept, binaryMediaTypes);
  const lines: [string, string[]][] = [
    ...Object.entries(answer.headers ?? {}).map(([name, value]): [string, string[]] => [
      name,
      [String(value)],
    ]),
    ...Object.entries(answer.multiValueHeaders ?? {}).map(([name, values]): [string, string[]] => [
      name,
      values.map(String),
    ]),
  ];
  const headers: Record<string, string[]> = {};
  for (const [name, values] of lines) {
    const lower = name.toLowerCase();
    if (lower === 'transfer-encoding') continue;
    const shown = REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name;
    headers[shown] = [...new Set([...(headers[shown] ?? []), ...values])];
  }
  if (!Object.keys(headers).some((name) => name.toLowerCase() === 'content-type')) {
    headers['Content-Type'] = ['application/json'];
  }
  return { status: Number(answer.statusCode), headers, body: Buffer.from(body, decode ? 'base64' : 'utf8') };
}

function readAnswer(payload: Buffer): Answer {
  const problem = (why: string) =>
    new GatewayFailure('DEFAULT_5XX', {
      reason: `Execution failed due to configuration error: Malformed Lambda proxy response: ${why}`,
    });
  const answer: unknown = JSON.parse(payload.toString('utf8'));
  if (!isObject(answer)) throw problem('it is not an object with statusCode, headers and body');
  const unknown = Object.keys(answer).find((name) => !MEMBERS.has(name));
  if (unknown !== undefined)
    throw problem(`it has the member '${unknown}'; allowed are ${[...MEMBERS].join(', ')}`);
  const { statusCode, headers, multiValueHeaders, body } = answer;
  if (!/^[2-5]\d\d$/.test(String(statusCode)))
    throw problem(`its statusCode is ${JSON.stringify(statusCode)}`);
  if (body !== undefined && body !== null && typeof body !== 'string') {
    throw problem(`its body is of the type ${typeof body}, not a string`);
  }
  if (!isMap(headers, (value) => isHeader(String(value)) && typeof value !== 'object')) {
    throw problem('its headers are not a map of names to texts');
  }
  if (
    !isMap(
      multiValueHeaders,
      (value) => Array.isArray(value) && value.every((each) => isHeader(String(each))),
    )
  ) {
    throw problem('its multiValueHeaders are not a map of names to lists of texts');
  }
  return answer as unknown as Answer;
}

/** Returns true for undefined, or a map of valid header names to valid values. */
function isMap(headers: unknown, isGood: (value: unknown) => boolean): boolean {
  if (headers === undefined || headers === null) return true;
  return (
    isObject(headers) &&
    Object.entries(headers).every(([name, value]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && isGood(value))
  );
}

/** Returns true if there are no control characters except tabs. */
function isHeader(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
