import type { ScalingPolicy } from '@aws-sdk/client-application-auto-scaling';
import { randomUUID } from 'node:crypto';
import type { Cloud } from '../../core/cloud';
import type { Store } from '../../core/store';
import type { AlarmSignal } from '../cloudwatch/alarm-actions';
import { steppedCapacity, trackedCapacity } from './capacity';
import {
  parseVariant,
  type EndpointVariant,
  type EndpointVariants,
  type VariantCapacity,
} from './endpoint-variant';
import type { PolicyAlarms } from './policy-alarms';
import { MAX_ACTIVITIES, targetKey, type Activity, type ScalingState, type Target } from './state';

const DEFAULT_COOLDOWN = 300;

/** Changes capacities: on a policy's alarm, and when the limits of a target change. */
export class Scaler {
  /** Changes of one target run one after the other. */
  private readonly turns = new Map<string, Promise<void>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly store: Store<ScalingState>,
    private readonly variants: EndpointVariants,
    private readonly alarms: PolicyAlarms,
  ) {
    cloud.events.subscribe((event) => {
      if (event['detail-type'] === 'SageMaker Endpoint State Change') {
        this.changed(String(event.detail.EndpointName));
      }
    });
  }

  /** Handles an alarm that entered a state on which its policy acts. */
  alarmed(policy: ScalingPolicy, { alarm, value }: AlarmSignal): Promise<void> {
    return this.inTurn(policy, async (target) => {
      const variant = parseVariant(policy);
      const capacity = await this.variants.capacity(variant);
      this.ended(variant, capacity);
      const current = capacity.desired;
      const wanted = await this.wanted(policy, target, current, alarm.AlarmName!, alarm.Threshold!, value);
      if (wanted === undefined) return;
      const { MinCapacity = 0, MaxCapacity = 0 } = target.described;
      const desired = Math.min(Math.max(wanted, MinCapacity), MaxCapacity);
      if (!this.allowed(policy, target, current, desired)) return;
      const cause = `monitor alarm ${alarm.AlarmName} in state ${alarm.StateValue} triggered policy ${policy.PolicyName}`;
      if (await this.set(target, desired, cause)) this.coolDown(policy, target, current, desired);
    });
  }

  /** Moves a target's capacity within its limits. */
  bound(target: Target): Promise<void> {
    return this.inTurn(target.described, async ({ described }) => {
      const { MinCapacity = 0, MaxCapacity = 0 } = described;
      const { desired } = await this.variants.capacity(parseVariant(described));
      if (desired < MinCapacity) {
        await this.set(target, MinCapacity, `minimum capacity was set to ${MinCapacity}`);
      } else if (desired > MaxCapacity) {
        await this.set(target, MaxCapacity, `maximum capacity was set to ${MaxCapacity}`);
      }
    });
  }

  private async wanted(
    policy: ScalingPolicy,
    { cooldowns }: Target,
    current: number,
    alarmName: string,
    threshold: number,
    value: number | undefined,
  ): Promise<number | undefined> {
    if (value === undefined) return undefined;
    // During a cool-down, the capacity that the last scale-out added counts as part of the next one.
    const cooling = cooldowns.out?.policyArn === policy.PolicyARN && this.lasts(cooldowns.out);
    const base = cooling ? cooldowns.out!.from : current;
    const { TargetTrackingScalingPolicyConfiguration: tracking, StepScalingPolicyConfiguration: steps } =
      policy;
    if (steps) return steppedCapacity(steps, base, value - threshold);
    if (!alarmName.includes('-AlarmLow-')) {
      const wanted = trackedCapacity(base, value, tracking!.TargetValue!, 'out');
      return cooling ? Math.max(current, wanted) : wanted;
    }
    if (!(await this.allLow(policy))) return undefined;
    return trackedCapacity(current, value, tracking!.TargetValue!, 'in');
  }

  /** "Scales in only if all of the target tracking policies (with scale-in enabled) are ready to scale in." */
  private async allLow(policy: ScalingPolicy): Promise<boolean> {
    const others = Object.values(this.store.data.policies).filter(
      (other) =>
        other.PolicyType === 'TargetTrackingScaling' &&
        other.PolicyARN !== policy.PolicyARN &&
        targetKey(other) === targetKey(policy),
    );
    for (const other of others) if ((await this.alarms.isLow(other)) === false) return false;
    return true;
  }

  private allowed(policy: ScalingPolicy, target: Target, current: number, desired: number): boolean {
    const { SuspendedState } = target.described;
    if (this.inProgress(policy.ResourceId!)) return false;
    if (desired > current) return !SuspendedState?.DynamicScalingOutSuspended;
    if (desired === current || SuspendedState?.DynamicScalingInSuspended) return false;
    return !this.lasts(target.cooldowns.in) && !this.lasts(target.cooldowns.out);
  }

  private lasts(cooldown: { until: number } | undefined): boolean {
    return cooldown !== undefined && cooldown.until > this.cloud.clock.now();
  }

  private coolDown(policy: ScalingPolicy, target: Target, current: number, desired: number): void {
    const { TargetTrackingScalingPolicyConfiguration: tracking, StepScalingPolicyConfiguration: steps } =
      policy;
    const out = desired > current;
    const seconds =
      (steps ? steps.Cooldown : out ? tracking!.ScaleOutCooldown : tracking!.ScaleInCooldown) ??
      DEFAULT_COOLDOWN;
    const until = this.cloud.clock.now() + seconds * 1000;
    target.cooldowns = out
      ? { out: { policyArn: policy.PolicyARN!, until, from: current } }
      : { in: { until } };
    this.store.changed();
  }

  /** @returns true if SageMaker accepted it */
  private async set({ described }: Target, desired: number, cause: string): Promise<boolean> {
    const { ServiceNamespace, ResourceId, ScalableDimension } = described;
    const variant = parseVariant(described);
    const activity: Activity = {
      described: {
        ActivityId: randomUUID(),
        ...{ ServiceNamespace, ResourceId, ScalableDimension },
        Description: `Setting desired instance count to ${desired}.`,
        Cause: cause,
        StartTime: new Date(this.cloud.clock.now()),
        StatusCode: 'InProgress',
        StatusMessage: `Successfully set desired instance count to ${desired}. Waiting for change to be fulfilled by sagemaker.`,
      },
      desired,
    };
    const { activities } = this.store.data;
    activities.unshift(activity);
    activities.splice(MAX_ACTIVITIES);
    this.store.changed();
    try {
      await this.variants.setDesired(variant, desired);
    } catch (error) {
      this.end(activity, (error as Error).message);
      return false;
    }
    this.ended(variant, await this.variants.capacity(variant));
    return true;
  }

  private inProgress(resourceId: string): boolean {
    return this.store.data.activities.some(
      ({ described }) => described.ResourceId === resourceId && described.StatusCode === 'InProgress',
    );
  }

  /** Handles a new status of an endpoint: activities on its variants may be finished. */
  private changed(endpoint: string): void {
    for (const { described } of Object.values(this.store.data.targets)) {
      const variant = parseVariant(described);
      if (variant.endpoint !== endpoint || !this.inProgress(described.ResourceId!)) continue;
      // An endpoint that was just deleted has no capacity; its activity remains as it is.
      void this.variants.capacity(variant).then(
        (capacity) => this.ended(variant, capacity),
        () => undefined,
      );
    }
  }

  private ended(variant: EndpointVariant, { current, status }: VariantCapacity): void {
    if (status !== 'InService') return;
    for (const activity of this.store.data.activities) {
      if (activity.described.StatusCode !== 'InProgress') continue;
      const { endpoint, variant: name } = parseVariant(activity.described);
      if (endpoint !== variant.endpoint || name !== variant.variant) continue;
      const back = `the endpoint is in service with ${current} instance${current === 1 ? '' : 's'}`;
      this.end(activity, current === activity.desired ? undefined : back);
    }
  }

  /** @param failure the reason of a failed activity */
  private end({ described, desired }: Activity, failure?: string): void {
    const done = `Successfully set desired instance count to ${desired}. Change successfully fulfilled by sagemaker.`;
    const failed = `Failed to set desired instance count to ${desired}. Reason: ${failure}`;
    Object.assign(described, {
      StatusCode: failure === undefined ? 'Successful' : 'Failed',
      StatusMessage: failure === undefined ? done : failed,
      EndTime: new Date(this.cloud.clock.now()),
    });
    this.store.changed();
  }

  private inTurn(
    id: { ResourceId?: string; ScalableDimension?: string },
    work: (target: Target) => Promise<void>,
  ) {
    const key = targetKey(id);
    const before = this.turns.get(key) ?? Promise.resolve();
    const turn = before
      .catch(() => undefined)
      .then(async () => {
        // The target may have been deregistered while other changes ran.
        const target = this.store.data.targets[key];
        if (target) await work(target);
      });
    this.turns.set(key, turn);
    return turn;
  }
}
