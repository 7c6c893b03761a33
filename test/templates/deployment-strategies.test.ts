import { validateConfig, type PipelineConfig } from '../../lib/config';
import { allStates, definitionOf } from './support/state-machine';
import { dev, ofType, synthesise, type Stack } from './support/synthesis';
import { roleStatements } from './support/statements';
import { realtime, scaled } from './support/variants';

type Deployment = PipelineConfig['endpoint']['deployment'];

const ofInstances = (instanceCount: number, name = 'primary') => ({
  ...realtime,
  variants: [{ ...realtime.variants[0]!, name, instanceCount }],
});

const ROLLBACK = { errorsPerMinute: 5, latencyMs: 250 };

function withDeployment(
  deployment: Deployment,
  more: Partial<PipelineConfig['endpoint']> = {},
): PipelineConfig {
  const serving = ofInstances(2);
  return { ...dev, endpoint: { ...dev.endpoint, deployment, rollback: ROLLBACK, serving, ...more } };
}

const updateOf = (config: PipelineConfig) => {
  const states = allStates(definitionOf(synthesise(config)));
  return states.find(([name]) => name === 'Update endpoint')![1] as {
    Arguments: { DeploymentConfig?: Record<string, unknown> };
  };
};

const ALARMS = ['mlops-table-dev-primary-errors', 'mlops-table-dev-primary-latency'];

test.each<[Deployment, object]>([
  [
    { strategy: 'allAtOnce', bakeSeconds: 120 },
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 120 },
        TerminationWaitInSeconds: 120,
      },
    },
  ],
  [
    { strategy: 'canary', canaryPercent: 10, bakeSeconds: 300 },
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'CANARY',
          CanarySize: { Type: 'INSTANCE_COUNT', Value: 1 },
          WaitIntervalInSeconds: 300,
        },
        TerminationWaitInSeconds: 300,
      },
    },
  ],
  [
    { strategy: 'linear', stepPercent: 25, bakeSeconds: 120 },
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: {
          Type: 'LINEAR',
          LinearStepSize: { Type: 'INSTANCE_COUNT', Value: 1 },
          WaitIntervalInSeconds: 120,
        },
        TerminationWaitInSeconds: 120,
      },
    },
  ],
  [
    { strategy: 'rolling', batchPercent: 50, bakeSeconds: 60 },
    {
      RollingUpdatePolicy: {
        MaximumBatchSize: { Type: 'INSTANCE_COUNT', Value: 1 },
        WaitIntervalInSeconds: 60,
        MaximumExecutionTimeoutInSeconds: 1800,
      },
    },
  ],
])('%j is an update that its alarms roll back', (deployment, policy) => {
  const { Arguments } = updateOf(withDeployment(deployment));
  expect(Arguments.DeploymentConfig).toMatchObject(policy);
  expect(Arguments.DeploymentConfig!.AutoRollbackConfiguration).toEqual({
    Alarms: ALARMS.map((AlarmName) => ({ AlarmName })),
  });
});

// Their number of instances is not known before the update.
test('a percentage of scaled variants is left to SageMaker', () => {
  const scaling = { minInstances: 2, maxInstances: 9, invocationsPerInstance: 600 };
  const cooldowns = { scaleInCooldownSeconds: 300, scaleOutCooldownSeconds: 60 };
  const serving = { ...ofInstances(2), scaling: { ...scaling, ...cooldowns } };
  const config = withDeployment({ strategy: 'canary', canaryPercent: 30, bakeSeconds: 60 }, { serving });
  expect(updateOf(config).Arguments.DeploymentConfig).toMatchObject({
    BlueGreenUpdatePolicy: {
      TrafficRoutingConfiguration: { CanarySize: { Type: 'CAPACITY_PERCENT', Value: 30 } },
    },
  });
});

const ofVariants = (...names: string[]) => ({
  ...realtime,
  variants: names.flatMap((name) => ofInstances(2, name).variants),
});

/** Without those that notify the team. */
const rollbackAlarms = (stack: Stack) =>
  ofType<Record<string, unknown>>(stack, 'AWS::CloudWatch::Alarm').filter(({ id }) =>
    id.startsWith('RunDeployRollbackAlarms'),
  );

test('an update without alarms has no guardrails', () => {
  expect(updateOf(dev).Arguments).not.toHaveProperty('DeploymentConfig');
  expect(rollbackAlarms(synthesise(dev).pipeline)).toEqual([]);
});

