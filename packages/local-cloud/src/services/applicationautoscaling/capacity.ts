import type {
  StepAdjustment,
  StepScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';

/**
 * Returns the capacity at which a metric would be at its target if the load is shared evenly ("scale out proportionally
 * to the metric", User Guide, "How target tracking scaling works").
 *
 * @param direction of the alarm: one above the target adds at least one instance, one below the target never adds any
 */
export function trackedCapacity(
  current: number,
  value: number,
  target: number,
  direction: 'out' | 'in',
): number {
  const proportional = Math.ceil((current * value) / target);
  return direction === 'out' ? Math.max(current + 1, proportional) : Math.min(current, proportional);
}

/**
 * Returns the capacity that a step scaling policy requests (User Guide, "Step adjustments" and "Scaling adjustment
 * types").
 *
 * @param difference of the metric's value from the alarm's threshold
 * @returns undefined if no step covers the difference
 */
export function steppedCapacity(
  { AdjustmentType, StepAdjustments = [], MinAdjustmentMagnitude = 0 }: StepScalingPolicyConfiguration,
  current: number,
  difference: number,
): number | undefined {
  const adjustment = StepAdjustments.find((step) => covers(step, difference))?.ScalingAdjustment;
  if (adjustment === undefined) return undefined;
  if (AdjustmentType === 'ExactCapacity') return adjustment;
  if (AdjustmentType === 'ChangeInCapacity') return current + adjustment;
  const change = wholeInstances((current * adjustment) / 100);
  return current + Math.sign(adjustment) * Math.max(Math.abs(change), MinAdjustmentMagnitude);
}

function covers(step: StepAdjustment, difference: number): boolean {
  const lower = step.MetricIntervalLowerBound ?? -Infinity;
  const upper = step.MetricIntervalUpperBound ?? Infinity;
  // The bound that is nearer to the threshold belongs to the step.
  return difference >= 0
    ? difference >= lower && difference < upper
    : difference > lower && difference <= upper;
}

/** Rounds towards zero, but never to zero. */
function wholeInstances(change: number): number {
  if (change === 0) return 0;
  return Math.sign(change) * Math.max(1, Math.floor(Math.abs(change)));
}
