/**
 * Characters that a terminal, a mail or a log could interpret as a command, or that change how the text around them is
 * shown: C0 and C1 controls, marks and overrides of the writing direction, line separators, lone surrogates, the byte
 * order mark.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

const SHOWN_CHARACTERS = 80;

/**
 * Returns the text in the form of messages: unsafe characters as `\u{1b}`, cut at `limit` characters.
 *
 * @param limit of the result, without the `…` of a cut
 */
export function escapeText(text: string, limit = SHOWN_CHARACTERS): string {
  // A value may be megabytes long; an escaped character is never shorter than itself.
  const start = text.length > limit ? text.slice(0, limit + 1) : text;
  let escaped = '';
  for (const character of start) {
    const shown = character.replace(UNSAFE, (unsafe) => `\\u{${unsafe.codePointAt(0)!.toString(16)}}`);
    if (escaped.length + shown.length > limit) return `${escaped}…`;
    escaped += shown;
  }
  return escaped;
}

/** Returns a text of several lines, each escaped except for its tabs, and none cut. */
export function escapeLines(text: string): string {
  return text
    .split(/([\n\t])/)
    .map((part) => (part === '\n' || part === '\t' ? part : escapeText(part, Infinity)))
    .join('');
}

/** Returns the value as JSON with unsafe characters as `\\u001b`: equal for a program, harmless for a terminal. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (unsafe) =>
    // Line breaks between the values are not part of them.
    unsafe === '\n' ? unsafe : `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A number of a JSON text that JavaScript cannot represent, as it was sent: `1e400`. */
export class SentNumber {
  readonly text: string;

  // Node strips types, and does not read parameter properties.
  constructor(text: string) {
    this.text = text;
  }
}

/** Returns any value as JSON, escaped and cut like {@link escapeText}; `nothing` for undefined. */
export function showValue(value: unknown, limit = SHOWN_CHARACTERS): string {
  if (typeof value === 'string') return `"${escapeText(value, limit)}"`;
  if (value instanceof SentNumber) return escapeText(value.text, limit);
  // JSON has no Infinity.
  const text = typeof value === 'number' ? String(value) : jsonOf(value);
  return escapeText(text, limit);
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing';
  } catch (error) {
    // JSON.stringify recurses, JSON.parse does not: a text of some thousand brackets has a value that cannot be written.
    if (error instanceof RangeError) return Array.isArray(value) ? '[[…]]' : '{…}';
    throw error;
  }
}
