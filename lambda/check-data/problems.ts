import { shareAbove } from '../../containers/table/cell-faults.ts';
import { escapeText } from '../../containers/table/escape.ts';
import type { Problem, ShardReport } from '../../containers/table/report.ts';

const EXAMPLES_SHOWN = 3;
const PROBLEMS_SHOWN = 20;
/** Raising the limit is only suggested below this share of bad rows. */
const FEW = 0.2;

/** Problems of one column and reason, across all files. */
interface ColumnProblem {
  readonly column: string;
  readonly reason: string;
  readonly remedy: string;
  rows: number;
  readonly files: Set<string>;
  readonly examples: string[];
}

/** Returns a line on the rows set aside and one for each column and reason; empty if there are none. */
export function describeRejected(reports: readonly ShardReport[], rejected: number, total: number): string {
  if (rejected === 0) return '';
  const problems = [...byColumn(reports.flatMap((report) => report.problems)).values()].sort(
    (a, b) => b.rows - a.rows,
  );
  const more = problems.length - PROBLEMS_SHOWN;
  return [
    `${rejected} of ${total} rows were set aside (they are in rejected/):`,
    ...problems.slice(0, PROBLEMS_SHOWN).map(problemLine),
    ...(more > 0 ? [`- and ${more} more kinds of problems`] : []),
  ].join('\n');
}

/** Returns the remedy for too many rows set aside. */
export function remedyFor(rejected: number, total: number, allowed: number): string {
  const share = `at most a share of ${allowed} of the rows may be set aside`;
  if (rejected > FEW * total) return `${share}; correct the schema or the files as described`;
  return (
    `${share}; correct them as described, or raise the hyperparameter preprocessing.max_bad_row_fraction to ` +
    `${shareAbove(rejected, total)}`
  );
}

function byColumn(problems: readonly Problem[]): Map<string, ColumnProblem> {
  const merged = new Map<string, ColumnProblem>();
  for (const { file, column, reason, remedy, rows, examples } of problems) {
    const key = JSON.stringify([column, reason]);
    const known = merged.get(key) ?? { column, reason, remedy, rows: 0, files: new Set(), examples: [] };
    known.rows += rows;
    known.files.add(file);
    for (const { row, value } of examples) {
      if (known.examples.length >= EXAMPLES_SHOWN) break;
      known.examples.push(`${escapeText(file)} row ${row}${value === '' ? '' : ` "${escapeText(value)}"`}`);
    }
    merged.set(key, known);
  }
  return merged;
}

function problemLine({ column, reason, remedy, rows, files, examples }: ColumnProblem): string {
  const where = column === '' ? '' : `column "${escapeText(column)}": `;
  const spread = files.size === 1 ? '' : ` in ${files.size} files`;
  return `- ${where}${rows} row${rows === 1 ? '' : 's'}${spread}, ${reason}, e.g. ${examples.join(', ')}; ${remedy}`;
}
