import type {
  PutScalingPolicyRequest,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { notSupported } from '../../model/errors';
import { validation } from './state';

const LARGEST = 2 ** 360;
const MAX_STEPS = 20;
/** The only supported predefined metric of a variant's instances. */
export const INVOCATIONS = 'SageMakerVariantInvocationsPerInstance';

/** @throws ServiceError ValidationException */
export function checkCapacities(MinCapacity: number | undefined, MaxCapacity: number | undefined): void {
  for (const [field, value] of Object.entries({ MinCapacity, MaxCapacity })) {
    if (value !== undefined && Number.isInteger(value) && value >= 0) continue;
    throw validation(`${field} must be a whole number from 0, not ${value}.`);
  }
  if (MinCapacity! <= MaxCapacity!) return;
  throw validation(
    `Maximum capacity (${MaxCapacity}) cannot be less than minimum capacity (${MinCapacity}).`,
  );
}

/**
 * Rules of the API reference of PutScalingPolicy and its types that the model does not have.
 *
 * @throws ServiceError ValidationException; NotImplemented for unsupported features
 */
export function checkPolicy(request: PutScalingPolicyRequest): void {
  const { PolicyType = 'StepScaling' } = request;
  const { TargetTrackingScalingPolicyConfiguration: tracking, StepScalingPolicyConfiguration: steps } =
    request;
  if (PolicyType === 'PredictiveScaling')
    throw notSupported('PredictiveScaling', 'Use TargetTrackingScaling.');
  const wanted = PolicyType === 'StepScaling' ? steps : tracking;
  const other = PolicyType === 'StepScaling' ? tracking : steps;
  if (!wanted || other) {
    throw validation(
      `A policy of the type ${PolicyType} needs ${PolicyType}PolicyConfiguration, and no other.`,
    );
  }
  if (tracking) checkTracking(tracking);
  if (steps) checkSteps(steps);
}

function checkTracking(configuration: TargetTrackingScalingPolicyConfiguration): void {
  const { TargetValue = NaN, ScaleOutCooldown, ScaleInCooldown } = configuration;
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: own } = configuration;
  if (!Number.isFinite(TargetValue) || Math.abs(TargetValue) > LARGEST || TargetValue <= 0) {
    throw validation(`TargetValue must be a number above 0, up to 2^360, not ${TargetValue}.`);
  }
  checkCooldown('ScaleOutCooldown', ScaleOutCooldown);
  checkCooldown('ScaleInCooldown', ScaleInCooldown);
  if ((predefined === undefined) === (own === undefined)) {
    throw validation('Give either PredefinedMetricSpecification or CustomizedMetricSpecification.');
  }
  if (predefined?.ResourceLabel !== undefined) {
    throw validation('ResourceLabel belongs to ALBRequestCountPerTarget only; leave it out.');
  }
  const type = predefined?.PredefinedMetricType;
  if (type?.startsWith('SageMaker') && type !== INVOCATIONS) {
    throw notSupported(`the predefined metric ${type}`, `Use ${INVOCATIONS} or a metric of your own.`);
  }
  if (type && type !== INVOCATIONS) {
    throw validation(`The predefined metric ${type} is not one of SageMaker's variants; use ${INVOCATIONS}.`);
  }
  if (own?.Metrics) throw notSupported('Metrics of a customized metric', 'Name one metric.');
  if (own && (!own.MetricName || !own.Namespace || !own.Statistic)) {
    throw validation('CustomizedMetricSpecification needs MetricName, Namespace and Statistic.');
  }
}

function checkSteps(configuration: StepScalingPolicyConfiguration): void {
  const { StepAdjustments = [], MinAdjustmentMagnitude, Cooldown } = configuration;
  if (configuration.AdjustmentType === undefined)
    throw validation('A step scaling policy needs AdjustmentType.');
  checkCooldown('Cooldown', Cooldown);
  if (MinAdjustmentMagnitude !== undefined && configuration.AdjustmentType !== 'PercentChangeInCapacity') {
    throw validation('MinAdjustmentMagnitude belongs to PercentChangeInCapacity only; leave it out.');
  }
  if (StepAdjustments.length < 1 || StepAdjustments.length > MAX_STEPS) {
    throw validation(`StepAdjustments must have 1 to ${MAX_STEPS} steps, not ${StepAdjustments.length}.`);
  }
  const steps = StepAdjustments.map((step) => ({
    lower: step.MetricIntervalLowerBound ?? -Infinity,
    upper: step.MetricIntervalUpperBound ?? Infinity,
    adjustment: step.ScalingAdjustment!,
  })).sort((a, b) => a.lower - b.lower);
  for (const [i, { lower, upper, adjustment }] of steps.entries()) {
    if (lower >= upper)
      throw validation(`A step from ${lower} to ${upper}: its upper bound must be greater.`);
    if (lower === -Infinity && upper === Infinity) {
      throw validation('At least one bound of each step must be given.');
    }
    if (i > 0 && steps[i - 1]!.upper !== lower) {
      throw validation(
        `The steps must touch: one ends at ${steps[i - 1]!.upper}, and the next begins at ${lower}.`,
      );
    }
    if (configuration.AdjustmentType === 'ExactCapacity' && adjustment < 0) {
      throw validation(`ExactCapacity needs a ScalingAdjustment from 0, not ${adjustment}.`);
    }
  }
}

function checkCooldown(field: string, seconds: number | undefined): void {
  if (seconds === undefined || seconds >= 0) return;
  throw validation(`${field} must be 0 seconds or more, not ${seconds}.`);
}
