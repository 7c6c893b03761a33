import { failureMetrics } from '../../../lambda/notify/failure';
import { successMetrics } from '../../../lambda/report/usage';
import { jobsOf } from '../../../lambda/shared/job-use';
import { outcomeMessage } from '../../../lambda/shared/messages';
import { runCost, trainingUsd } from '../../../lambda/shared/run-cost';
import { PRICES, type PriceTable } from '../../../lib/contract/prices';
import type { RunRecord } from '../../../lib/contract/run';
import { PROCESSING, succeeded, task, TRAINING } from '../support/task-history';

const sourced = { checked: true, source: 'https://example.com' };

const prices: PriceTable = {
  ...PRICES,
  date: '2026-01-01',
  instances: { 'ml.a.large': { hour: 3.6, ...sourced }, 'ml.b.large': { hour: 7.2, ...sourced } },
  builds: { BUILD_GENERAL1_SMALL: { minute: 0.005, ...sourced } },
};

describe('the cost of a run', () => {
  const events = [
    ...task(10, 'Build training image', 'startBuild.sync', {
      ...succeeded({
        Build: { StartTime: 0, EndTime: 61_000, Environment: { ComputeType: 'BUILD_GENERAL1_SMALL' } },
      }),
    }),
    ...task(20, 'Preprocess shard', 'createProcessingJob.sync', succeeded(PROCESSING)),
    ...task(30, 'Preprocess shard', 'createProcessingJob.sync', succeeded(PROCESSING)),
    ...task(40, 'Train model', 'createTrainingJob.sync', succeeded(TRAINING)),
  ];
  const jobs = jobsOf(events);

  test('is listed by state: seconds times price, and started minutes of builds', () => {
    const cost = runCost(jobs, prices);
    expect(cost.parts).toEqual([
      { what: 'Build training image', jobs: 1, on: 'BUILD_GENERAL1_SMALL', seconds: 61, usd: 0.01 },
      { what: 'Preprocess shard', jobs: 2, on: 'ml.a.large', seconds: 120, usd: expect.closeTo(0.12, 9) },
      { what: 'Train model', jobs: 1, on: 'ml.b.large', seconds: 50, usd: expect.closeTo(0.2, 9) },
    ]);
    expect(cost).toMatchObject({ usd: expect.closeTo(0.33, 9), spotSavings: 75, pricesOf: '2026-01-01' });
    expect(trainingUsd(jobs, prices)).toBeCloseTo(0.2, 9);
  });

  test('is null without a price', () => {
    const cost = runCost(jobs, { ...prices, instances: { 'ml.a.large': prices.instances['ml.a.large']! } });
    expect(cost.parts.at(-1)).toMatchObject({ what: 'Train model', usd: null });
    expect(cost.usd).toBeCloseTo(0.13, 9);
    expect(trainingUsd(jobs, { ...prices, instances: {} })).toBeUndefined();
    expect(trainingUsd(jobs.slice(0, 3), prices)).toBeUndefined();
    expect(mail(cost)).toMatch(/0\.1300 USD .*75 % /);
    expect(mail(cost)).toMatch(/^ {2}Train model: ml\.b\.large, 50 s: /m);
  });

  test('of a stopped run has the parts that had ended', () => {
    const cut = jobsOf([...events, ...task(50, 'Evaluate model', 'createProcessingJob.sync', {})]);
    const cost = runCost(cut, prices);
    expect(cost.usd).toBeCloseTo(0.33, 9);
    expect(cost.parts.at(-1)).toEqual({
      ...{ what: 'Evaluate model', jobs: 1, on: null, seconds: null, usd: null },
    });
    expect(mail(cost)).toMatch(/^ {2}Evaluate model: (?!.*USD)/m);
    expect(mail(cost)).toMatch(/^ {2}Preprocess shard: 2 × ml\.a\.large, 120 s: 0\.1200 USD$/m);
  });

  test('is a metric for every decision', () => {
    const cost = runCost(jobs, prices);
    const training = { jobName: 'j', trainingSeconds: 200, billableSeconds: 50 };
    expect(successMetrics(true, 0.9, training, cost, 0.2)).toMatchObject({
      ...{ RunsTesting: 1, TrainingCost: 0.2, SpotSavings: 75 },
      RunCost: cost.usd,
    });
    expect(failureMetrics({ decision: 'aborted', headline: null, cost })).toMatchObject({
      RunCost: cost.usd,
    });
  });

  test('is 0 without jobs, and not in the mail', () => {
    expect(runCost([], prices)).toMatchObject({ usd: 0, parts: [], spotSavings: null });
    expect(mail(runCost([], prices))).not.toMatch(/Cost of/);
  });
});

function mail(cost: RunRecord['cost']): string {
  return outcomeMessage({
    ...{ runId: 'run-1', executionArn: 'arn:aws:states:eu-west-1:1:execution:m:run-1', environment: 'dev' },
    model: 'table',
    ...{ decision: 'deployed', message: 'm', trigger: { kind: 'manual', detail: '' }, metrics: {} },
    ...{ headline: null, championBefore: null, championAfter: null, recordedAt: 'now', cost },
  }).body;
}
