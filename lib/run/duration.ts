import { Duration } from 'aws-cdk-lib';
import type { PipelineConfig } from '../config';

/** Every phase at its limit, except for training and the waits for Spot and for people. */
const OTHER_PHASES = Duration.hours(8);

/** Returns the limit of a run. */
export function longestRun({ training, approval }: PipelineConfig): Duration {
  return Duration.minutes((training.spot?.maxWaitMinutes ?? 0) + training.maxRuntimeMinutes)
    .plus(OTHER_PHASES)
    .plus(Duration.days(approval?.days ?? 0));
}
