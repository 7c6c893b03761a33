/**
 * What a project's `mlops.config.ts` is made of: the types, the places to start from, and the model for tables.
 */
export type { DeliveryConfig, ModelConfig, PlaceConfig, Project } from './config';
export { UNASSIGNED } from './config/environment-rules';
export { table } from './models/table';
export { xgboost, type XGBoostOptions, type XGBoostTask } from './models/xgboost';
export { dev } from './places/dev';
export { local } from './places/local';
export { prod } from './places/prod';
export { stage } from './places/stage';
