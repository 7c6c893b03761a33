import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const SOURCES = 'packages/local-cloud/src';

/** `recorded`: an answer of AWS that others recorded; `documented`: AWS's documentation; `reported`: an issue that quotes AWS. */
export type Kind = 'recorded' | 'documented' | 'reported';

/** A source that a comment of the local cloud cites. */
export interface Citation {
  readonly kind: Kind;
  /** Address; or the title, with the file that cites it, where the comment has no address. */
  readonly text: string;
}

/** Returns the sources that the comments of a file cite, in their order. @param file below {@link SOURCES} */
export function citationsOf(file: string): Citation[] {
  const found = comments(readFileSync(join(SOURCES, file), 'utf8'))
    .flatMap(citationsIn)
    .map(({ kind, text }) => ({ kind, text: /^https:/.test(text) ? text : `${text} (${link(file)})` }));
  return [...new Map(found.map((citation) => [citation.text, citation])).values()];
}

const link = (file: string) => `[${file}](../${SOURCES}/${file})`;

/** Returns the text of each comment, in one line. */
function comments(source: string): string[] {
  const blocks = source.match(/\/\*[\s\S]*?\*\/|(?:^[ \t]*\/\/.*\n)+/gm) ?? [];
  return blocks.map((block) =>
    block
      .replace(/^[ \t]*(\/\*+|\*+\/?|\/\/)|\*\/$/gm, '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

/** AWS's documents, which comments name by their titles. */
const DOCUMENT = /(?:Developer|User) Guide|user guide|API [Rr]eference/;
const TITLED = new RegExp(String.raw`\(([^()]*(?:${DOCUMENT.source})[^()]*)\)`, 'g');

function citationsIn(comment: string): Citation[] {
  const addresses = [...comment.matchAll(/https:\/\/[^\s)'"`]*[^\s)'"`.,;:]/g)]
    .map(([text]) => text)
    .filter((text) => !text.includes('${') && !text.includes('<'))
    .map((text) => ({ kind: kindOf(text), text }));
  const recordings = [
    ...comment.matchAll(/(?<!\/)\b((?:tests\/aws\/services\/[\w/.]+\/)?test_\w+\.snapshot\.json)/g),
  ].map(([file]) => ({
    kind: 'recorded' as const,
    text: `AWS’s answers to LocalStack’s tests, \`${file}\``,
  }));
  const inParentheses = [...comment.matchAll(TITLED)].map(([, text]) => text!);
  const titles = [...inParentheses, ...sentences(comment.replace(TITLED, ''))]
    .filter((text) => DOCUMENT.test(text) && !text.includes('https://'))
    .map((text) => ({
      kind: 'documented' as const,
      text: text
        .split(/ @|; the messages/)[0]!
        .replace(/[.:]$/, '')
        .trim(),
    }));
  return [...addresses, ...recordings, ...titles];
}

const sentences = (text: string) => text.split(/(?<=[.;:]) (?=["A-Z])/);

function kindOf(address: string): Kind {
  if (/\.snapshot\.json$|\/testdata\/|localstack\/tree\/\w+\/tests\//.test(address)) return 'recorded';
  return address.startsWith('https://docs.aws.amazon.com/') ? 'documented' : 'reported';
}
