/** Tools for tests of an app, besides a running cloud. */
export { Roles, type StoredRole } from '../access/roles';
export type { AuthorizationRequest, Cloud } from '../core/cloud';
export { matchesPattern, type Pattern } from '../core/event-pattern';
export type { EventEnvelope } from '../core/events';
export { parameterSources } from '../facts/optimized-parameters';
export { propertyNames } from '../facts/resource-facts';
export { actionExists } from '../iam';
export { dashboardFaults } from '../services/cloudwatch/dashboard-body';
export { hasLocalDisks } from '../services/sagemaker/instance-limits';
export {
  checkDefinition,
  StatesError,
  TaskTokens,
  type JsonObject,
  type JsonValue,
  type State,
  type StateGraph,
  type StateMachineDefinition,
  type TaskRequest,
} from '../states';
export { resolve, type Scope } from '../templates/intrinsics';
export type { Template } from '../templates/template';
export { coreOf } from '../core/core-of';
export { EventLog } from './event-log';
export { requestFacts, resourceTypeFacts, type FactsInUse } from './evidence';
export { fastClock, hurriedClock } from './hurried-clock';
export { pushProgram } from './image';
export { runInProcess, type InProcessProgram, type ProgramCall } from './in-process';
export { ManualClock } from './manual-clock';
export {
  EXECUTION_NAME,
  runDefinition,
  START_TIME,
  type DefinitionRun,
  type DefinitionRunOptions,
} from './run-definition';
export { runProgram, ServedCloud, type Finished, type Running } from './served-cloud';
export { SkippingClock } from '../core/skipping-clock';
export { supported, supportedTables, type Supported } from './supported';
export { checkRequest, findIntegration, taskErrorNames, type CheckedRequest } from './task-requests';
