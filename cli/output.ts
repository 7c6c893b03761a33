import { escapeText, safeJson } from '../containers/table/escape.ts';
import { colorsOf, type Colors } from './colors';

/** Writes results: text for a person, or only JSON for a script. */
export class Output {
  readonly colors: Colors;

  constructor(
    readonly stream: Pick<NodeJS.WriteStream, 'isTTY'> & { write(text: string): boolean },
    readonly json: boolean,
  ) {
    this.colors = colorsOf({ isTTY: stream.isTTY && !json });
  }

  /** Writes the result of a command. */
  result(value: unknown, text: () => string): void {
    this.stream.write(this.json ? `${safeJson(value, 2)}\n` : `${text()}\n`);
  }

  /** Writes one of many events: a JSON line, or the text if there is one. */
  event(value: object, text?: string): void {
    if (this.json) this.stream.write(`${safeJson(value)}\n`);
    else if (text !== undefined) this.stream.write(`${text}\n`);
  }
}

export type Cell = string | number | boolean | null | undefined;

/** Returns a plain-text table with aligned columns: numbers to the right, absent values as a dash. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) => row.map(cellText));
  const widths = head.map((title, i) => Math.max(title.length, ...texts.map((row) => row[i]!.length)));
  const isNumber = head.map((_, i) => rows.some((row) => typeof row[i] === 'number'));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (isNumber[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [line(head), ...texts.map(line)].join('\n');
}

function cellText(cell: Cell): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no';
  return escapeText(String(cell), Infinity);
}

/** Returns lines with a name and its value. */
export function fields(entries: readonly (readonly [string, Cell])[]): string {
  const width = Math.max(...entries.map(([name]) => name.length));
  const indent = ' '.repeat(width + 2);
  return entries
    .map(([name, value]) => {
      const [first, ...more] = typeof value === 'string' ? value.split('\n') : [value];
      const lines = [
        `${name.padEnd(width)}  ${cellText(first)}`,
        ...more.map((line) => `${indent}${cellText(line)}`),
      ];
      return lines.map((line) => line.trimEnd()).join('\n');
    })
    .join('\n');
}

/** Returns e.g. `95.4 s`, `12 min 5 s`, `2 h 3 min`. */
export function duration(seconds: number): string {
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 100) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Returns UTC to the second, e.g. `2026-11-20 15:17:25`. */
export function moment(date: Date | string): string {
  return new Date(date).toISOString().slice(0, 19).replace('T', ' ');
}
