import type { ShapeDifference } from './shapes';

export interface Verdict {
  readonly claim: string;
  readonly result: 'held' | 'not held' | 'not tried';
  readonly seconds: number;
  /** What was seen, or AWS's words. */
  readonly seen: string;
}

export interface Acceptance {
  readonly date: string;
  readonly pipeline: string;
  readonly account: string;
  readonly region: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly verdicts: readonly Verdict[];
  readonly differences: readonly ShapeDifference[];
  /** What is left in the account, as `mlops teardown --plan` prints it. */
  readonly left: string;
}

/** Returns the report as Markdown. Account ids are replaced: it is meant to be shown. */
export function acceptanceReport(acceptance: Acceptance): string {
  const { date, pipeline, account, region, versions, verdicts, differences, left } = acceptance;
  const count = (result: Verdict['result']) => verdicts.filter((verdict) => verdict.result === result).length;
  const lines = [
    `# Acceptance of ${pipeline}, ${date}`,
    '',
    `In ${region}, with ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    `${count('held')} claims held, ${count('not held')} did not, ${count('not tried')} were not tried.`,
    '',
    '| claim | result | seconds |',
    '| --- | --- | --- |',
    ...verdicts.map(({ claim, result, seconds }) => `| ${claim} | ${result} | ${seconds.toFixed(0)} |`),
    '',
    '## What was seen',
    ...verdicts.flatMap(({ claim, result, seen }) => ['', `**${claim}**: ${result}`, '', '```', seen, '```']),
    '',
    '## Answers that differ from the local cloud’s',
    '',
    ...(differences.length === 0
      ? ['None.']
      : differences.flatMap(({ operation, added, missing }) => [
          `### ${operation}`,
          '',
          '```',
          ...added.map((path) => `+ ${path}`),
          ...missing.map((path) => `- ${path}`),
          '```',
          '',
        ])),
    '',
    '## What is left in the account',
    '',
    '```',
    left.trim(),
    '```',
    '',
  ];
  return lines.join('\n').replaceAll(account, '<account>');
}
