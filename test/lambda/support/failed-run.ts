import type { FailedRun } from '../../../lambda/notify/failure';

export const NOW = new Date('2026-01-02T03:04:05Z');

/** Returns a run of `dev` that ended as given. */
export const run = (execution: FailedRun['execution']): FailedRun => ({
  runId: 'run-1',
  executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:machine:run-1',
  environment: 'dev',
  model: 'table',
  execution,
  decision: null,
  champion: null,
  cost: { usd: 0, parts: [], spotSavings: null, pricesOf: '2026-01-01' },
});
