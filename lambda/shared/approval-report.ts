import type { ModelReport } from '../../lib/contract/approval';
import { showNumber, showVerdict } from '../../lib/contract/metric-text';
import type { PinnedObject } from '../../lib/contract/run';

export interface ReportSection {
  readonly title: string;
  /** Name and value, plain text. */
  readonly rows: readonly (readonly [string, string])[];
}

/** Returns the facts for a decision: the mail and the page show the same. */
export function reportSections(report: ModelReport): ReportSection[] {
  const { metrics, verdicts, champion, data, schema } = report;
  const more = data.objects - data.first.length;
  return [
    {
      title: 'Metrics on the holdout',
      rows: Object.entries(metrics).map(([name, value]) => [name, showNumber(value)] as const),
    },
    {
      title: 'Requirements of the gate',
      rows: verdicts.map((verdict) => [verdict.name, showVerdict(verdict)]),
    },
    { title: 'Model in production', rows: [['champion', champion ?? 'none yet']] },
    {
      title: 'Inputs of the model',
      rows: [
        ['commit', report.gitCommit],
        ...Object.entries(report.images).map(([name, hash]) => [`${name} image`, hash] as const),
        ...(schema ? [['schema', pinned(schema)] as const] : []),
        ['training data', `${data.objects} objects, ${data.bytes} bytes; all in ${data.manifest}`],
        ...data.first.map((object) => ['object', pinned(object)] as const),
        ...(more > 0 ? [['objects', `${more} more`] as const] : []),
        ...Object.entries(report.hyperparameters).map(([name, value]) => [name, String(value)] as const),
      ],
    },
  ];
}

/** Returns the sections as lines of a mail. */
export function sectionLines(sections: readonly ReportSection[]): string[] {
  return sections.flatMap(({ title, rows }) => {
    const width = Math.max(...rows.map(([name]) => name.length));
    return [`${title}:`, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ''];
  });
}

function pinned({ key, versionId }: PinnedObject): string {
  return `${key}, version ${versionId}`;
}
