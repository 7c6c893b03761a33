import { estimate } from '../../../cli/cost/estimate';
import type { PipelineConfig } from '../../../lib/config';
import { dev } from '../../support/configs';
import { PRICES } from '../../../lib/contract/prices';

type Serving = PipelineConfig['endpoint']['serving'];

const serving = (kind: Serving): PipelineConfig => ({ ...dev, endpoint: { ...dev.endpoint, serving: kind } });

const serverless = serving({ kind: 'serverless', memoryMb: 2_048, maxConcurrency: 5 });

const scaling = {
  ...{ minInstances: 0, maxInstances: 2, backlogPerInstance: 5 },
  ...{ scaleInCooldownSeconds: 60, scaleOutCooldownSeconds: 60 },
};

const realtime: Serving = {
  kind: 'realtime',
  variants: [{ name: 'a', instanceType: 'ml.m5.large', instanceCount: 2, weight: 1 }],
  scaling: null,
};

const asynchronous: Serving = {
  ...{ kind: 'asynchronous', instanceType: 'ml.m5.large', instanceCount: 1, concurrentPerInstance: 1 },
  ...{ keepDays: 1, notify: 'none', scaling },
};

const batch: Serving = {
  ...{ kind: 'batch', instanceType: 'ml.m5.large', instanceCount: 1, prefix: 'in/' },
  ...{ concurrentPerInstance: 1, maxRuntimeMinutes: 10 },
};

const NOTHING = { runs: 0, requests: 0 };

const USED = { runs: 4, requests: 1_000_000 };

test('dev on a serverless endpoint costs at most 5 USD a month at rest', () => {
  const { rest, total, unknown } = estimate(serverless, NOTHING, PRICES);
  expect(rest).toBeLessThanOrEqual(5);
  expect(rest).toBeGreaterThan(1);
  expect(total).toBe(rest);
  expect(unknown).toEqual([]);
});

test.each<[string, Serving, number]>([
  ['two instances around the clock', realtime, 2 * 0.115 * 730],
  ['a queue that goes down to nothing', asynchronous, 0],
  ['no endpoint', batch, 0],
])('%s', (_, kind, endpoint) => {
  const { lines } = estimate(serving(kind), NOTHING, PRICES);
  const found = lines.filter(({ what }) => what.startsWith('Endpoint')).map(({ usd }) => usd ?? NaN);
  expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(endpoint, 6);
});

test.each([
  [1_200, 125, 1_200 * 0.145],
  [4_800, 1_000, 4_800 * 0.6],
] as const)('a file system of %d GiB costs around the clock', (storageGb, throughputPerTib, usd) => {
  const input = { mode: 'FSxLustre', storageGb, throughputPerTib } as const;
  const without = estimate(serverless, NOTHING, PRICES).rest;
  const config = { ...serverless, training: { ...serverless.training, input } };
  expect(estimate(config, NOTHING, PRICES).rest - without).toBeCloseTo(usd, 6);
});

test('an endpoint costs only its working hours', () => {
  const config = serving(realtime);
  const hours = { start: '08:00', stop: '18:00', days: ['MON', 'TUE'], timeZone: 'UTC' } as const;
  const { lines } = estimate(
    { ...config, endpoint: { ...config.endpoint, workingHours: hours } },
    NOTHING,
    PRICES,
  );
  const endpoint = lines.find(({ what }) => what.startsWith('Endpoint'))!;
  // 20 of 168 hours a week, of 730 a month.
  expect(endpoint.how).toBe('2 × ml.m5.large, 87 h');
  expect(endpoint.usd).toBeCloseTo(2 * 0.115 * 87, 6);
});

test('runs and requests cost in proportion', () => {
  const idle = estimate(serverless, NOTHING, PRICES);
  const busy = estimate(serverless, USED, PRICES);
  const twice = estimate(serverless, { runs: 8, requests: 2_000_000 }, PRICES);
  expect(busy.rest).toBe(idle.rest);
  expect(busy.total).toBeGreaterThan(idle.total + 3.5);
  const of = ({ lines }: typeof busy, name: string) => lines.find(({ what }) => what === name)!.usd!;
  for (const name of ['Training', 'Preprocessing', 'API', 'Predictions'])
    expect(of(twice, name)).toBeCloseTo(2 * of(busy, name), 9);
  // 5 minutes of four instances, four times.
  expect(of(busy, 'Preprocessing')).toBeCloseTo((4 * 4 * 5 * 0.05) / 60, 9);
});

test('a type without a price is listed, and has no cost', () => {
  const config = { ...dev, training: { ...dev.training, instanceType: 'ml.p5.48xlarge' } };
  const { lines, unknown } = estimate(config, USED, PRICES);
  expect(unknown).toEqual(['Training']);
  expect(lines.find(({ what }) => what === 'Training')!.usd).toBeNull();
});
