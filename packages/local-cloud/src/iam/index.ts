/**
 * AWS's policy evaluation: documents in, decisions out. It knows no services and does no I/O, except to read AWS's list
 * of actions.
 */
export { actionExists, actionFacts, isService, unknownActions, type ActionFacts } from './actions';
export { denialMessage } from './denial';
export { evaluate, type ApplicablePolicies } from './evaluate';
export { MalformedPolicy } from './malformed';
export { managedPolicy } from './managed-policies';
export { Policy, type PolicyOptions } from './policy';
export type {
  AccessRequest,
  ConditionContext,
  Decision,
  PolicyKind,
  RequestPrincipal,
  StatementReference,
} from './types';
