import type { Construct } from 'constructs';
import { FIVE_MINUTES, P99, SUM, type EnvironmentMetrics } from './metrics';
import { TeamAlarms, type TeamAlarmsProps } from '../platform/team-alarm';

export interface ApiAlarmsProps extends TeamAlarmsProps {
  readonly metrics: EnvironmentMetrics;
}

/** 15 minutes, as for the endpoint. */
const SLOW_PERIODS = 3;

/**
 * Alarms on the answers that clients receive. The function behind the API catches its errors and answers them, so
 * Lambda counts none; the alarms use API Gateway's metrics.
 */
export class ApiAlarms extends TeamAlarms {
  constructor(scope: Construct, id: string, props: ApiAlarmsProps) {
    super(scope, id, props);
    const { config, metrics } = props;
    this.add({
      what: 'api-errors',
      description: 'The API returns 5xx errors.',
      metric: metrics.api('5XXError', { statistic: SUM, period: FIVE_MINUTES }),
      threshold: config.alarms.errorsPerFiveMinutes,
    });
    this.add({
      what: 'api-latency',
      description: 'The API answers slowly.',
      metric: metrics.api('Latency', { statistic: P99, period: FIVE_MINUTES }),
      threshold: config.alarms.latencyMs,
      periods: SLOW_PERIODS,
    });
  }
}
