/** How the instances of each variant follow its load. */
export interface ScalingSettings {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly scaleInCooldownSeconds: number;
  readonly scaleOutCooldownSeconds: number;
  /** Requests a minute and instance, or requests in the queue per instance. */
  readonly metric: 'invocations' | 'backlog';
  /** Value of the metric that scaling holds. */
  readonly target: number;
}

/** Alarm that wakes an asynchronous endpoint without instances. */
export function wakeUpAlarm(prefix: string, variant: string): string {
  return `${prefix}-${variant}-wake-up`;
}
