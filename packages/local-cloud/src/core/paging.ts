/** A page of a list in the order of its keys. */
export interface Page<T> {
  items: T[];
  /** The token of the next page; absent on the last one. */
  nextToken?: string;
}

/**
 * Returns one page. The token holds the last key of the previous page, so pages stay consistent when items are added or
 * removed.
 *
 * @param token the token of the previous page
 * @param invalid makes the error for a token that was never issued
 */
export function page<T>(
  items: Iterable<T>,
  keyOf: (item: T) => string,
  limit: number,
  token: string | undefined,
  invalid: (message: string) => Error,
): Page<T> {
  const after = token === undefined ? undefined : readToken(token, invalid);
  const sorted = [...items]
    .map((item) => ({ key: keyOf(item), item }))
    .filter(({ key }) => after === undefined || compareKeys(key, after) > 0)
    .sort((a, b) => compareKeys(a.key, b.key));
  const shown = sorted.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    ...(sorted.length > limit && last && { nextToken: writeToken(last.key) }),
  };
}

/** Compares two keys by their UTF-8 bytes, as AWS lists names; JavaScript's own order differs above U+FFFF. */
export function compareKeys(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const PREFIX = 'v1:';

export function writeToken(key: string): string {
  return Buffer.from(PREFIX + key).toString('base64url');
}

export function readToken(token: string, invalid: (message: string) => Error): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(PREFIX)) {
    throw invalid(
      `The token '${token}' is not valid; pass the token of the previous page, or none for the first page.`,
    );
  }
  return text.slice(PREFIX.length);
}
