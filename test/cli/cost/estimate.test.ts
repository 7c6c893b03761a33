import { estimate, type Usage } from '../../../cli/cost/estimate';
import type { PipelineConfig } from '../../../lib/config';
import { dev, prod } from '../../support/configs';
import { PRICES } from '../../../lib/contract/prices';
import { synthesise } from '../../templates/support/synthesis';

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

/** The resources of an environment's templates. */
function templates(config: PipelineConfig) {
  const { storage, network, pipeline, inference } = synthesise(config);
  return [storage, network, pipeline, inference].flatMap(({ resources }) => resources);
}

const synthesised = (config: PipelineConfig, usage: Usage) =>
  estimate({ config, resources: templates(config) }, usage, PRICES);

/** For lines that come from the configuration and the use. */
const configured = (config: PipelineConfig, usage: Usage) =>
  estimate({ config, resources: [] }, usage, PRICES);

test('dev on a serverless endpoint costs at most 5 USD a month at rest', () => {
  const { rest, total, unknown } = synthesised(serverless, NOTHING);
  expect(rest).toBeLessThanOrEqual(5);
  expect(rest).toBeGreaterThan(1);
  expect(total).toBe(rest);
  expect(unknown).toEqual([]);
});

test('prod pays for each alarm and key of its templates, and for its interface endpoints in two zones', () => {
  const { lines, rest, restWithoutFree, notPriced } = synthesised(prod, NOTHING);
  const count = (type: string) => templates(prod).filter((resource) => resource.type === type).length;
  const of = (name: string) => lines.find(({ what }) => what === name)!;
  const endpoints = templates(prod).filter(
    ({ type, properties }) => type === 'AWS::EC2::VPCEndpoint' && properties.VpcEndpointType === 'Interface',
  ).length;
  expect(of('Interface endpoints').usd).toBeCloseTo(endpoints * 2 * 730 * 0.01, 6);
  expect(of('Interface endpoints').usd).toBeGreaterThan(100);
  expect(of('KMS keys').usd).toBe(count('AWS::KMS::Key'));
  const alarms = count('AWS::CloudWatch::Alarm');
  expect(restWithoutFree - rest).toBeCloseTo(Math.min(10, alarms) * 0.1 + 3, 6);
  expect(notPriced.map(({ type }) => type)).toEqual([
    'AWS::CodeBuild::Project',
    'AWS::EC2::FlowLog',
    'AWS::Events::Rule',
    'AWS::SNS::Subscription',
    'AWS::SNS::Topic',
    'AWS::Scheduler::Schedule',
  ]);
});

test.each<[string, Serving, number]>([
  ['two instances around the clock', realtime, 2 * 0.115 * 730],
  ['a queue that goes down to nothing', asynchronous, 0],
  ['no endpoint', batch, 0],
])('%s', (_, kind, endpoint) => {
  const { lines } = configured(serving(kind), NOTHING);
  const found = lines.filter(({ what }) => what.startsWith('Endpoint')).map(({ usd }) => usd ?? NaN);
  expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(endpoint, 6);
});

test.each([
  [1_200, 125, 1_200 * 0.145],
  [4_800, 1_000, 4_800 * 0.6],
] as const)('a file system of %d GiB costs around the clock', (storageGb, throughputPerTib, usd) => {
  const input = { mode: 'FSxLustre', storageGb, throughputPerTib } as const;
  const network = { zones: 2, cidr: '10.40.0.0/16' } as const;
  const config = { ...serverless, network, training: { ...serverless.training, input } };
  const { lines } = synthesised(config, NOTHING);
  expect(lines.find(({ what }) => what === 'File system')!.usd).toBeCloseTo(usd, 6);
});

test('an endpoint costs only its working hours', () => {
  const config = serving(realtime);
  const hours = { start: '08:00', stop: '18:00', days: ['MON', 'TUE'], timeZone: 'UTC' } as const;
  const { lines } = configured({ ...config, endpoint: { ...config.endpoint, workingHours: hours } }, NOTHING);
  const endpoint = lines.find(({ what }) => what.startsWith('Endpoint'))!;
  // 20 of 168 hours a week, of 730 a month.
  expect(endpoint.how).toBe('2 × ml.m5.large, 87 h');
  expect(endpoint.usd).toBeCloseTo(2 * 0.115 * 87, 6);
});

test('runs and requests cost in proportion', () => {
  const idle = configured(serverless, NOTHING);
  const busy = configured(serverless, USED);
  const twice = configured(serverless, { runs: 8, requests: 2_000_000 });
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
  const { lines, unknown } = configured(config, USED);
  expect(unknown).toEqual(['Training']);
  expect(lines.find(({ what }) => what === 'Training')!.usd).toBeNull();
});

const alarm = (properties: object) => ({ type: 'AWS::CloudWatch::Alarm', properties: { ...properties } });

test.each<[string, object[], number]>([
  ['ten alarms are free', Array(10).fill({ Period: 60 }) as object[], 0],
  ['the eleventh is not', Array(11).fill({ Period: 300 }) as object[], 0.1],
  ['an alarm below a minute is never free', [{ Period: 10 }], 0.3],
  [
    'an alarm on an expression is billed for each of its metrics',
    Array(5).fill({
      Metrics: [
        { Expression: 'a/b' },
        { MetricStat: { Period: 60 } },
        { MetricStat: { Period: 60 } },
        { MetricStat: { Period: 60 } },
      ],
    }) as object[],
    0.5,
  ],
])('%s', (_, alarms, usd) => {
  const { lines } = estimate({ config: serverless, resources: alarms.map(alarm) }, NOTHING, PRICES);
  const found = lines.filter(({ what }) => what.startsWith('Alarms')).map((line) => line.usd!);
  expect(found.reduce((a, b) => a + b, 0)).toBeCloseTo(usd, 6);
});

test('a type that nobody has classified is not priced, and neither is a parameter that is not standard', () => {
  const resources = [
    { type: 'AWS::Unknown::Thing', properties: {} },
    { type: 'AWS::Unknown::Thing', properties: {} },
    { type: 'AWS::SSM::Parameter', properties: { Tier: 'Advanced' } },
    { type: 'AWS::SSM::Parameter', properties: {} },
    { type: 'AWS::IAM::Role', properties: {} },
  ];
  const { notPriced } = estimate({ config: serverless, resources }, NOTHING, PRICES);
  expect(notPriced).toEqual([
    { type: 'AWS::SSM::Parameter', count: 1 },
    { type: 'AWS::Unknown::Thing', count: 2 },
  ]);
});