describe('alarms', () => {
  const config = withDeployment(
    { strategy: 'canary', canaryPercent: 10, bakeSeconds: 120 },
    { serving: ofVariants('a', 'b') },
  );
  const { pipeline } = synthesise(config);

  test('are for each variant, and not raised without requests', () => {
    const alarms = rollbackAlarms(pipeline);
    const dimensions = (VariantName: string) => [
      { Name: 'EndpointName', Value: 'mlops-table-dev-endpoint' },
      { Name: 'VariantName', Value: VariantName },
    ];
    expect(alarms.map(({ properties }) => properties)).toEqual(
      ['a', 'b'].flatMap((name) => [
        expect.objectContaining({
          AlarmName: `mlops-table-dev-${name}-errors`,
          ...{ Namespace: 'AWS/SageMaker', MetricName: 'Invocation5XXErrors', Statistic: 'Sum' },
          ...{ Threshold: 5, Period: 60, TreatMissingData: 'notBreaching' },
          Dimensions: dimensions(name),
        }),
        // In microseconds.
        expect.objectContaining({
          AlarmName: `mlops-table-dev-${name}-latency`,
          ...{ MetricName: 'ModelLatency', ExtendedStatistic: 'p99', Threshold: 250_000 },
          Dimensions: dimensions(name),
        }),
      ]),
    );
  });

  test('may be described by the state machine and the model only', () => {
    const looking = roleStatements(pipeline).filter(({ Action }) =>
      Action.includes('cloudwatch:DescribeAlarms'),
    );
    expect(looking.map(({ policy }) => policy).sort()).toEqual([
      expect.stringContaining('RunDeployModelRole'),
      expect.stringContaining('RunStateMachine'),
    ]);
    for (const resource of looking.flatMap(({ Resource }) => Resource)) {
      expect(resource).toMatch(/RollbackAlarms|^arn:aws:cloudwatch:/);
    }
  });
});

describe('refused at synthesis', () => {
  test.each<[string, PipelineConfig, string]>([
    [
      'an unknown strategy',
      withDeployment({ strategy: 'bluegreen', bakeSeconds: 0 } as unknown as Deployment),
      'endpoint.deployment.strategy is "bluegreen"',
    ],
    [
      'a canary of most of the fleet',
      withDeployment({ strategy: 'canary', canaryPercent: 60, bakeSeconds: 60 }),
      'endpoint.deployment.canaryPercent is 60',
    ],
    [
      'a step too small',
      withDeployment({ strategy: 'linear', stepPercent: 5, bakeSeconds: 60 }),
      'endpoint.deployment.stepPercent is 5',
    ],
    [
      'a canary of one instance',
      withDeployment({ strategy: 'canary', canaryPercent: 10, bakeSeconds: 60 }, { serving: ofInstances(1) }),
      'instanceCount of variant "primary" is 1 with endpoint.deployment.strategy "canary"',
    ],
    [
      'a canary of variants that scale in to one instance',
      withDeployment(
        { strategy: 'canary', canaryPercent: 10, bakeSeconds: 60 },
        { serving: scaled.endpoint.serving },
      ),
      'endpoint.serving.scaling.minInstances is 1 with endpoint.deployment.strategy "canary"',
    ],
    [
      'a field of another strategy',
      withDeployment({ strategy: 'canary', stepPercent: 10, bakeSeconds: 60 } as unknown as Deployment),
      'endpoint.deployment.canaryPercent is missing',
    ],
    [
      'rolling over several variants',
      withDeployment(
        { strategy: 'rolling', batchPercent: 50, bakeSeconds: 60 },
        { serving: ofVariants('a', 'b') },
      ),
      'endpoint.deployment.strategy is "rolling" with 2 endpoint.serving.variants',
    ],
    [
      'a canary that nothing watches',
      withDeployment({ strategy: 'canary', canaryPercent: 10, bakeSeconds: 60 }, { rollback: null }),
      'endpoint.rollback is null with the strategy "canary"',
    ],
    [
      'less time than the waits take',
      withDeployment({ strategy: 'linear', stepPercent: 10, bakeSeconds: 600 }, { timeoutMinutes: 20 }),
      'endpoint.timeoutMinutes is 20; must be at least 21',
    ],
    [
      'less time than SageMaker gives a deployment',
      withDeployment({ strategy: 'canary', canaryPercent: 10, bakeSeconds: 1 }, { timeoutMinutes: 5 }),
      'endpoint.timeoutMinutes is 5',
    ],
  ])('%s', (_, config, message) => {
    expect(() => validateConfig(config)).toThrow(message);
  });
});
