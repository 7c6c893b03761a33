import type { ServiceModel } from '../model/service-model';
import type { FindModel } from '../model/service-model';
import { CALL_FAULTS, JOB_FAULTS, JOB_KINDS, type FaultPlan, type FaultRule, type JobKind } from './rules';
import { CAPACITY_SERVICES } from './service-errors';

/** Refuses a plan that is not valid, with the field, its value and what is allowed. */
export class FaultPlanError extends Error {
  override readonly name = 'FaultPlanError';
}

/** What a plan can name. */
export interface Known {
  readonly services: readonly string[];
  operationsOf(service: string): readonly string[];
  readonly model: FindModel;
}

type Fields = Record<string, unknown>;

const OCCURRENCE = ['nth', 'after', 'every', 'times'];

/** Checks a plan of any origin. @throws FaultPlanError */
export function checkPlan(value: unknown, known: Known): FaultPlan {
  const plan = fields(value, 'the plan', ['rules']);
  if (!Array.isArray(plan.rules)) throw refused('rules', plan.rules, 'a list of rules');
  return { rules: plan.rules.map((rule, index) => checkRule(rule, `rules[${index}]`, known)) };
}

function checkRule(value: unknown, at: string, known: Known): FaultRule {
  const rule = fields(value, at, ['name', 'call', 'job', 'delivery', 'fault', ...OCCURRENCE]);
  const subjects = ['call', 'job', 'delivery'].filter((name) => rule[name] !== undefined);
  if (subjects.length !== 1)
    throw new FaultPlanError(
      `${at} has ${subjects.join(' and ') || 'no subject'}; it must have exactly one of call, job, delivery`,
    );
  if (rule.name !== undefined) text(rule.name, `${at}.name`);
  for (const name of OCCURRENCE) {
    const count = rule[name];
    const least = name === 'after' ? 0 : 1;
    if (count !== undefined && !(Number.isInteger(count) && (count as number) >= least))
      throw refused(`${at}.${name}`, count, `a whole number from ${least}`);
  }
  if (rule.nth !== undefined && ['after', 'every', 'times'].some((name) => rule[name] !== undefined))
    throw new FaultPlanError(`${at}.nth cannot be combined with after, every or times: it is one occurrence`);
  if (rule.call !== undefined) checkCall(rule.call, rule.fault, at, known);
  else if (rule.job !== undefined) checkJob(rule.job, rule.fault, at);
  else checkDelivery(rule.delivery, rule.fault, at);
  return rule as unknown as FaultRule;
}

function checkCall(value: unknown, fault: unknown, at: string, known: Known): void {
  const call = fields(value, `${at}.call`, ['service', 'operation', 'input', 'caller', 'state']);
  const service = oneOf(call.service, `${at}.call.service`, known.services);
  if (call.operation !== undefined)
    oneOf(call.operation, `${at}.call.operation`, known.operationsOf(service));
  if (call.caller !== undefined) text(call.caller, `${at}.call.caller`);
  if (call.state !== undefined) text(call.state, `${at}.call.state`);
  if (call.input !== undefined)
    checkInput(call.input, `${at}.call`, known.model(service)!, call.operation as string | undefined);
  if (typeof fault === 'object' && fault !== null && 'clockJump' in fault) {
    const { clockJump } = fields(fault, `${at}.fault`, ['clockJump']);
    if (!(Number.isFinite(clockJump) && (clockJump as number) > 0))
      throw refused(`${at}.fault.clockJump`, clockJump, 'a number of seconds above 0');
    return;
  }
  if (typeof fault === 'object' && fault !== null) {
    const { error, message, status } = fields(fault, `${at}.fault`, ['error', 'message', 'status']);
    text(error, `${at}.fault.error`);
    if (message !== undefined) text(message, `${at}.fault.message`);
    if (status !== undefined) httpStatus(status, `${at}.fault.status`);
    return;
  }
  const allowed = CALL_FAULTS.filter((name) => name !== 'capacity' || CAPACITY_SERVICES.includes(service));
  oneOf(fault, `${at}.fault`, allowed, 'or {"error": …} or {"clockJump": seconds}');
}

