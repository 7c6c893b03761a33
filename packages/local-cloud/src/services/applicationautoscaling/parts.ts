import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import type { Cloud } from '../../core/cloud';
import type { Store } from '../../core/store';
import type { EndpointVariants } from './endpoint-variant';
import type { PolicyAlarms } from './policy-alarms';
import type { Scaler } from './scaler';
import type { ServiceRole } from './service-role';
import { notFound, targetKey, type ScalingState, type Target, type TargetId } from './state';

/** The context that the service's operations share. */
export interface ScalingParts {
  cloud: Cloud;
  store: Store<ScalingState>;
  role: ServiceRole;
  variants: EndpointVariants;
  alarms: PolicyAlarms;
  scaler: Scaler;
  book: ScalingBook;
}

/** Finds targets and policies. */
export class ScalingBook {
  constructor(
    private readonly store: Store<ScalingState>,
    private readonly alarms: PolicyAlarms,
  ) {}

  /** @throws ServiceError ObjectNotFoundException */
  target(id: TargetId): Target {
    const target = this.store.data.targets[targetKey(id)];
    if (target) return target;
    throw notFound('scalable target registered', id);
  }

  policiesOf(id: TargetId): ScalingPolicy[] {
    return Object.values(this.store.data.policies).filter((policy) => targetKey(policy) === targetKey(id));
  }

  /** Returns a policy with its own alarms. */
  async deletePolicy({ PolicyARN, PolicyType, Alarms = [] }: ScalingPolicy): Promise<void> {
    if (PolicyType === 'TargetTrackingScaling') {
      await this.alarms.delete(Alarms.map(({ AlarmName }) => AlarmName!));
    }
    delete this.store.data.policies[PolicyARN!];
    this.store.changed();
  }
}
