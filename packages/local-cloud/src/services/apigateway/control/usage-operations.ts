import { notSupported, ServiceError } from '../../../model/errors';
import { page } from '../../../core/paging';
import type { Operations } from '../../../core/service';
import { badRequest, found, PAGE, refuse } from './requests';
import { newId, newKeyValue, type ApiGatewayState, type ApiKey, type UsagePlan } from './state';
import { patchedPlan } from './usage-plan-patches';

/** Operations on API keys, and on the usage plans with their rates and quotas. */
export function usageOperations(state: ApiGatewayState): Operations<'apigateway'> {
  return {
    async CreateApiKey(input) {
      refuse(input, ['generateDistinctId', 'customerId']);
      const { name = '', description, enabled = false, value = newKeyValue(), tags = {} } = input;
      if (value.length < 20 || value.length > 128) {
        throw badRequest(`API Key value should be between 20 and 128 characters; it has ${value.length}`);
      }
      for (const { restApiId, stageName } of input.stageKeys ?? []) state.stage(restApiId, stageName);
      const { apiKeys } = state.data;
      if (Object.values(apiKeys).some((other) => other.value === value)) {
        throw new ServiceError('ConflictException', 'API Key already exists');
      }
      const key: ApiKey = {
        id: newId(10),
        value,
        name,
        description,
        enabled,
        tags,
        stageKeys: input.stageKeys?.map(({ restApiId, stageName }) => `${restApiId}/${stageName}`),
        created: state.cloud.clock.now(),
      };
      apiKeys[key.id] = key;
      state.changed();
      return showKey(key, true);
    },

    async GetApiKey({ apiKey, includeValue = false }) {
      return showKey(state.apiKey(apiKey), includeValue);
    },

    async GetApiKeys({ includeValues = false, limit = PAGE, nameQuery = '', position }) {
      const keys = Object.values(state.data.apiKeys).filter(({ name }) => name.startsWith(nameQuery));
      const { items, nextToken } = page(keys, ({ id }) => id, limit, position, badRequest);
      return { items: items.map((key) => showKey(key, includeValues)), position: nextToken };
    },

    async UpdateApiKey({ apiKey, patchOperations = [] }) {
      const key = state.apiKey(apiKey);
      const patched = structuredClone(key);
      for (const { op, path = '', value = '' } of patchOperations) {
        const { stageKeys = [] } = patched;
        if (path === '/stages' && op === 'add') patched.stageKeys = [...new Set([...stageKeys, value])];
        else if (path === '/stages' && op === 'remove')
          patched.stageKeys = stageKeys.filter((stage) => stage !== value);
        else if (op !== 'replace') throw notSupported(`the patch op '${op}' on an API key`, 'Use replace.');
        else if (path === '/name') patched.name = value;
        else if (path === '/description') patched.description = value;
        else if (path === '/enabled') patched.enabled = value.toLowerCase() === 'true';
        else
          throw notSupported(
            `the patch path ${path} of an API key`,
            'Use /name, /description, /enabled or /stages.',
          );
      }
      Object.assign(key, patched);
      state.changed();
      return showKey(key, false);
    },

    async DeleteApiKey({ apiKey }) {
      const { id } = state.apiKey(apiKey);
      delete state.data.apiKeys[id];
      for (const plan of Object.values(state.data.usagePlans))
        plan.keys = plan.keys.filter((key) => key !== id);
      state.changed();
      return {};
    },

    async CreateUsagePlan({ name = '', description, apiStages = [], throttle, quota, tags = {} }) {
      for (const { apiId, stage } of apiStages) state.stage(apiId, stage);
      checkLimits({ throttle, quota });
      const plan: UsagePlan = { id: newId(6), name, description, apiStages, throttle, quota, tags, keys: [] };
      state.data.usagePlans[plan.id] = plan;
      state.changed();
      return showPlan(plan);
    },

    async GetUsagePlan({ usagePlanId }) {
      return showPlan(state.usagePlan(usagePlanId));
    },

    async GetUsagePlans({ keyId, limit = PAGE, position }) {
      const plans = Object.values(state.data.usagePlans).filter(
        ({ keys }) => keyId === undefined || keys.includes(keyId),
      );
      const { items, nextToken } = page(plans, ({ id }) => id, limit, position, badRequest);
      return { items: items.map(showPlan), position: nextToken };
    },

    async UpdateUsagePlan({ usagePlanId, patchOperations = [] }) {
      const plan = patchedPlan(state.usagePlan(usagePlanId), patchOperations);
      for (const { apiId, stage } of plan.apiStages) state.stage(apiId, stage);
      checkLimits(plan);
      state.data.usagePlans[plan.id] = plan;
      state.changed();
      return showPlan(plan);
    },

    async DeleteUsagePlan({ usagePlanId }) {
      const { id } = state.usagePlan(usagePlanId);
      delete state.data.usagePlans[id];
      state.changed();
      return {};
    },

    async CreateUsagePlanKey({ usagePlanId, keyId, keyType }) {
      const plan = state.usagePlan(usagePlanId);
      const key = state.apiKey(keyId);
      if (keyType !== 'API_KEY') throw badRequest(`Invalid key type '${keyType}': use API_KEY`);
      const shared = sharedStage(state, plan, key);
      if (shared) {
        const message = `Usage plan key ${key.id} already has a usage plan for ${shared.apiId}:${shared.stage}`;
        throw new ServiceError('ConflictException', message);
      }
      plan.keys.push(key.id);
      state.changed();
      return { id: key.id, type: keyType, name: key.name, value: key.value };
    },

    async GetUsagePlanKey({ usagePlanId, keyId }) {
      const id = found(
        state.usagePlan(usagePlanId).keys.find((key) => key === keyId),
        'Invalid Usage Plan Key identifier specified',
      );
      const { name, value } = state.apiKey(id);
      return { id, type: 'API_KEY', name, value };
    },

    async GetUsagePlanKeys({ usagePlanId }) {
      const { keys } = state.usagePlan(usagePlanId);
      return { items: keys.map((id) => ({ id, type: 'API_KEY', name: state.apiKey(id).name })) };
    },

    async DeleteUsagePlanKey({ usagePlanId, keyId }) {
      const plan = state.usagePlan(usagePlanId);
      found(
        plan.keys.find((key) => key === keyId),
        'Invalid Usage Plan Key identifier specified',
      );
      plan.keys = plan.keys.filter((key) => key !== keyId);
      state.changed();
      return {};
    },
  };
}

