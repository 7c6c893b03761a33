import type { CapacitySize, DeploymentConfig } from '@aws-sdk/client-sagemaker';
import {
  deploymentSteps,
  waitSeconds,
  rollbackSteps,
} from '../../../src/services/sagemaker/endpoint-deployment-steps';

const count = (Value: number): CapacitySize => ({ Type: 'INSTANCE_COUNT', Value });
const percent = (Value: number): CapacitySize => ({ Type: 'CAPACITY_PERCENT', Value });
const canary = (CanarySize: CapacitySize): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'CANARY', WaitIntervalInSeconds: 60, CanarySize },
    TerminationWaitInSeconds: 30,
  },
});
const linear = (LinearStepSize: CapacitySize): DeploymentConfig => ({
  BlueGreenUpdatePolicy: {
    TrafficRoutingConfiguration: { Type: 'LINEAR', WaitIntervalInSeconds: 60, LinearStepSize },
  },
});
const rolling = (
  MaximumBatchSize: CapacitySize,
  RollbackMaximumBatchSize?: CapacitySize,
): DeploymentConfig => ({
  RollingUpdatePolicy: { MaximumBatchSize, RollbackMaximumBatchSize, WaitIntervalInSeconds: 60 },
});

test.each<[string, DeploymentConfig, number, number[], number[], number]>([
  ['no policy', {}, 3, [1], [0], 0],
  [
    'all at once',
    {
      BlueGreenUpdatePolicy: {
        TrafficRoutingConfiguration: { Type: 'ALL_AT_ONCE', WaitIntervalInSeconds: 60 },
        TerminationWaitInSeconds: 30,
      },
    },
    3,
    [1],
    [0],
    30,
  ],
  ['a canary of one instance', canary(count(1)), 4, [0.25, 1], [1, 0], 90],
  ['a canary of less than an instance', canary(percent(10)), 2, [0.5, 1], [1, 0], 90],
  ['a canary of less than two', canary(percent(50)), 3, [1 / 3, 1], [1, 0], 90],
  ['steps of a third', linear(percent(33)), 3, [1 / 3, 2 / 3, 1], [1, 1, 0], 120],
  ['steps of one instance', linear(count(1)), 3, [1 / 3, 2 / 3, 1], [1, 1, 0], 120],
  ['steps of half', linear(percent(50)), 2, [0.5, 1], [1, 0], 60],
  ['batches of one instance', rolling(count(1)), 3, [1 / 3, 2 / 3, 1], [2 / 3, 1 / 3, 0], 180],
  ['batches of less than an instance', rolling(percent(5)), 2, [0.5, 1], [0.5, 0], 120],
  ['batches of 2 of 5', rolling(count(2)), 5, [0.4, 0.8, 1], [0.6, 0.2, 0], 180],
])('%s', (_, deployment, instances, traffic, kept, seconds) => {
  const steps = deploymentSteps(deployment, instances);
  const near = (values: number[]) => values.map((value) => expect.closeTo(value, 9) as number);
  expect(steps.map((step) => step.traffic)).toEqual(near(traffic));
  expect(steps.map((step) => step.kept)).toEqual(near(kept));
  expect(waitSeconds(steps)).toBe(seconds);
  // A blue/green deployment starts its whole fleet before the first request; a rolling one only the serving instances.
  const launched = deployment.RollingUpdatePolicy ? traffic : traffic.map(() => 1);
  expect(steps.map((step) => step.launched)).toEqual(near(launched));
});

test('steps name their settings and capacities as SageMaker does', () => {
  expect(deploymentSteps(canary(count(1)), 3)).toMatchObject([
    { bakeSetting: 'WaitIntervalInSeconds', capacity: 'canary capacity of 1 instance(s)' },
    { bakeSetting: 'TerminationWaitInSeconds', capacity: 'full capacity of 3 instance(s)' },
  ]);
});

test.each<[string, DeploymentConfig, number, number, number[]]>([
  ['blue/green: at once', canary(count(1)), 4, 0.25, [0]],
  ['rolling: at once, by default', rolling(count(1)), 4, 0.5, [0]],
  ['rolling: in batches', rolling(count(1), count(1)), 4, 0.75, [0.5, 0.25, 0]],
  ['rolling: in larger batches than the update', rolling(count(1), count(2)), 4, 0.75, [0.25, 0]],
])('back, %s', (_, deployment, instances, traffic, expected) => {
  expect(rollbackSteps(deployment, instances, traffic)).toEqual(expected);
});
