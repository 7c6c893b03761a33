import type { Evidence } from './evidence';
import { forgetChampion, forgetImages } from './reset';
import type { Scenario } from './scenarios';
import type { Harness } from './harness';

/** Evaluation by batch transform. Cheapest first. */
export const TRANSFORM_SCENARIOS: readonly Scenario[] = [
  { name: 'a challenger that transform jobs evaluate', champion: true, logs: true, run: challenger },
  { name: 'the first model that transform jobs evaluate', champion: false, run: first },
];

async function challenger(harness: Harness, evidence: Evidence): Promise<void> {
  const run = await harness.start({ force: true });
  await evidence.success(run);
  await evidence.compared(run);
  await evidence.predictionLogs(run);
  await evidence.limitedLogs();
}

async function first(harness: Harness, evidence: Evidence): Promise<void> {
  await forgetChampion(harness);
  await forgetImages(harness);
  const run = await harness.start({ force: true });
  await evidence.success(run);
}
