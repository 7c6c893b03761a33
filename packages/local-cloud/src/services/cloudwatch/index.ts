import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import { alarmOperations } from './alarm-operations';
import { Alarms } from './alarms';
import { dashboardOperations } from './dashboard-operations';
import { metricOperations } from './metric-operations';
import { Metrics } from './metrics';
import { permissions } from './permissions';
import { alarmTypes, dashboardTypes } from './resources';

/** CloudWatch: metrics with percentiles, alarms on single metrics, dashboards. No expressions. */
function create(cloud: Cloud): Service<'cloudwatch'> {
  const metrics = new Metrics(cloud);
  const alarms = new Alarms(cloud, metrics);
  return {
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

export const cloudwatch: ServiceDefinition<'cloudwatch'> = {
  id: 'cloudwatch',
  facts: {
    package: '@aws-sdk/client-cloudwatch',
    signingName: 'monitoring',
    iamPrefix: 'cloudwatch',
    protocol: 'awsJson1_0',
    target: 'GraniteServiceVersion20100801',
    invalidInput: 'InvalidParameterValueException',
    queryCompatible: true,
  },
  resourceTypes: { ...alarmTypes, ...dashboardTypes },
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    cloudwatch: CloudWatch;
  }
}
