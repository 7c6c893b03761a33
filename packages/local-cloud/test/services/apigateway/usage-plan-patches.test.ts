import type { PatchOperation } from '@aws-sdk/client-api-gateway';
import type { UsagePlan } from '../../../src/services/apigateway/control/state';
import { patchedPlan } from '../../../src/services/apigateway/control/usage-plan-patches';

const PLAN: UsagePlan = {
  ...{ id: 'p', name: 'plan', tags: {}, keys: ['k'] },
  apiStages: [{ apiId: 'a', stage: 'v1' }],
  throttle: { rateLimit: 1, burstLimit: 2 },
  quota: { limit: 3, period: 'DAY' },
};

test.each<[string, PatchOperation, Partial<UsagePlan>]>([
  [
    'a rate',
    { op: 'replace', path: '/throttle/rateLimit', value: '9.5' },
    { throttle: { rateLimit: 9.5, burstLimit: 2 } },
  ],
  [
    'a burst',
    { op: 'replace', path: '/throttle/burstLimit', value: '9' },
    { throttle: { rateLimit: 1, burstLimit: 9 } },
  ],
  ['a quota', { op: 'replace', path: '/quota/limit', value: '9' }, { quota: { limit: 9, period: 'DAY' } }],
  [
    'a period',
    { op: 'replace', path: '/quota/period', value: 'WEEK' },
    { quota: { limit: 3, period: 'WEEK' } },
  ],
  ['no throttle', { op: 'remove', path: '/throttle' }, { throttle: undefined }],
  ['no quota', { op: 'remove', path: '/quota' }, { quota: undefined }],
  ['a name', { op: 'replace', path: '/name', value: 'n' }, { name: 'n' }],
  [
    'one more stage',
    { op: 'add', path: '/apiStages', value: 'b:v2' },
    { apiStages: [...PLAN.apiStages, { apiId: 'b', stage: 'v2' }] },
  ],
  ['one stage fewer', { op: 'remove', path: '/apiStages', value: 'a:v1' }, { apiStages: [] }],
])('%s', (_, patch, expected) => {
  expect({ ...patchedPlan(PLAN, [patch]) }).toEqual({ ...PLAN, ...expected });
});

test.each<[PatchOperation, RegExp]>([
  [
    { op: 'replace', path: '/productCode', value: 'x' },
    /does not support the patch 'replace \/productCode' on a usage plan/,
  ],
  [
    { op: 'replace', path: '/quota/limit', value: 'many' },
    /Invalid value 'many' for \/quota\/limit: use a number/,
  ],
  [{ op: 'add', path: '/apiStages', value: 'a' }, /Invalid API stage 'a': <api>:<stage>/],
  [{ op: 'replace', path: '/apiStages', value: 'a:b' }, /Invalid patch op 'replace' for \/apiStages/],
])('refused: %j', (patch, message) => {
  expect(() => patchedPlan(PLAN, [patch])).toThrow(message);
});
