import { notSupported } from '../../model/errors';

/**
 * The test of a filter pattern on unstructured text: words and "phrases" must all be there, `?word` asks for one
 * of those, `-word` must not be there (CloudWatch Logs user guide, "Filter pattern syntax"). Case matters.
 */
export function messageFilter(pattern = ''): (message: string) => boolean {
  if (/^\s*[{[%]/.test(pattern)) {
    throw notSupported(`the filter pattern '${pattern}'`, 'It knows words and "phrases", ?word and -word.');
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
