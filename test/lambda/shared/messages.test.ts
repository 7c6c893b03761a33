import type { RunRecord } from '../../../lib/contract/run';
import { failureRecord } from '../../../lambda/notify/failure';
import { outcomeMessage, startedMessage } from '../../../lambda/shared/messages';
import { NOW, run } from '../support/failed-run';

describe('messages', () => {
  const record: RunRecord = {
    ...failureRecord(
      run({ status: 'FAILED', error: 'ModelRejected', cause: 'accuracy 0.8 is below 0.85' }),
      NOW,
    ),
    metrics: { accuracy: 0.8, holdoutRows: 110 },
    headline: { name: 'accuracy', value: 0.8, interval: [0.72, 0.87], naive: 0.6, champion: null },
    verdicts: [
      {
        ...{ name: 'accuracy', direction: 'higher', passed: false, value: 0.8, interval: [0.72, 0.87] },
        ...{ threshold: 0.85, naive: { value: 0.6, difference: 0.2, interval: [0.1, 0.3] }, champion: null },
      },
    ],
    warnings: ['class "x" has no row in the test split'],
  };

  test('a mail on a run’s end has the reason, the numbers and where to look', () => {
    const { body } = outcomeMessage(record);
    for (const part of [
      'accuracy 0.8 is below 0.85',
      'accuracy missed: 0.8000 (95 % interval 0.7200 to 0.8700), at least 0.85; naive answer 0.6000',
      'class "x" has no row in the test split',
      'configuration of model "table"',
      record.executionArn,
      'get-execution-history',
    ]) {
      expect(body).toContain(part);
    }
  });

  test.each([['x'.repeat(200)], ['zeile\numbruch'], ['größe']])(
    'a subject is what SNS allows, for run %j',
    (runId) => {
      const { subject } = outcomeMessage({ ...record, runId });
      expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
    },
  );

  test('a mail on a run’s start has the reason and the trigger', () => {
    const started = {
      environment: 'dev',
      model: 'table',
      runId: 'r',
      executionArn: record.executionArn,
      reason: 'data changed',
      trigger: { kind: 'schedule', detail: '2026-11-22T03:00:00Z' } as const,
      objects: 4,
      ignored: ['data/README.md', 'data/\u001b[2J'],
      shards: 2,
      champion: 'old',
    };
    expect(startedMessage(started).body).toContain('Trigger:       schedule: 2026-11-22T03:00:00Z\n');
    expect(startedMessage(started).body).toContain('data/README.md, data/\\u{1b}[2J');
    expect(startedMessage(started)).toMatchObject({
      subject: '[table-dev] started: r',
      body: expect.stringContaining('data changed') as string,
    });
  });
});
