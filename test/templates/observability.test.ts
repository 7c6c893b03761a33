import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboardFaults } from 'local-cloud/testing';
import { resourcePrefix, type PipelineConfig } from '../../lib/config';
import { METRIC_NAMESPACE, PIPELINE_METRICS } from '../../lib/contract/observability';
import { dev, local, ofType, only, synthesise } from './support/synthesis';
import { statements } from './support/statements';

interface Alarm {
  AlarmName: string;
  AlarmDescription: string;
  AlarmActions?: string[];
  OKActions?: string[];
  Namespace: string;
  MetricName: string;
  Dimensions: { Name: string; Value: string }[];
  Period: number;
  EvaluationPeriods: number;
  TreatMissingData: string;
}

const SECTIONS = ['Description', 'Investigation', 'Resolution'];

/** Sections of the runbook on alarms by their titles; those on procedures follow. */
const runbook = new Map(
  readFileSync(join(__dirname, '../../docs/runbook.md'), 'utf8')
    .split(/^# Procedures$/m)[0]!
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
);

const hourly: PipelineConfig = {
  ...local,
  endpoint: {
    ...local.endpoint,
    workingHours: { start: '08:00', stop: '18:00', days: ['MON'], timeZone: 'UTC' },
  },
};

const tested: PipelineConfig = {
  ...dev,
  endpoint: {
    ...dev.endpoint,
    serving: {
      kind: 'realtime',
      variants: [{ name: 'blue', instanceType: 'ml.m5.large', instanceCount: 1, weight: 1 }],
      scaling: null,
    },
    deployment: { strategy: 'abTest', challengerPercent: 10, bakeSeconds: 0 },
    rollback: null,
  },
};

function teamAlarms(config: PipelineConfig): Alarm[] {
  const { pipeline, inference } = synthesise(config);
  return [pipeline, inference]
    .flatMap((stack) => ofType<Alarm>(stack, 'AWS::CloudWatch::Alarm'))
    .map(({ properties }) => properties)
    .filter(({ AlarmActions }) => AlarmActions !== undefined);
}

/** Without the prefix, and without the variant: the runbook's words. */
function sectionOf({ AlarmName }: Alarm, config: PipelineConfig): string | undefined {
  const rest = AlarmName.slice(resourcePrefix(config).length + 1);
  return [...runbook.keys()].find((title) => rest === title || rest.startsWith(`${title}-`));
}

describe.each([
  ['local', local],
  ['dev', dev],
  ['an A/B test', tested],
  ['working hours', hourly],
])('alarms of %s', (_, config) => {
  const alarms = teamAlarms(config);

  test('each notifies the topic when it is raised, and of nothing else', () => {
    expect(alarms.length).toBeGreaterThanOrEqual(7);
    expect(new Set(alarms.map(({ AlarmActions }) => String(AlarmActions))).size).toBe(1);
    expect(alarms.filter(({ OKActions }) => OKActions !== undefined)).toEqual([]);
  });

  test('each has a section in the runbook, which its description names', () => {
    for (const alarm of alarms) {
      const title = sectionOf(alarm, config);
      expect([alarm.AlarmName, title]).toEqual([alarm.AlarmName, expect.any(String)]);
      expect(alarm.AlarmDescription).toContain(`docs/runbook.md, "${title}"`);
    }
  });

  test('missing data raises an alarm only if runs are scheduled', () => {
    const breaching = alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
    expect(breaching.map((alarm) => sectionOf(alarm, config))).toEqual(['runs-missing']);
    // What CloudWatch allows for periods of an hour and more.
    for (const { Period, EvaluationPeriods } of breaching)
      expect(Period * EvaluationPeriods).toBeLessThanOrEqual(604_800);
  });

  test('metrics of alarms are metrics that functions publish', () => {
    const own = alarms.filter(({ Namespace }) => Namespace === METRIC_NAMESPACE);
    expect(own.length).toBeGreaterThan(0);
    for (const { MetricName, Dimensions } of own) {
      expect(Object.keys(PIPELINE_METRICS)).toContain(MetricName);
      expect(Dimensions).toEqual([{ Name: 'Environment', Value: resourcePrefix(config) }]);
    }
  });
});

test('the challenger of an A/B test has the champion’s alarms', () => {
  const variants = teamAlarms(tested)
    .filter(({ Namespace }) => Namespace === 'AWS/SageMaker')
    .map(({ Dimensions }) => Dimensions.find(({ Name }) => Name === 'VariantName')!.Value);
  expect(variants.sort()).toEqual(['blue', 'blue', 'challenger', 'challenger']);
});

test('the runbook has no section without an alarm, and none without its three parts', () => {
  const known = new Set(
    [dev, tested, hourly].flatMap((config) => teamAlarms(config).map((alarm) => sectionOf(alarm, config))),
  );
  expect([...runbook.keys()].sort()).toEqual([...known].sort());
  for (const [title, text] of runbook) {
    const parts = text.split(/\*\*(\w+)\.\*\*/);
    expect([title, parts.filter((_, i) => i % 2 === 1)]).toEqual([title, SECTIONS]);
    for (const words of parts.slice(2).filter((_, i) => i % 2 === 0))
      expect(words.length).toBeGreaterThan(80);
  }
});

describe.each([dev, local])('dashboard of $environment', (config) => {
  const { pipeline } = synthesise(config);
  const { properties } = only<{ DashboardName: string; DashboardBody: string }>(
    pipeline,
    'AWS::CloudWatch::Dashboard',
  );
  const body = properties.DashboardBody;

  test('has the environment’s name and a valid body', () => {
    expect(properties.DashboardName).toBe(resourcePrefix(config));
    expect(dashboardFaults(body)).toEqual([]);
  });

  test('shows every metric that runs publish', () => {
    const shown = Object.keys(PIPELINE_METRICS).filter((name) => body.includes(`"${name}"`));
    // A start is an outcome later, and what is completed is the sum of what is shown.
    const elsewhere = ['RunsStarted', 'RunsCompleted'];
    expect([...shown, ...elsewhere].sort()).toEqual(Object.keys(PIPELINE_METRICS).sort());
  });

  test.each(['Invocations', 'ModelLatency', 'Invocation5XXErrors', '5XXError', 'Latency'])(
    'shows %s of endpoint or API',
    (name) => expect(body).toContain(`"${name}"`),
  );
});

test('CloudWatch may publish encrypted messages for alarms of this environment, and for nothing else', () => {
  const { storage } = synthesise(dev);
  const byAlarms = { Service: 'cloudwatch.amazonaws.com' };
  const topic = statements(only(storage, 'AWS::SNS::TopicPolicy')).find(
    ({ Sid }) => Sid === 'AlarmsOfTheEnvironment',
  );
  const key = only<{ KeyPolicy: { Statement: { Sid?: string }[] } }>(storage, 'AWS::KMS::Key');
  const onKey = key.properties.KeyPolicy.Statement.find(({ Sid }) => Sid === 'AlarmsOfTheEnvironment');
  for (const statement of [topic, onKey]) {
    expect(statement).toMatchObject({
      Effect: 'Allow',
      Principal: byAlarms,
      Condition: {
        StringEquals: { 'aws:SourceAccount': expect.stringMatching(/^\d{12}$/) },
        ArnLike: { 'aws:SourceArn': expect.stringMatching(/:alarm:mlops-table-dev-\*$/) },
      },
    });
  }
});

test('every function is traced, as state machine and API are', () => {
  const { pipeline, inference } = synthesise(dev);
  const functions = [pipeline, inference].flatMap((stack) =>
    ofType<{ TracingConfig?: { Mode: string } }>(stack, 'AWS::Lambda::Function'),
  );
  expect(functions.map(({ properties }) => properties.TracingConfig?.Mode)).toEqual(
    functions.map(() => 'Active'),
  );
  expect(only(pipeline, 'AWS::StepFunctions::StateMachine').properties).toMatchObject({
    TracingConfiguration: { Enabled: true },
  });
  expect(only(inference, 'AWS::ApiGateway::Stage').properties).toMatchObject({ TracingEnabled: true });
});
