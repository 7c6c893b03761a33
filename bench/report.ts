import type { Summary } from './samples';
import type { ScenarioResult } from './scenario';

const HEAD = [
  ...['strategy', 'phase', 's', 'requests', 'rate/s', 'failed', 'p50 ms', 'p99 ms', 'max ms', 'p99 / before'],
];

/** Returns a Markdown table: a row for each strategy's phases. */
export function table(results: readonly (readonly [string, ScenarioResult])[]): string {
  const rows = results.flatMap(([strategy, result]) => {
    const row = (phase: string, part: Summary, seconds?: number) => [
      ...[
        strategy,
        phase,
        seconds?.toFixed(1) ?? '',
        String(part.requests),
        part.rate.toFixed(1),
        String(part.failed),
      ],
      ...[ms(part.p50), ms(part.p99), ms(part.slowest), ratio(part.p99, result.before.p99)],
    ];
    return [
      row('before', result.before),
      row('training', result.training),
      row('deployment', result.deployment, result.deploymentSeconds),
      row('rollback', result.rollback, result.rollbackSeconds),
    ];
  });
  const widths = HEAD.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(HEAD), rule, ...rows.map(line)].join('\n');
}

function ms(value: number | undefined): string {
  return value?.toFixed(1) ?? '–';
}

function ratio(value: number | undefined, before: number | undefined): string {
  return value === undefined || before === undefined ? '–' : (value / before).toFixed(2);
}
