import { isText } from './model';

/**
 * A request with a known answer, an entry of `golden.json`. The evaluation writes a few; every deployed variant must
 * answer them equally.
 */
export type GoldenRequest = {
  readonly contentType: string;
  /** The candidate's whole answer: JSON; text where it is not JSON; base64 of any other content type. */
  readonly answer: unknown;
  /** The true answer, for people. */
  readonly label?: unknown;
} & ({ readonly body: string } | { readonly bodyBase64: string });

/** Returns the request's bytes. */
export function goldenBody(request: GoldenRequest): Uint8Array {
  return 'bodyBase64' in request ? Buffer.from(request.bodyBase64, 'base64') : Buffer.from(request.body);
}

/** Returns an answer as it is compared: the JSON value, or the text if it is not JSON. */
export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Returns an answer as it is compared: {@link parseAnswer} of text, the base64 of any other content type. */
export function readAnswer(body: Uint8Array, contentType = 'application/json'): unknown {
  const bytes = Buffer.from(body);
  return isText(contentType) ? parseAnswer(bytes.toString('utf8')) : bytes.toString('base64');
}

/**
 * Returns where two answers differ: the path of the first difference with both values; undefined if they agree. They
 * have the same structure; numbers differ by at most the tolerance, relative for numbers above 1; all else is equal.
 * Text that is not JSON, such as CSV, is compared field by field.
 */
export function answerDifference(expected: unknown, given: unknown, tolerance: number): string | undefined {
  return difference(expected, given, tolerance, '');
}

function difference(expected: unknown, given: unknown, tolerance: number, path: string): string | undefined {
  if (typeof expected === 'number' && typeof given === 'number') {
    return Math.abs(given - expected) <= tolerance * Math.max(1, Math.abs(expected))
      ? undefined
      : explain(path, expected, given);
  }
  if (typeof expected === 'string' && typeof given === 'string' && path === '') {
    return textDifference(expected, given, tolerance);
  }
  if (typeof expected !== 'object' || expected === null || typeof given !== 'object' || given === null) {
    return expected === given ? undefined : explain(path, expected, given);
  }
  const names = Object.keys(expected);
  if (Array.isArray(expected) !== Array.isArray(given) || names.length !== Object.keys(given).length) {
    return explain(path, expected, given);
  }
  for (const name of names) {
    if (!Object.hasOwn(given, name)) return explain(path, expected, given);
    const found = difference(
      (expected as Record<string, unknown>)[name],
      (given as Record<string, unknown>)[name],
      tolerance,
      path === '' ? name : `${path}.${name}`,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Numbers in an answer such as `0.12,0.88` may differ by the arithmetic of another CPU. */
function textDifference(expected: string, given: string, tolerance: number): string | undefined {
  const fields = (text: string) => text.trim().split(/[,;\s]+/);
  const [before, after] = [fields(expected), fields(given)];
  const same =
    before.length === after.length &&
    before.every((field, index) => {
      const [a, b] = [Number(field), Number(after[index])];
      if (field === after[index]) return true;
      return field !== '' && Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a));
    });
  return same ? undefined : explain('', expected, given);
}

const MAX_SHOWN = 300;

function explain(path: string, expected: unknown, given: unknown): string {
  const shown = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, MAX_SHOWN);
  return `${path === '' ? '' : `${path}: `}expected ${shown(expected)}, given ${shown(given)}`;
}
