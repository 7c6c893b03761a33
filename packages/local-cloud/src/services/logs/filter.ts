import { notSupported } from '../../model/errors';

/**
 * Returns the test of a filter pattern on unstructured text: words and "phrases" must all occur, at least one `?word`
 * must occur, `-word` must not occur (CloudWatch Logs user guide, "Filter pattern syntax"). The test is case-sensitive.
 */
export function messageFilter(pattern = ''): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern)) {
    throw notSupported(`the filter pattern '${pattern}'`, 'Use words and "phrases", ?word and -word.');
  }
  const terms = [...pattern.matchAll(/([?-]?)(?:"([^"]*)"|(\S+))/g)].map(
    ([, sign = '', phrase, word = '']) => {
      return { sign, text: phrase ?? word };
    },
  );
  const of = (sign: string) => terms.filter((term) => term.sign === sign).map(({ text }) => text);
  const [all, some, none] = [of(''), of('?'), of('-')];
  return (message) =>
    all.every((text) => message.includes(text)) &&
    (some.length === 0 || some.some((text) => message.includes(text))) &&
    !none.some((text) => message.includes(text));
}
