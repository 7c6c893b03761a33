import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import { notSupported } from '../../../model/errors';
import { badRequest } from './requests';
import { type UsagePlan } from './state';

/** Paths of single values; numbers are parsed as numbers. */
const VALUES = {
  '/name': (plan: UsagePlan, value: string) => (plan.name = value),
  '/description': (plan: UsagePlan, value: string) => (plan.description = value),
  '/throttle/rateLimit': (plan: UsagePlan, value: string, path: string) =>
    (plan.throttle = { ...plan.throttle, rateLimit: number(value, path) }),
  '/throttle/burstLimit': (plan: UsagePlan, value: string, path: string) =>
    (plan.throttle = { ...plan.throttle, burstLimit: number(value, path) }),
  '/quota/limit': (plan: UsagePlan, value: string, path: string) =>
    (plan.quota = { ...plan.quota, limit: number(value, path) }),
  '/quota/period': (plan: UsagePlan, value: string) =>
    (plan.quota = { ...plan.quota, period: value as 'DAY' | 'WEEK' | 'MONTH' }),
} as const;

/**
 * Returns a usage plan with patches applied ("Patch operations" in API Gateway's API reference): `replace` of a value,
 * `remove` of `/throttle` and `/quota`, `add` and `remove` of `/apiStages` with `<api>:<stage>`.
 */
export function patchedPlan(plan: UsagePlan, patches: readonly PatchOperation[]): UsagePlan {
  const patched = structuredClone(plan);
  for (const { op, path = '', value = '' } of patches) {
    if (path === '/apiStages') patchStages(patched, op, value);
    else if (op === 'remove' && path === '/throttle') delete patched.throttle;
    else if (op === 'remove' && path === '/quota') delete patched.quota;
    else if (op === 'replace' && Object.hasOwn(VALUES, path))
      VALUES[path as keyof typeof VALUES](patched, value, path);
    else {
      const known = Object.keys(VALUES).join(', ');
      throw notSupported(
        `the patch '${op} ${path}' on a usage plan`,
        `Supported paths to replace: ${known}.`,
      );
    }
  }
  return patched;
}

function patchStages(plan: UsagePlan, op: string | undefined, value: string): void {
  const [apiId, stage] = value.split(':');
  if (!apiId || !stage) throw badRequest(`Invalid API stage '${value}': <api>:<stage>`);
  const others = plan.apiStages.filter((other) => other.apiId !== apiId || other.stage !== stage);
  if (op !== 'add' && op !== 'remove')
    throw badRequest(`Invalid patch op '${op}' for /apiStages: use add or remove`);
  plan.apiStages = op === 'add' ? [...others, { apiId, stage }] : others;
}

function number(value: string, path: string): number {
  const read = Number(value);
  if (value === '' || Number.isNaN(read))
    throw badRequest(`Invalid value '${value}' for ${path}: use a number`);
  return read;
}
