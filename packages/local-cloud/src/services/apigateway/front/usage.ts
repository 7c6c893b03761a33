import type { QuotaSettings } from '@aws-sdk/client-api-gateway';
import type { Store } from '../../../core/store';
import type { ApiGatewayState, ApiKey, RestApi, Stage, UsagePlan } from '../control/state';
import { GatewayFailure } from './gateway-failure';
import { header, type FrontRequest } from './request';
import type { Route } from './routes';
import type { TokenBuckets } from '../control/throttle';

interface Used {
  /** The first day of the period. */
  since: string;
  requests: number;
}

/** Limits calls: API keys, their usage plans' rates and quotas, and the stage's own rates. */
export class Usage {
  /** Used quota by `<plan>/<key>`. */
  private readonly used: Store<Record<string, Used>>;

  constructor(
    private readonly state: ApiGatewayState,
    private readonly buckets: TokenBuckets,
  ) {
    this.used = state.cloud.stores.store('apigateway-usage', () => ({}));
  }

  /** Returns the key of the request, if its method requires one. Throws INVALID_API_KEY. */
  identify(
    request: FrontRequest,
    api: RestApi,
    stage: Stage,
    { method }: Route,
  ): { key: ApiKey; plan: UsagePlan } | undefined {
    if (!method.apiKeyRequired) return undefined;
    const { apiKeys, usagePlans } = this.state.data;
    const value = header(request, 'x-api-key');
    const key = Object.values(apiKeys).find((candidate) => candidate.enabled && candidate.value === value);
    const plan = Object.values(usagePlans).find(
      ({ keys, apiStages }) =>
        key !== undefined &&
        keys.includes(key.id) &&
        apiStages.some(({ apiId, stage: name }) => apiId === api.id && name === stage.stageName),
    );
    if (!key || !plan) throw new GatewayFailure('INVALID_API_KEY');
    return { key, plan };
  }

  /** Counts the request. Throws THROTTLED or QUOTA_EXCEEDED. */
  admit(
    client: { key: ApiKey; plan: UsagePlan } | undefined,
    api: RestApi,
    stage: Stage,
    { resource, method }: Route,
  ): void {
    const now = this.state.cloud.clock.now();
    const methodPath = `${resource.path}/${method.httpMethod}`;
    if (client) {
      const { key, plan } = client;
      const apiStage = plan.apiStages.find(
        ({ apiId, stage: name }) => apiId === api.id && name === stage.stageName,
      );
      const ofMethod = apiStage?.throttle?.[methodPath];
      const bucket = `${plan.id}/${key.id}${ofMethod ? `/${api.id}/${stage.stageName}${methodPath}` : ''}`;
      if (!this.buckets.take(bucket, ofMethod ?? plan.throttle ?? {}, now))
        throw new GatewayFailure('THROTTLED');
      if (plan.quota && !this.count(`${plan.id}/${key.id}`, plan.quota, now))
        throw new GatewayFailure('QUOTA_EXCEEDED');
    }
    const settings = methodSettings(stage, resource.path, method.httpMethod);
    const rate = { burstLimit: settings.throttlingBurstLimit, rateLimit: settings.throttlingRateLimit };
    if (!this.buckets.take(`${api.id}/${stage.stageName}${methodPath}`, rate, now))
      throw new GatewayFailure('THROTTLED');
  }

  private count(name: string, quota: QuotaSettings, now: number): boolean {
    const since = periodStart(quota.period, now);
    const before = this.used.data[name];
    const requests = before?.since === since ? before.requests : 0;
    if (requests >= (quota.limit ?? Infinity)) return false;
    this.used.data[name] = { since, requests: requests + 1 };
    this.used.changedSlightly();
    return true;
  }
}

/** Returns a stage's settings for a method: those for all methods, overridden by the method's own. */
export function methodSettings({ methodSettings: settings }: Stage, path: string, httpMethod: string) {
  return { ...settings['*/*'], ...settings[`${path.slice(1)}/${httpMethod}`] };
}

/** Returns the UTC day on which a quota's period began; weeks begin on Sunday. */
export function periodStart(period: QuotaSettings['period'], now: number): string {
  const day = new Date(now);
  if (period === 'WEEK') day.setUTCDate(day.getUTCDate() - day.getUTCDay());
  if (period === 'MONTH') day.setUTCDate(1);
  return day.toISOString().slice(0, 10);
}