/** Returns a stage that the key already reaches by another plan. A key may have only one plan for each stage. */
function sharedStage(state: ApiGatewayState, plan: UsagePlan, key: ApiKey) {
  const others = Object.values(state.data.usagePlans).filter(({ keys }) => keys.includes(key.id));
  return others
    .flatMap(({ apiStages }) => apiStages)
    .find(({ apiId, stage }) => {
      return plan.apiStages.some((other) => other.apiId === apiId && other.stage === stage);
    });
}

function checkLimits({ throttle, quota }: Pick<UsagePlan, 'throttle' | 'quota'>): void {
  if (throttle && ((throttle.rateLimit ?? 0) < 0 || (throttle.burstLimit ?? 0) < 0)) {
    throw badRequest(`Usage plan throttle must not be negative: ${JSON.stringify(throttle)}`);
  }
  if (!quota) return;
  if (!['DAY', 'WEEK', 'MONTH'].includes(quota.period ?? ''))
    throw badRequest(`Invalid quota period '${quota.period}': use DAY, WEEK or MONTH`);
  if ((quota.limit ?? 0) < 1)
    throw badRequest(`Usage plan quota limit must be at least 1, not ${quota.limit}`);
  if (quota.offset) throw notSupported(`a quota's offset (${quota.offset})`, 'Leave it out.');
}

/** Stages of a key are shown, but grant nothing: they are deprecated, and usage plans took their place. */
function showKey({ created, value, stageKeys = [], ...key }: ApiKey, withValue: boolean) {
  const date = new Date(created);
  return { ...key, ...(withValue && { value }), createdDate: date, lastUpdatedDate: date, stageKeys };
}

function showPlan({ keys: _keys, ...plan }: UsagePlan) {
  return plan;
}
