import type { ModelReport } from '../../lib/contract/approval';
import type { Verdict } from '../../lib/contract/gate';
import type { Interval, PinnedObject } from '../../lib/contract/run';
import { round } from './messages';

export interface ReportSection {
  readonly title: string;
  /** Name and value, plain text. */
  readonly rows: readonly (readonly [string, string])[];
}

/** What a person reads before deciding: the mail and the page show the same. */
export function reportSections(report: ModelReport): ReportSection[] {
  const { metrics, accuracyInterval, verdicts, champion, data, schema } = report;
  const more = data.objects - data.first.length;
  return [
    {
      title: 'Metrics on the holdout',
      rows: [
        ...Object.entries(metrics).map(([name, value]) => [name, round(value)] as const),
        ['accuracy, 95 % interval', between(accuracyInterval)],
      ],
    },
    { title: 'What the gate required', rows: verdicts.map((verdict) => [verdict.name, judged(verdict)]) },
    { title: 'Model in production', rows: [['champion', champion ?? 'none yet']] },
    {
      title: 'What the model was made of',
      rows: [
        ['commit', report.gitCommit],
        ...Object.entries(report.images).map(([name, hash]) => [`${name} image`, hash] as const),
        ['schema', pinned(schema)],
        ['training data', `${data.objects} objects, ${data.bytes} bytes; all in ${data.manifest}`],
        ...data.first.map((object) => ['object', pinned(object)] as const),
        ...(more > 0 ? [['objects', `${more} more`] as const] : []),
        ...Object.entries(report.hyperparameters).map(([name, value]) => [name, String(value)] as const),
      ],
    },
  ];
}

/** The sections as a mail has them. */
export function sectionLines(sections: readonly ReportSection[]): string[] {
  return sections.flatMap(({ title, rows }) => {
    const width = Math.max(...rows.map(([name]) => name.length));
    return [`${title}:`, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ''];
  });
}

function judged({ passed, value, interval, threshold, direction, champion }: Verdict): string {
  const limit = direction === 'higher' ? 'at least' : 'at most';
  return [
    `${passed ? 'passed' : 'missed'}: ${shown(value)}${interval ? ` (${between(interval)})` : ''}, ${limit} ${threshold}`,
    ...(champion
      ? [
          `champion ${shown(champion.value)}, difference ${shown(champion.difference)}` +
            `${champion.interval ? ` (${between(champion.interval)})` : ''}, tolerance ${champion.tolerance}`,
        ]
      : []),
  ].join('; ');
}

function shown(value: number | null): string {
  return value === null ? 'unknown' : round(value);
}

function between([low, high]: Interval): string {
  return `${round(low)} to ${round(high)}`;
}

function pinned({ key, versionId }: PinnedObject): string {
  return `${key}, version ${versionId}`;
}
