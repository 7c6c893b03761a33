export { checkEndpointConfigLimits } from './hosting-limits';
export { checkProcessingLimits } from './processing-limits';
export { validation } from './request-limits';
export { checkTrainingLimits } from './training-limits';
