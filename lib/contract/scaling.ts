/** Scaling of each variant by its load. */
export interface ScalingSettings {
  readonly minInstances: number;
  readonly maxInstances: number;
  readonly scaleInCooldownSeconds: number;
  readonly scaleOutCooldownSeconds: number;
  /** Requests a minute and instance, or requests in the queue per instance. */
  readonly metric: 'invocations' | 'backlog';
  /** Target value of the metric. */
  readonly target: number;
}

/** Returns the name of the alarm that wakes an asynchronous endpoint without instances. */
export function wakeUpAlarm(prefix: string, variant: string): string {
  return `${prefix}-${variant}-wake-up`;
}
