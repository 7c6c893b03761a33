import { MAX_NAME, NAME, RequestLimits } from './request-limits';

export { checkDeploymentLimits, checkEndpointConfigLimits, checkModelLimits } from './hosting-limits';
export { checkProcessingLimits } from './processing-limits';
export { validation } from './request-limits';
export { checkTrainingLimits } from './training-limits';

/** SageMaker's own rule on names. */
export function checkName(field: string, name: string): void {
  RequestLimits.check((limits) => limits.name(field, name, NAME, MAX_NAME));
}
