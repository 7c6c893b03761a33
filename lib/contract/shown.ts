/** Characters of a value in a message: a causing value may be megabytes long, a message is read by a person. */
const SHOWN_CHARACTERS = 200;

/** Returns a text cut at `limit` characters, without the `…` of a cut. */
export function cut(text: string, limit = SHOWN_CHARACTERS): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** Returns any value as JSON, cut; `missing` for undefined. */
export function shown(value: unknown, limit = SHOWN_CHARACTERS): string {
  try {
    return cut(JSON.stringify(value) ?? 'missing', limit);
  } catch (error) {
    // JSON.stringify recurses: thousands of levels exceed the stack.
    if (error instanceof RangeError) return Array.isArray(value) ? '[[…]]' : '{…}';
    throw error;
  }
}
