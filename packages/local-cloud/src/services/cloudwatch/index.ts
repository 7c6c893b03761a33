import type { Cloud } from '../../core/cloud';
import type { Service } from '../../core/service';
import { alarmOperations } from './alarm-operations';
import { Alarms } from './alarms';
import { dashboardOperations } from './dashboard-operations';
import { metricOperations } from './metric-operations';
import { Metrics } from './metrics';
import { permissions } from './permissions';

/** CloudWatch: metrics with their percentiles, alarms on one metric each, dashboards. No expressions. */
export function cloudwatch(cloud: Cloud): Service<'cloudwatch'> {
  const metrics = new Metrics(cloud);
  const alarms = new Alarms(cloud, metrics);
  return {
    id: 'cloudwatch',
    permissions: permissions(cloud),
    operations: {
      ...metricOperations(cloud, metrics),
      ...alarmOperations(alarms),
      ...dashboardOperations(cloud),
    },
    start: async () => alarms.start(),
    async stop() {
      await alarms.stop();
      metrics.save();
    },
  };
}
