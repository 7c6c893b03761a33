import { actionExists, actionPattern } from './actions';
import { resourcePattern } from './arns';
import { compileCondition, type Condition } from './conditions';
import { isRecord, shown, strings, within, type Fault } from './malformed';
import type { RequestKeys } from './patterns';
import { PrincipalSet, type Reach } from './principals';
import type { PolicyKind, RequestPrincipal } from './types';

/** A request in the form that statements match. */
export interface PreparedRequest {
  /** The action in lower case. */
  action: string;
  resource: string;
  keys: RequestKeys;
  principal: RequestPrincipal;
}

export interface StatementSettings {
  kind: PolicyKind;
  /** True if `${…}` is substituted; the document's version decides. */
  variables: boolean;
  checkActions: boolean;
  resourceRequired: boolean;
}

const ELEMENTS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];

/** One compiled statement. The constructor throws the fault for everything that IAM refuses. */
export class Statement {
  readonly effect: 'Allow' | 'Deny';
  /** The values of Action or NotAction, as written. */
  readonly actions: readonly string[];
  private readonly fitsAction: (action: string) => boolean;
  private readonly fitsResource: (resource: string, keys: RequestKeys) => boolean;
  private readonly fitsPrincipal: (principal: RequestPrincipal) => Reach | undefined;
  private readonly holds: Condition;

  constructor(
    readonly index: number,
    readonly sid: string | undefined,
    element: Readonly<Record<string, unknown>>,
    settings: StatementSettings,
    fault: Fault,
  ) {
    const unknown = Object.keys(element).find((name) => !ELEMENTS.includes(name));
    if (unknown !== undefined) {
      throw fault(`'${unknown}' is not an element of a statement; use ${ELEMENTS.join(', ')}.`);
    }
    this.effect = effectOf(element['Effect'], within(fault, 'Effect'));
    this.fitsPrincipal = principalTest(element, this.effect, settings.kind, fault);
    const actions = oneOf(element, 'Action', 'NotAction', fault);
    if (!actions) throw fault('has neither Action nor NotAction; add one.');
    this.actions = strings(actions.value, actions.fault);
    this.fitsAction = actionTest(this.actions, actions.negated, settings, actions.fault);
    this.fitsResource = resourceTest(element, settings, fault);
    this.holds =
      element['Condition'] === undefined
        ? () => true
        : compileCondition(element['Condition'], settings.variables, within(fault, 'Condition'));
  }

  /** Returns how the statement names the request's principal; `undefined` if it does not match the request. */
  applies(request: PreparedRequest): Reach | undefined {
    if (!this.fitsAction(request.action)) return undefined;
    const reach = this.fitsPrincipal(request.principal);
    return reach && this.fitsResource(request.resource, request.keys) && this.holds(request.keys)
      ? reach
      : undefined;
  }
}

function effectOf(value: unknown, fault: Fault): 'Allow' | 'Deny' {
  if (value === 'Allow' || value === 'Deny') return value;
  throw fault(
    value === undefined ? 'is missing; add Allow or Deny.' : `${shown(value)} is neither Allow nor Deny.`,
  );
}

/** Returns the one of an element and its negation that is present. Throws if both are. */
function oneOf(
  element: Readonly<Record<string, unknown>>,
  name: string,
  negation: string,
  fault: Fault,
): { value: unknown; negated: boolean; fault: Fault } | undefined {
  if (element[name] !== undefined && element[negation] !== undefined) {
    throw fault(`has both ${name} and ${negation}; keep one of them.`);
  }
  for (const each of [name, negation]) {
    if (element[each] !== undefined) {
      return { value: element[each], negated: each === negation, fault: within(fault, each) };
    }
  }
  return undefined;
}

function principalTest(
  element: Readonly<Record<string, unknown>>,
  effect: 'Allow' | 'Deny',
  kind: PolicyKind,
  fault: Fault,
): (principal: RequestPrincipal) => Reach | undefined {
  const named = oneOf(element, 'Principal', 'NotPrincipal', fault);
  if (kind === 'identity') {
    if (named)
      throw named.fault(
        'is not allowed in an identity policy; the identity it is attached to is the principal.',
      );
    return () => 'itself';
  }
  if (!named) throw fault('has no Principal; add one.');
  const set = new PrincipalSet(named.value, named.fault);
  if (!named.negated) return (principal) => set.reach(principal);
  if (kind === 'trust') throw named.fault('is not allowed in a trust policy; use Principal.');
  if (effect === 'Allow') throw named.fault('is allowed with Deny only; use Principal to allow.');
  return (principal) => (set.excludes(principal) ? undefined : 'itself');
}

function actionTest(
  actions: readonly string[],
  negated: boolean,
  { kind, checkActions }: StatementSettings,
  fault: Fault,
): (action: string) => boolean {
  for (const action of actions) {
    if (action !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?-]+$/.test(action)) {
      throw fault(
        `'${action}' is not an action; use a service's prefix and a name, such as s3:GetObject, or '*'.`,
      );
    }
    if (kind === 'trust' && !/^sts:/i.test(action)) {
      throw fault(
        `'${action}' is not an action of STS; a trust policy allows only those, such as sts:AssumeRole.`,
      );
    }
    if (checkActions && !actionExists(action)) {
      throw fault(
        `${/[*?]/.test(action) ? `no action of AWS matches '${action}'` : `AWS has no action '${action}'`}; look it up in the Service Authorization Reference.`,
      );
    }
  }
  const exact = new Set(actions.map((action) => action.toLowerCase()));
  const everything = exact.has('*');
  const patterns = actions.filter((action) => /[*?]/.test(action)).map(actionPattern);
  return (action) =>
    (everything || exact.has(action) || patterns.some((pattern) => pattern.test(action))) !== negated;
}

function resourceTest(
  element: Readonly<Record<string, unknown>>,
  { kind, variables, resourceRequired }: StatementSettings,
  fault: Fault,
): (resource: string, keys: RequestKeys) => boolean {
  const named = oneOf(element, 'Resource', 'NotResource', fault);
  if (named && kind === 'trust') {
    throw named.fault('is not allowed in a trust policy; the role it is attached to is the resource.');
  }
  if (!named) {
    if (kind === 'identity' || resourceRequired)
      throw fault('has neither Resource nor NotResource; add one.');
    return () => true;
  }
  const matchers = strings(named.value, named.fault).map((each) =>
    resourcePattern(each, variables, named.fault),
  );
  // `undefined`, an unresolved variable, is neither true nor false: NotResource does not match it.
  return named.negated
    ? (resource, keys) => matchers.every((matches) => matches(resource, keys) === false)
    : (resource, keys) => matchers.some((matches) => matches(resource, keys) === true);
}

/**
 * Returns the statement's Sid after checking it. IAM's own policies allow letters and digits only; resources' policies
 * allow more.
 */
export function sidOf(element: unknown, kind: PolicyKind, fault: Fault): string | undefined {
  if (!isRecord(element)) throw fault(`${shown(element)} is not a statement; use an object.`);
  const sid = element['Sid'];
  if (sid === undefined) return undefined;
  if (typeof sid !== 'string') throw fault(`Sid: ${shown(sid)} is not a string.`);
  if (kind !== 'resource' && !/^[0-9A-Za-z]*$/.test(sid)) {
    throw fault(`Sid: '${sid}' has characters other than letters and digits; use letters and digits only.`);
  }
  return sid;
}
