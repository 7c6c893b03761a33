/** The dialect of a CSV file. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  /** Lines before the header: Excel's `sep=;`. */
  readonly skip: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
/** A sample is only as large as the decision needs: it is taken of thousands of files. */
const SAMPLE_ROWS = 200;

/**
 * Returns the dialect that finds most of the wanted columns in the header, or else the one whose rows have the same
 * number of fields.
 *
 * @param wanted names; empty if unknown
 */
export function detectDialect(text: string, wanted: readonly string[], cut: boolean): Dialect {
  const declared = /^sep=(.)\r?\n/i.exec(text);
  if (declared) return { delimiter: declared[1]!, quote: '"', skip: 1 };
  const header = text.slice(0, lineEnd(text));
  const quote = !header.includes('"') && /^'[^']*'([,;\t|]|$)/.test(header) ? "'" : '"';
  const seen = DELIMITERS.filter((delimiter) => header.includes(delimiter));
  const candidates = (seen.length > 0 ? seen : [' ']).map((delimiter) => {
    const rows = parseDelimited(text, delimiter, quote, SAMPLE_ROWS, cut);
    const names = new Set((rows[0] ?? []).map((name) => name.trim()));
    const fields = rows[0]?.length ?? 0;
    const alike = rows.filter((row) => row.length === fields).length / Math.max(1, rows.length);
    return {
      delimiter,
      found: wanted.filter((name) => names.has(name)).length,
      alike: fields > 1 ? alike : 0,
      fields,
    };
  });
  candidates.sort((a, b) => b.found - a.found || b.alike - a.alike || b.fields - a.fields);
  const [best] = candidates;
  // Blanks separate fields only if all rows agree: texts contain them too.
  const isSingle = best!.delimiter === ' ' && (best!.alike < 1 || best!.fields < 2);
  return { delimiter: isSingle ? ',' : best!.delimiter, quote, skip: 0 };
}

function lineEnd(text: string): number {
  const end = text.search(/[\r\n]/);
  return end < 0 ? text.length : end;
}

/**
 * Returns the rows of a CSV text, without blank lines.
 *
 * @param limit maximum rows
 * @param cut true if the text ends within its last row, which is then left out
 */
export function parseDelimited(
  text: string,
  delimiter: string,
  quote: string,
  limit: number,
  cut: boolean,
): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length && rows.length < limit) {
    let cell: string;
    if (text[at] === quote) {
      [cell, at] = quotedCell(text, at, quote);
      const end = cellEnd(text, at, delimiter);
      cell += text.slice(at, end);
      at = end;
    } else {
      const end = cellEnd(text, at, delimiter);
      cell = text.slice(at, end);
      at = end;
    }
    row.push(cell);
    if (at >= text.length) break;
    if (text[at] === delimiter) {
      at++;
      if (at === text.length) row.push('');
      continue;
    }
    at += text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1;
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
  }
  if (row.length > 0 && !cut && rows.length < limit && (row.length > 1 || row[0] !== '')) rows.push(row);
  return rows;
}

function cellEnd(text: string, from: number, delimiter: string): number {
  let end = from;
  for (; end < text.length; end++) {
    const character = text[end];
    if (character === delimiter || character === '\n' || character === '\r') break;
  }
  return end;
}

/** Returns the text between quotes, with doubled quotes replaced by one, and the position after them. */
function quotedCell(text: string, start: number, quote: string): [string, number] {
  let cell = '';
  let from = start + 1;
  for (;;) {
    const end = text.indexOf(quote, from);
    if (end < 0) return [cell + text.slice(from), text.length];
    cell += text.slice(from, end);
    if (text[end + 1] !== quote) return [cell, end + 1];
    cell += quote;
    from = end + 2;
  }
}
