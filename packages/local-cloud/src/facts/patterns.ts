/**
 * Rewrites of the patterns of AWS's models to JavaScript's syntax. The models' patterns are Java's. The differences
 * that occur are rewritten; all others are errors, which the generator reports (`scripts/facts.mjs`).
 */

const REWRITES: readonly (readonly [RegExp, string])[] = [
  // Anchors of the whole text.
  [/\\A/g, '^'],
  [/\\[zZ]/g, '$'],
  // The characters beyond the first plane, by their surrogates.
  [/\\uD800\\uDC00-\\uDBFF\\uDFFF/g, '\\u{10000}-\\u{10FFFF}'],
];

/** Java's classes of ASCII characters, as ranges. */
const ASCII_CLASSES: Readonly<Record<string, string>> = {
  Alnum: 'A-Za-z0-9',
  Alpha: 'A-Za-z',
  ASCII: '\\x00-\\x7f',
  Print: '\\x20-\\x7e',
};

/** Unicode properties and characters by number: only the `u` flag supports them, and it parses escapes strictly. */
const UNICODE = /\\[pPu]\{/;

const compiled = new Map<string, RegExp>();

/**
 * Returns the expression that finds the pattern in a text.
 *
 * @throws SyntaxError if JavaScript cannot express the pattern
 */
export function partial(pattern: string): RegExp {
  return cached(pattern, pattern);
}

/**
 * Returns the expression that the whole text must match: services compare the whole text, with or without anchors in
 * the pattern. The Smithy models confirm it: there, the same patterns have both anchors.
 *
 * @throws SyntaxError if JavaScript cannot express the pattern
 */
export function whole(pattern: string): RegExp {
  return cached(`whole ${pattern}`, `^(?:${pattern})$`);
}

function cached(key: string, source: string): RegExp {
  let expression = compiled.get(key);
  if (!expression) {
    expression = compile(source);
    compiled.set(key, expression);
  }
  return expression;
}

function compile(source: string): RegExp {
  const flag = /^(\^\(\?:)?\(\?([is]+)\)/.exec(source);
  const flags = flag?.[2] ?? '';
  let text = flag ? source.replace(`(?${flags})`, '') : source;
  for (const [from, to] of REWRITES) text = text.replace(from, to);
  text = withAsciiClasses(text);
  if (/&&/.test(text)) throw new SyntaxError('an intersection of character classes');
  if (!UNICODE.test(text)) return new RegExp(text, flags);
  // `\_` or `\ ` are the literal characters; the `u` flag allows such escapes only for its own syntax.
  return new RegExp(text.replace(/\\([^\w^$\\.*+?()[\]{}|/-])/g, '$1').replace(/\\_/g, '_'), `${flags}u`);
}

/** Replaces Java's classes. Java allows `\p{Alnum}` inside and outside of brackets. */
function withAsciiClasses(text: string): string {
  let brackets = false;
  return text.replace(/\\p\{(\w+)\}|\\.|[[\]]/gs, (token, name: string | undefined) => {
    if (token === '[' || token === ']') brackets = token === '[';
    const ranges = name === undefined ? undefined : ASCII_CLASSES[name];
    if (ranges === undefined) return token;
    return brackets ? ranges : `[${ranges}]`;
  });
}
