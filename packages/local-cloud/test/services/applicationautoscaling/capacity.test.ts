import type { StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { steppedCapacity, trackedCapacity } from '../../../src/services/applicationautoscaling/capacity';

test.each([
  ['twice the target is twice the instances', 2, 200, 'out', 4],
  ['a fraction is rounded up to an instance', 2, 101, 'out', 3],
  ['above the target there is always one more instance', 10, 100.5, 'out', 11],
  ['also from zero instances', 0, 500, 'out', 1],
  ['half the target is half the instances', 4, 50, 'in', 2],
  ['a fraction is rounded up', 4, 60, 'in', 3],
  ['a value that rises meanwhile adds no instance', 4, 150, 'in', 4],
  ['no load needs no instance', 4, 0, 'in', 0],
] as const)('target tracking: %s', (_, current, value, direction, expected) => {
  expect(trackedCapacity(current, value, 100, direction)).toBe(expected);
});

const out: StepScalingPolicyConfiguration = {
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 3 },
  ],
};
const less: StepScalingPolicyConfiguration = {
  AdjustmentType: 'PercentChangeInCapacity',
  StepAdjustments: [
    { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: -10 },
    { MetricIntervalUpperBound: -10, ScalingAdjustment: -30 },
  ],
};
const exact = (ScalingAdjustment: number): StepScalingPolicyConfiguration => ({
  AdjustmentType: 'ExactCapacity',
  StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment }],
});
const percent = (ScalingAdjustment: number, MinAdjustmentMagnitude?: number) => ({
  ...{ AdjustmentType: 'PercentChangeInCapacity' as const, MinAdjustmentMagnitude },
  StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment }],
});

test.each<[string, StepScalingPolicyConfiguration, number, number, number | undefined]>([
  ['the first step from its beginning', out, 2, 0, 3],
  ['the second from its beginning', out, 2, 10, 5],
  ['none below the first', out, 2, -1, undefined],
  ['the first below the threshold', less, 20, -9.9, 18],
  ['the second from its end', less, 20, -10, 14],
  ['a number of instances', exact(5), 2, 1, 5],
  ['a share, rounded down', percent(50), 5, 1, 7],
  ['a share of less than one', percent(10), 2, 1, 3],
  ['a negative share of less than one', percent(-10), 2, 1, 1],
  ['a minimum number', percent(10, 2), 10, 1, 12],
])('steps: %s', (_, configuration, current, difference, expected) => {
  expect(steppedCapacity(configuration, current, difference)).toBe(expected);
});
