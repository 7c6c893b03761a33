import type { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling';
import type { Cloud } from '../../core/cloud';
import type { Service, ServiceDefinition } from '../../core/service';
import type { AlarmSignal } from '../cloudwatch/alarm-actions';
import { isScalingPolicy } from '../cloudwatch/alarm-limits';
import { EndpointVariants } from './endpoint-variant';
import { ScalingBook, type ScalingParts } from './parts';
import { permissions } from './permissions';
import { PolicyAlarms } from './policy-alarms';
import { policyOperations } from './policy-operations';
import { Scaler } from './scaler';
import { ServiceRole } from './service-role';
import type { ScalingState } from './state';
import { targetOperations } from './target-operations';

/** Application Auto Scaling of endpoints' instances: target tracking and step policies, without scheduled actions. */
function create(cloud: Cloud): Service<'applicationautoscaling'> {
  const store = cloud.stores.store<ScalingState>('application-autoscaling', () => ({
    targets: {},
    policies: {},
    activities: [],
  }));
  const role = new ServiceRole(cloud);
  const variants = new EndpointVariants(cloud, role);
  const alarms = new PolicyAlarms(cloud, role);
  const scaler = new Scaler(cloud, store, variants, alarms);
  const parts: ScalingParts = {
    ...{ cloud, store, role, variants, alarms, scaler },
    book: new ScalingBook(store, alarms),
  };
  cloud.events.registerTarget(isScalingPolicy, async ({ targetArn, input }) => {
    const policy = store.data.policies[targetArn];
    if (!policy) throw new Error(`There is no scaling policy ${targetArn}.`);
    await scaler.alarmed(policy, input as AlarmSignal);
  });
  return {
    permissions: permissions(cloud, store.data),
    operations: { ...targetOperations(parts), ...policyOperations(parts) },
  };
}

export const applicationAutoScaling: ServiceDefinition<'applicationautoscaling'> = {
  id: 'applicationautoscaling',
  facts: {
    package: '@aws-sdk/client-application-auto-scaling',
    signingName: 'application-autoscaling',
    iamPrefix: 'application-autoscaling',
    protocol: 'awsJson1_1',
    target: 'AnyScaleFrontendService',
    invalidInput: 'ValidationException',
  },
  create,
};

declare module '../../model/catalog' {
  interface Sdk {
    applicationautoscaling: ApplicationAutoScaling;
  }
}