function checkInput(value: unknown, at: string, model: ServiceModel, operation: string | undefined): void {
  if (operation === undefined)
    throw new FaultPlanError(`${at}.input needs ${at}.operation: members belong to an operation's request`);
  const { input } = model.operations.get(operation)!;
  const members = input.isStructSchema() ? [...input.structIterator()].map(([name]) => name) : [];
  for (const [name, pattern] of Object.entries(fields(value, `${at}.input`, members)))
    text(pattern, `${at}.input.${name}`);
}

function checkJob(value: unknown, fault: unknown, at: string): void {
  const job = fields(value, `${at}.job`, ['kind', 'name', 'model']);
  const kind = oneOf(job.kind, `${at}.job.kind`, JOB_KINDS) as JobKind;
  if (job.name !== undefined) text(job.name, `${at}.job.name`);
  if (job.model !== undefined) {
    text(job.model, `${at}.job.model`);
    if (kind !== 'endpoint' && kind !== 'transform')
      throw refused(`${at}.job.model`, job.model, 'set for the kinds endpoint and transform only');
  }
  if (typeof fault === 'object' && fault !== null && 'exitCode' in fault) {
    const { exitCode, message } = fields(fault, `${at}.fault`, ['exitCode', 'message']);
    if (!(Number.isInteger(exitCode) && (exitCode as number) >= 1 && (exitCode as number) <= 255))
      throw refused(`${at}.fault.exitCode`, exitCode, 'a whole number from 1 to 255');
    if (message !== undefined) text(message, `${at}.fault.message`);
    return;
  }
  if (typeof fault === 'object' && fault !== null && 'answer' in fault) {
    if (kind !== 'endpoint' && kind !== 'transform')
      throw refused(`${at}.fault.answer`, fault.answer, 'set for the kinds endpoint and transform only');
    const where = `${at}.fault.answer`;
    const { status, body, contentType } = fields(fault.answer, where, ['status', 'body', 'contentType']);
    if (status !== undefined) httpStatus(status, `${where}.status`);
    if (body !== undefined && typeof body !== 'string') throw refused(`${where}.body`, body, 'text');
    if (contentType !== undefined) text(contentType, `${where}.contentType`);
    return;
  }
  oneOf(fault, `${at}.fault`, JOB_FAULTS[kind], 'or {"exitCode": …}, for endpoints also {"answer": …}');
}

function checkDelivery(value: unknown, fault: unknown, at: string): void {
  const delivery = fields(value, `${at}.delivery`, ['to', 'from']);
  for (const [name, pattern] of Object.entries(delivery)) text(pattern, `${at}.delivery.${name}`);
  oneOf(fault, `${at}.fault`, ['duplicate']);
}

function fields(value: unknown, at: string, allowed: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refused(at, value, `an object with ${allowed.join(', ')}`);
  const unknown = Object.keys(value).find((name) => !allowed.includes(name));
  if (unknown !== undefined)
    throw new FaultPlanError(`${at} has no field '${unknown}'; allowed: ${allowed.join(', ')}`);
  return value as Fields;
}

function oneOf(value: unknown, at: string, allowed: readonly string[], more = ''): string {
  if (typeof value === 'string' && allowed.includes(value)) return value;
  throw refused(at, value, `one of ${allowed.join(', ')}${more && ` ${more}`}`);
}

function text(value: unknown, at: string): void {
  if (typeof value !== 'string' || value === '') throw refused(at, value, 'text');
}

function httpStatus(value: unknown, at: string): void {
  if (!(Number.isInteger(value) && (value as number) >= 200 && (value as number) <= 599))
    throw refused(at, value, 'an HTTP status from 200 to 599');
}

function refused(at: string, value: unknown, allowed: string): FaultPlanError {
  return new FaultPlanError(`${at} is ${JSON.stringify(value) ?? 'missing'}; it must be ${allowed}`);
}
