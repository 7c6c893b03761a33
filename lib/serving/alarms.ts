import { Construct } from 'constructs';
import { FIVE_MINUTES, P99, SUM, TeamAlarm, type AlarmContext } from '../platform/team-alarm';
import { apiMetric, variantMetric, watchedVariants } from './metrics';

/** 15 minutes: one slow minute raises no alarm, and an idle endpoint's first answers are slow. */
const SLOW_PERIODS = 3;

/** Alarms on the answers of the endpoint's variants. */
export class EndpointAlarms extends Construct {
  constructor(scope: Construct, id: string, context: AlarmContext) {
    super(scope, id);
    const { config } = context;
    const { errorsPerFiveMinutes, latencyMs } = config.alarms;
    for (const variant of watchedVariants(config)) {
      new TeamAlarm(this, context, {
        what: 'endpoint-errors',
        of: variant,
        description: `Variant ${variant} of the endpoint answers 5xx.`,
        metric: variantMetric(config, 'Invocation5XXErrors', variant, {
          statistic: SUM,
          period: FIVE_MINUTES,
        }),
        threshold: errorsPerFiveMinutes,
      });
      new TeamAlarm(this, context, {
        what: 'endpoint-latency',
        of: variant,
        description: `Variant ${variant} of the endpoint answers slowly.`,
        metric: variantMetric(config, 'ModelLatency', variant, { statistic: P99, period: FIVE_MINUTES }),
        // The metric is in microseconds.
        threshold: latencyMs * 1_000,
        periods: SLOW_PERIODS,
      });
    }
  }
}

/**
 * Alarms on the answers that clients receive. The function behind the API catches its errors and answers them, so
 * Lambda counts none; the alarms use API Gateway's metrics.
 */
export class ApiAlarms extends Construct {
  constructor(scope: Construct, id: string, context: AlarmContext) {
    super(scope, id);
    const { config } = context;
    new TeamAlarm(this, context, {
      what: 'api-errors',
      description: 'The API returns 5xx errors.',
      metric: apiMetric(config, '5XXError', { statistic: SUM, period: FIVE_MINUTES }),
      threshold: config.alarms.errorsPerFiveMinutes,
    });
    new TeamAlarm(this, context, {
      what: 'api-latency',
      description: 'The API answers slowly.',
      metric: apiMetric(config, 'Latency', { statistic: P99, period: FIVE_MINUTES }),
      threshold: config.alarms.latencyMs,
      periods: SLOW_PERIODS,
    });
  }
}
